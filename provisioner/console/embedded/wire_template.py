"""The recording template of a simulated console, made of settings in the words of specs, or edited by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from provisioner.console.port import ConsoleChange
from provisioner.console.tencent.binding import MISSING, Binding, FieldPlace, get, load
from provisioner.foundation.errors import UsageError
from provisioner.recording.exclusive_storage import STORAGE, VENDOR, of_another
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value
from provisioner.simulator.errors import ApiError
from provisioner.simulator.template import TEMPLATE

SOME_SECRET = "nobodyKnowsThisKey"
"""What a simulated console holds where settings name a secret: like a real one, it never shows it."""

_TEMPLATE = "Template"


def template_of(values: Mapping[str, Value], root: Path) -> dict[str, Any] | None:
    """The template that holds exactly these settings, by path; None where there are none. Raises ProvisionerError."""
    change = ConsoleChange(values, frozenset(values))
    for _, body in load("default", root).requests(0, change, lambda _: SOME_SECRET):
        if _TEMPLATE in body:
            template: dict[str, Any] = body[_TEMPLATE]
            return template
    return None


def edited(
    held: Mapping[str, Any], values: Mapping[str, Value | None], root: Path, reveal: Callable[[str], str]
) -> Any:
    """The document `held` (Enabled, Mode, Template) with `values` by path; None takes one away.

    Everything else stays, secrets and what no spec can say included. Another storage takes the place of the one that
    is there. `reveal` turns a secret's reference into the secret. Raises UsageError.
    """
    binding, document = load("default", root), deepcopy(dict(held))
    vendor = values.get(VENDOR) or binding.answered({"SdkAppInfo": {"Recording": dict(held)}}).get(VENDOR)
    if values.get(VENDOR):
        _choose_storage(document, str(vendor), binding)
    for path, value in values.items():
        if path == VENDOR and value is not None:
            continue
        if value is not None and of_another(path, vendor if isinstance(vendor, str) else None):
            raise UsageError(f"{short(path)} is of another storage than {vendor}", fix=f"Set {short(VENDOR)} with it.")
        place = binding.places[path]
        try:
            _put(document, place.at, None if value is None else place.codec.encode(_plain(path, value, reveal)))
        except ValueError as reason:
            raise UsageError(f"{short(path)} {reason}") from None
    _drop_emptied(document, values, binding.places)
    return document


def check(template: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raises UsageError for a template that nobody could leave in a console; `before` is what was there."""
    try:
        TEMPLATE.check(dict(template), _TEMPLATE)
    except ApiError as error:
        fix = None if before else "There is no template yet: name maxIdleTime, storage and mixed or single with it."
        raise UsageError(f"no console would hold that: {error.message}", fix=fix) from None


def _plain(path: str, value: Value, reveal: Callable[[str], str]) -> Value:
    return reveal(str(value)) if FIELDS[path].secret else value


def _choose_storage(document: dict[str, Any], vendor: str, binding: Binding) -> None:
    """Files go to one storage: what is held of another goes."""
    place = binding.places[VENDOR]
    shown = binding.answered({"SdkAppInfo": {"Recording": document}})
    if shown[VENDOR] == vendor:
        return
    if document.get(_TEMPLATE):
        document[_TEMPLATE].pop("StorageParams", None)
    if vendor in (place.implied or {}).values():
        member = next(other.at for path, other in binding.places.items() if path.startswith(f"{STORAGE}/{vendor}/"))
        _parent(document, member)
    else:
        _put(document, place.at, place.codec.encode(vendor))


def _drop_emptied(
    document: dict[str, Any], values: Mapping[str, Value | None], places: Mapping[str, FieldPlace]
) -> None:
    """Objects of which everything was taken away go as a whole; one that was empty before means something."""
    objects: dict[str, list[str]] = {}
    for path, place in places.items():
        objects.setdefault(place.at.rpartition("/")[0], []).append(path)
    for at in sorted(objects, key=len, reverse=True):
        if at.count("/") and all(path in values and values[path] is None for path in objects[at]):
            _put(document, at, None)


def _put(document: dict[str, Any], at: str, wire: Any) -> None:
    """Write or, where `wire` is None, remove what stands at a slash-separated place."""
    leaf = at.rpartition("/")[2]
    if wire is not None:
        _parent(document, at)[leaf] = wire
    elif get(document, at) is not MISSING:
        _parent(document, at).pop(leaf)


def _parent(document: dict[str, Any], at: str) -> dict[str, Any]:
    """The object that holds what stands at `at`, made where it is not there."""
    for part in at.split("/")[:-1]:
        if document.get(part) is None:
            document[part] = {}
        document = document[part]
    return document

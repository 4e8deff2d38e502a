"""What people do in the console to carry out a plan: one application's steps, in the order that the console demands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provisioner.console.grade import Grade
from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.recording.exclusive_storage import VENDOR, of_another
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.report.plan.plan_view import ApplicationView, FieldChange, UnverifiedField

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"
_TEMPLATE = frozenset(
    path
    for path in FIELDS
    if path in CONSOLE_WIRE and path.startswith(f"{SETTINGS}/") and Mode.AUTO in FIELDS[path].modes
)
"""The fields of the console's recording template."""

_SWITCH_ON = "Nothing else can be set while recording is off. New-type recording cannot be switched off again."
_SWITCH_OFF = "Only old-type recording can be switched off. Rooms created afterwards are not recorded."
_FIRST_TEMPLATE = "The template comes before automatic recording: the console offers that only once there is one."
_LIVE_TEMPLATE = "This template is in use: enter all values, then save once, because new rooms are recorded by it."
_KEEP = "The page saves every field: set what is marked, see that the others are as they stand here."
_TO_AUTO = "Last, because from now on every new room is recorded by the template as it stands."
_TO_MANUAL = "From now on a new room is recorded only where the backend starts a recording."
_CAUTION = (
    "Nobody has confirmed what this shows now. If it is on, do not switch it off: what is not recorded cannot be "
    "recovered. Confirm what you see (`provisioner attest` with `--seen`) and let the plan name the consequence first."
)

NEVER_SHOWN = "never shown"
"""What a secret that is kept looks like."""

Todo = FieldChange | UnverifiedField
"""One field that somebody has to set, or to look at because nobody has confirmed what it shows."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field to set, in the console's words.

    `now` is None where nobody has confirmed what the console shows; `assumed`: no public page names this label. `kept`:
    it is as it should be, or a secret that is never shown, and stands here because the page saves it with the others.
    """

    path: str
    label: str
    assumed: bool
    now: str | None
    to: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class RunbookStep:
    """One thing to do on an application's page, and why now; `empty` are the labels of fields to leave empty."""

    title: str
    why: str
    rows: tuple[FieldRow, ...]
    empty: tuple[str, ...] = ()


def needs_people(entry: ApplicationView) -> bool:
    """Whether somebody has to look at the console: something differs, or nobody has looked yet."""
    return any(_by_hand(change.path) for change in entry.changes) or any(
        not FIELDS[field.path].secret for field in _not_looked_for(entry)
    )


def _by_hand(path: str) -> bool:
    """Whether it is set on the console's page; the webhook of calls has an API."""
    return not path.startswith("/calls/")


def never_shown(entry: ApplicationView) -> set[str]:
    """Fields that somebody looked for on the page and did not find. Secrets are never shown and not among them."""
    again = {field.path for field in _not_looked_for(entry)}
    return {field.path for field in entry.unverified if field.path not in again and not FIELDS[field.path].secret}


def _not_looked_for(entry: ApplicationView) -> tuple[UnverifiedField, ...]:
    """Unverified fields that somebody can still find in the console.

    Once any field of the template was confirmed, somebody has looked at it: what is unverified all the same is not
    shown there, and only secrets are left to type. A template is compared where recording is to be automatic.
    """
    automatic = _wanted(entry, _MODE) in (None, Mode.AUTO.value)
    if entry.confirmed is None or not automatic or {field.path for field in entry.unverified} >= _TEMPLATE:
        return entry.unverified
    return tuple(field for field in entry.unverified if FIELDS[field.path].secret)


def _wanted(entry: ApplicationView, path: str) -> str | None:
    """What the specs say of a field that differs or is unverified; None for every other."""
    fields: tuple[Todo, ...] = (*entry.changes, *entry.unverified)
    return next((field.after for field in fields if field.path == path), None)


def runbook_steps(
    entry: ApplicationView, labels: ConsoleLabels, spec: Mapping[str, Value] = MappingProxyType({})
) -> tuple[RunbookStep, ...]:
    """What is to be done about one application; nothing where all is well.

    `spec` are its effective values: what of the template differs from them nowhere is kept.
    """
    return tuple(_steps(entry, labels, spec)) if needs_people(entry) else ()


def _steps(entry: ApplicationView, labels: ConsoleLabels, spec: Mapping[str, Value]) -> Iterator[RunbookStep]:
    todo = _todo(entry)
    if _ENABLED in todo:
        yield _step(labels, *_switch(todo[_ENABLED]), {_ENABLED: todo[_ENABLED]})
    if template := {path: field for path, field in todo.items() if path.startswith(f"{SETTINGS}/")}:
        # Only an automatic application's template is compared: where the mode is as specified, it is in use.
        why = _FIRST_TEMPLATE if _MODE in todo else _LIVE_TEMPLATE
        kept = _kept(entry, spec)
        why = f"{why} {_KEEP}" if kept else why
        yield _step(labels, f"Fill in the {labels.template}", why, template, kept)
    if _MODE in todo:
        yield _step(labels, *_mode(todo[_MODE]), {_MODE: todo[_MODE]})


def _todo(entry: ApplicationView) -> dict[str, Todo]:
    """The fields that somebody has to set or look at, in the order of `FIELDS`."""
    vendor = _wanted(entry, VENDOR)
    found: dict[str, Todo] = {change.path: change for change in entry.changes if _by_hand(change.path)}
    found |= {field.path: field for field in _not_looked_for(entry) if not of_another(field.path, vendor)}
    # A secret is typed again only where what stands beside it changes.
    blocks = {FIELDS[path].block for path in found if not FIELDS[path].secret}
    return {
        path: found[path]
        for path in FIELDS
        if path in found and (not FIELDS[path].secret or FIELDS[path].block in blocks)
    }


def _kept(entry: ApplicationView, spec: Mapping[str, Value]) -> dict[str, Value | None]:
    """What somebody has confirmed of the template and is as the spec says; None is what is not set.

    A secret that the spec has is among it: nobody is shown one, and the page keeps it.
    """
    if entry.confirmed is None or not spec:
        return {}
    others = {change.path for change in entry.changes} | {field.path for field in entry.unverified}
    vendor = None if spec.get(VENDOR) is None else str(spec[VENDOR])
    return {
        path: spec.get(path)
        for path in FIELDS
        if path in _TEMPLATE
        and not of_another(path, vendor)
        and (path in spec if FIELDS[path].secret else path not in others)
    }


def _switch(field: Todo) -> tuple[str, str]:
    if field.after == "true":
        return "Switch recording on", _SWITCH_ON
    if isinstance(field, UnverifiedField):
        return "See that recording is off", _CAUTION
    return "Switch recording off", _SWITCH_OFF


def _mode(field: Todo) -> tuple[str, str]:
    if field.after == Mode.AUTO.value:
        return "Record automatically", _TO_AUTO
    if isinstance(field, UnverifiedField):
        return "See that automatic recording is off", _CAUTION
    return "Stop recording automatically", _TO_MANUAL


def _step(
    labels: ConsoleLabels,
    title: str,
    why: str,
    todo: Mapping[str, Todo],
    kept: Mapping[str, Value | None] = MappingProxyType({}),
) -> RunbookStep:
    rows, empty = [], []
    for path in [path for path in FIELDS if path in todo or path in kept]:
        label, field = labels.label(path), todo.get(path)
        if field is None and kept[path] is not None:
            same = None if FIELDS[path].secret else labels.value(path, kept[path])
            rows.append(FieldRow(path, label.words, label.grade is Grade.ASSUMED, same, same or "", kept=True))
        elif field is None or (isinstance(field, UnverifiedField) and field.after is None):
            empty.append(label.words)
        else:
            now = None if isinstance(field, UnverifiedField) else labels.shown(path, field.before)
            to = f"the secret behind {field.reference}" if field.reference else labels.shown(path, field.after)
            rows.append(FieldRow(path, label.words, label.grade is Grade.ASSUMED, now, to))
    return RunbookStep(title, why, tuple(rows), tuple(empty))

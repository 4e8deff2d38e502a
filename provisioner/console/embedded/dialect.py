"""The simulator in the shape of any binding: its console's actions, named, nested and coded as the binding says.

What the console does is said once, in the simulator's own actions; here requests and answers are translated. So a
binding that nobody has told the rest of this tool can be served, driven and learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from provisioner.console.port import ConsoleChange, Shown, Unreadable
from provisioner.console.tencent.binding import MISSING, Binding, FieldPlace, WriteAction, get, load
from provisioner.recording.fields import SETTINGS
from provisioner.recording.limits import LISTED_APPLICATIONS
from provisioner.recording.value_types import Value
from provisioner.simulator.actions import SERVICES, ApiCall, Services, SimulatedAction
from provisioner.simulator.actions.console import CONSOLE
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import INVALID_VALUE, IntegerParam, JsonObject, ObjectParam, ParamKind

_VENDOR = f"{SETTINGS}/storage/vendor"
_TEMPLATE_IDS = 7_000_000
"""A simulated template's id is its application's, moved by so much: stable, and no SDKAppId."""


def services_of(binding: Binding) -> Services:
    """The simulator's services, with the console's actions as `binding` has them."""
    if binding.name == "default":
        return SERVICES
    public = {name: action for name, action in SERVICES["trtc"]["2019-07-22"].items() if name not in CONSOLE}
    versions = dict(SERVICES.get(binding.service, {}))
    versions[binding.version] = {**(public if binding.service == "trtc" else {}), **_actions(binding)}
    return {**SERVICES, binding.service: versions}


def _actions(binding: Binding) -> dict[str, SimulatedAction]:
    page, ours = binding.listing.page, load("default", Path())
    own = {binding.sdk_app_id: _ANYTHING}
    actions = {
        binding.listing.action: SimulatedAction(
            ObjectParam({page.begin: IntegerParam(page.first or 0), page.limit: IntegerParam(1, LISTED_APPLICATIONS)}),
            lambda call: _list(binding, call),
            per_application=False,
        ),
        binding.reading.action: SimulatedAction(ObjectParam(own, complete=True), _about(binding, ours, _read)),
    }
    if template := binding.template:
        shape = ObjectParam({**own, template.request: _ANYTHING}, complete=True)
        actions[template.action] = SimulatedAction(shape, _about(binding, ours, _read_template))
    for name in dict.fromkeys(write.action for write in binding.writes):
        writes = [write for write in binding.writes if write.action == name]
        shape = _shape(binding, writes)
        actions[name] = SimulatedAction(shape, _about(binding, ours, _writer(writes)), writes=True)
    return actions


Handler = Callable[[Binding, Binding, int, ApiCall], JsonObject]


def _about(binding: Binding, ours: Binding, handle: Handler) -> Callable[[ApiCall], JsonObject]:
    """A handler that is about one application, whose id the request names as `binding` has it."""

    def handled(call: ApiCall) -> JsonObject:
        sent = call.parameters.get(binding.sdk_app_id)
        right = isinstance(sent, str) if binding.id_as_text else isinstance(sent, int)
        if not right or isinstance(sent, bool) or not str(sent).isdecimal():
            raise ApiError(INVALID_VALUE, f"The value type of parameter `{binding.sdk_app_id}` is not valid.")
        return handle(binding, ours, int(str(sent)), call)

    return handled


def _list(binding: Binding, call: ApiCall) -> JsonObject:
    listing = binding.listing
    begin, limit = (
        call.parameters.get(listing.page.begin, listing.page.first or 0),
        call.parameters.get(listing.page.limit, 10),
    )
    total, page = call.state.applications(listing.page.offset(begin, limit), limit)
    items = []
    for app in page:
        item: JsonObject = {}
        _put(item, listing.id, binding.wire_id(app.sdk_app_id))
        _put(item, listing.name, app.name)
        items.append(item)
    answer: JsonObject = {}
    _put(answer, listing.items, items)
    _put(answer, listing.page.total, total)
    return answer


def _native(name: str, call: ApiCall, parameters: JsonObject) -> JsonObject:
    """The simulator's own action, asked in its own shape."""
    action = CONSOLE[name]
    return action.perform(replace(call, parameters=action.check(parameters)))


def _read(binding: Binding, ours: Binding, sdk_app_id: int, call: ApiCall) -> JsonObject:
    native = _native("DescribeSdkAppInfo", call, {"SdkAppId": sdk_app_id})
    answer: JsonObject = {}
    _put(answer, binding.reading.name, get(native, ours.reading.name))
    if binding.reading.generation and ours.reading.generation:
        _put(answer, binding.reading.generation, get(native, ours.reading.generation))
    shown = ours.answered(native)
    here = {path: value for path, value in shown.items() if not (binding.template and path.startswith(SETTINGS))}
    _fill(answer, binding.reading.fields, binding, here)
    held = get(native, f"{ours.reading.fields}/Template")
    if binding.template and isinstance(held, dict):
        _put(answer, binding.template.id, _template_id(binding, sdk_app_id))
    return answer


def _read_template(binding: Binding, ours: Binding, sdk_app_id: int, call: ApiCall) -> JsonObject:
    assert binding.template is not None
    if call.parameters.get(binding.template.request) != _template_id(binding, sdk_app_id):
        raise ApiError(INVALID_VALUE, "There is no template of that id.")
    shown = ours.answered(_native("DescribeSdkAppInfo", call, {"SdkAppId": sdk_app_id}))
    answer: JsonObject = {}
    _fill(answer, binding.template.fields, binding, {p: v for p, v in shown.items() if p.startswith(SETTINGS)})
    return answer


def _template_id(binding: Binding, sdk_app_id: int) -> int | str:
    """A console that writes applications' ids as text writes its templates' so."""
    return binding.wire_id(_TEMPLATE_IDS + sdk_app_id % 1_000_000)


def _fill(answer: JsonObject, base: str, binding: Binding, shown: Mapping[str, Shown]) -> None:
    vendor = shown.get(_VENDOR)
    for path, value in shown.items():
        place = binding.places.get(path)
        if place is None or not place.shown or value is None or isinstance(value, Unreadable):
            continue
        if place.vendor is not None and place.vendor != vendor:
            continue
        if place.implied and value in place.implied.values():
            (where,) = (where for where, word in place.implied.items() if word == value)
            _put(answer, _join(base, where), {})
            continue
        _put(answer, _join(base, place.at), place.codec.encode(value))


def _writer(writes: list[WriteAction]) -> Handler:
    def write(binding: Binding, ours: Binding, sdk_app_id: int, call: ApiCall) -> JsonObject:
        values: dict[str, Value] = {}
        for one in writes:
            values |= _carried(binding, one, call.parameters)
        asked = {name: call.parameters[name] for one in writes if (name := one.template_id) in call.parameters}
        if any(found != _template_id(binding, sdk_app_id) for found in asked.values()):
            raise ApiError(INVALID_VALUE, "There is no template of that id.")
        change = ConsoleChange(values, frozenset(values))
        for native, body in ours.requests(sdk_app_id, change, lambda secret: secret):
            _native(native.action, call, body)
        return {one.template_id: _template_id(binding, sdk_app_id) for one in writes if one.template_id}

    return write


def _carried(binding: Binding, write: WriteAction, parameters: JsonObject) -> dict[str, Value]:
    """The values that a request carries for `write`."""
    below, values = get(parameters, write.at), dict[str, Value]()
    for path, place in binding.places.items():
        if not write.concerns(path):
            continue
        if place.vendor is not None and values.get(_VENDOR) != place.vendor:
            continue
        if (value := _sent(below, place)) is not None:
            values[path] = value
    return values


def _sent(below: Any, place: FieldPlace) -> Value | None:
    wire = get(below, place.sent or place.at)
    if wire is MISSING or wire is None:
        return next(
            (word for where, word in (place.implied or {}).items() if isinstance(get(below, where), dict)), None
        )
    try:
        return place.codec.decode(wire)
    except ValueError:
        raise ApiError(INVALID_VALUE, f"The value specified in the parameter `{place.at}` is not valid.") from None


def _shape(binding: Binding, writes: list[WriteAction]) -> ObjectParam:
    """What a request may hold: every place of the fields that it carries, and nothing else."""
    tree: JsonObject = {binding.sdk_app_id: _ANYTHING}
    for write in writes:
        if write.template_id:
            tree[write.template_id] = _ANYTHING
        for path, place in binding.places.items():
            if write.concerns(path):
                _put(tree, _join(write.at, place.sent or place.at), _ANYTHING)
                for where in place.implied or {}:
                    _put(tree, _join(write.at, where), get(tree, _join(write.at, where)))
    return _object(tree)


def _object(tree: JsonObject) -> ObjectParam:
    members: dict[str, ParamKind] = {
        name: _object(member) if isinstance(member, dict) else member
        for name, member in tree.items()
        if member is not MISSING
    }
    return ObjectParam(members)


class _Anything:
    """What the fields' codecs judge, not the shape."""

    def check(self, value: object, at: str) -> None:
        del value, at


_ANYTHING = _Anything()


def _join(base: str, place: str) -> str:
    return f"{base}/{place}" if base else place


def _put(document: JsonObject, at: str, wire: Any) -> None:
    *parents, leaf = at.split("/")
    for parent in parents:
        document = document.setdefault(parent, {})
    if wire == {}:
        document.setdefault(leaf, {})
    elif wire is not MISSING:
        document[leaf] = wire

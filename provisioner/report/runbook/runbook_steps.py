"""What people do in the console to carry out a plan: one application's steps, in the order that the console demands."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.console.port import Unreadable
from provisioner.console.runbook.labels import Page
from provisioner.console.tencent.binding import Grade
from provisioner.reconcile.plan.diff import UnverifiedField
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.recording.application import Application
from provisioner.recording.exclusive_storage import of_another
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"

_SWITCH_ON = "Nothing else can be set while recording is off. New-type recording cannot be switched off again."
_SWITCH_OFF = "Only old-type recording can be switched off. Rooms created afterwards are not recorded."
_FIRST_TEMPLATE = "The template comes before automatic recording: the console offers that only once there is one."
_LIVE_TEMPLATE = "This template is in use: enter all values, then save once, because new rooms are recorded by it."
_TO_AUTO = "Last, because from now on every new room is recorded by the template as it stands."
_TO_MANUAL = "From now on a new room is recorded only where the backend starts a recording."
_CAUTION = (
    "Nobody has confirmed what this shows now. If it is on, do not switch it off: what is not recorded cannot be "
    "recovered. Confirm what you see (`provisioner attest` with `--seen`) and let the plan name the consequence first."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One field to set. `now` is None where nobody has confirmed what stands there; `assumed` is about the label."""

    path: str
    label: str
    assumed: bool
    now: str | None
    to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on an application's page; `empty` names fields that are to hold nothing."""

    title: str
    why: str
    rows: tuple[Row, ...]
    empty: tuple[str, ...] = ()


def needs_people(entry: ApplicationPlan) -> bool:
    """Whether somebody has to look at the console: something differs, or nobody has looked yet."""
    return bool(entry.differences) or any(not FIELDS[field.path].secret for field in _not_looked_for(entry))


def never_shown(entry: ApplicationPlan) -> set[str]:
    """Fields that somebody looked for on the page and did not find."""
    again = {field.path for field in _not_looked_for(entry)}
    return {field.path for field in entry.unverified if field.path not in again and not FIELDS[field.path].secret}


def _not_looked_for(entry: ApplicationPlan) -> tuple[UnverifiedField, ...]:
    """Unverified fields, unless somebody has looked at the template already and saw what there was to see."""
    settings = (shown for path, shown in entry.observed.fields.items() if path.startswith(SETTINGS + "/"))
    if any(not isinstance(shown, Unreadable) for shown in settings):
        return tuple(field for field in entry.unverified if FIELDS[field.path].secret)
    return entry.unverified


def steps(entry: ApplicationPlan, page: Page) -> tuple[Step, ...]:
    """What is to be done about one application; nothing where all is well."""
    if not needs_people(entry):
        return ()
    app, todo = entry.application, _todo(entry)
    found: list[Step] = []
    if _ENABLED in todo:
        found.append(_step(page, *_switch(app, todo[_ENABLED][0]), {_ENABLED: todo[_ENABLED]}))
    if template := {path: values for path, values in todo.items() if path.startswith(SETTINGS + "/")}:
        why = _LIVE_TEMPLATE if entry.observed.fields.get(_MODE) == "auto" else _FIRST_TEMPLATE
        found.append(_step(page, f"Fill in the {page.template}", why, template))
    if _MODE in todo:
        found.append(_step(page, *_mode(app, todo[_MODE][0]), {_MODE: todo[_MODE]}))
    return tuple(found)


class _Unknown:
    """Nobody has confirmed what stands there."""


_UNKNOWN = _Unknown()
_Before = Value | _Unknown | None
_Todo = dict[str, tuple[_Before, Value | None]]


def _todo(entry: ApplicationPlan) -> _Todo:
    """What stands and what must stand at each path that somebody has to look at, in field order."""
    vendor = entry.application.setting("storage/vendor")
    found: _Todo = {d.path: (d.before, d.after) for d in entry.differences}
    found |= {f.path: (_UNKNOWN, f.after) for f in _not_looked_for(entry) if not of_another(f.path, vendor)}
    # A secret is typed again only where what stands beside it changes.
    blocks = {FIELDS[path].block for path in found if not FIELDS[path].secret}
    return {
        path: found[path]
        for path in FIELDS
        if path in found and (not FIELDS[path].secret or FIELDS[path].block in blocks)
    }


def _switch(app: Application, before: _Before) -> tuple[str, str]:
    if app.records:
        return "Switch recording on", _SWITCH_ON
    if isinstance(before, _Unknown):
        return "See that recording is off", _CAUTION
    return "Switch recording off", _SWITCH_OFF


def _mode(app: Application, before: _Before) -> tuple[str, str]:
    if app.automatic:
        return "Record automatically", _TO_AUTO
    if isinstance(before, _Unknown):
        return "See that automatic recording is off", _CAUTION
    return "Stop recording automatically", _TO_MANUAL


def _step(page: Page, title: str, why: str, todo: _Todo) -> Step:
    rows, empty = [], []
    for path, (before, after) in todo.items():
        label = page.label(path)
        if isinstance(before, _Unknown) and after is None:
            empty.append(label.words)
            continue
        now = None if isinstance(before, _Unknown) else page.value(path, before)
        to = f"the secret behind {after}" if FIELDS[path].secret and after else page.value(path, after)
        rows.append(Row(path, label.words, label.grade is Grade.ASSUMED, now, to))
    return Step(title, why, tuple(rows), tuple(empty))

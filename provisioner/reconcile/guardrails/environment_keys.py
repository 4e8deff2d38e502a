"""Guardrails that are keys of `environment.yaml`, one entry a key: what it says, and which of two is the weaker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.reconcile.guardrails.guardrail import Guardrail, Shift
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.recording.application import Intent, Waiver
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.specs.keys.approvals import Approvals
from provisioner.specs.keys.controller import ControllerChoice
from provisioner.specs.keys.freeze import Freeze
from provisioner.specs.keys.gates import GateDemands
from provisioner.specs.keys.journal import FolderJournal, JournalChoice
from provisioner.specs.keys.limits import ACKNOWLEDGED_DAYS, ChangeLimits
from provisioner.specs.keys.tier import TIERS


@dataclass(frozen=True, slots=True)
class _Key:
    """`attribute` of Environment, the `pointer` into its file; `says` is its text, `weaker` whether the second value
    protects less than the first in any way, of two that differ."""

    attribute: str
    pointer: str
    title: str
    attack: str
    says: Callable[[Any], str | None]
    weaker: Callable[[Any, Any], bool]

    def compare(self, base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
        """The shift between two environments of one name, if any."""
        before, after = base.environment, head.environment
        if before is None or after is None:
            return
        was, now = getattr(before, self.attribute), getattr(after, self.attribute)
        told = self.says(was), self.says(now)
        if told[0] != told[1]:
            where = after if self.pointer in after.places or self.pointer not in before.places else before
            yield Shift(
                self.weaker(was, now), *told, (before.where.file,), where.origin(self.pointer), environment=before
            )

    def guardrail(self) -> Guardrail:
        name = self.pointer[1:].replace("/", ".")
        return Guardrail(name, self.title, self.attack, self.compare, "owners of `environment.yaml`")


def _always(_was: Any, _now: Any) -> bool:
    """Of two places nobody can say which is the safer one."""
    return True


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _listed(names: Any) -> str | None:
    return ", ".join(sorted(map(str, names))) or None if names is not None else None


def _approvals(value: Approvals) -> str | None:
    parts = [f"{name}: {count}" for name, count in (("required", value.required), ("high", value.high)) if count]
    return ", ".join([*parts, *([f"teams: {_listed(value.teams)}"] if value.teams else [])]) or None


def _fewer_approvals(was: Approvals, now: Approvals) -> bool:
    fewer = any(now.of(high=high) < was.of(high=high) for high in (False, True))
    return fewer or not set(was.teams) <= set(now.teams)


def _limits(value: ChangeLimits) -> str | None:
    usual = " (usual in production)" if value.usual else ""
    counts = (("maxChanges", value.applications, ""), ("maxChangesPercent", value.percent, usual))
    told = [f"{name}: {count}{more}" for name, count, more in counts if count is not None]
    days = value.acknowledged_days
    return ", ".join([*told, *([f"acknowledgedFor: {days}d"] if days != ACKNOWLEDGED_DAYS else [])]) or None


def _higher_limits(was: ChangeLimits, now: ChangeLimits) -> bool:
    pairs = ((was.applications, now.applications), (was.percent, now.percent))
    longer = now.acknowledged_days > was.acknowledged_days
    return longer or any(before is not None and (after is None or after > before) for before, after in pairs)


def _gates(value: GateDemands) -> str | None:
    soak = f"soak: {Quantity(Dimension.TIME, value.soak)}" if value.soak else ""
    return ", ".join(filter(None, (soak, f"evidence: {value.evidence}" if value.evidence else ""))) or None


def _freeze(windows: tuple[Freeze, ...]) -> str | None:
    return ", ".join(sorted(map(_window, windows))) or None


def _window(one: Freeze) -> str:
    first, last = (
        bound.isoformat(timespec="minutes") if isinstance(bound, datetime) else f"minute {bound} of the week"
        for bound in (one.start, one.end)
    )
    return f"{one.name}: {first} to {last} {one.zone.key}"


def _bounds(windows: tuple[Freeze, ...]) -> set[tuple[Any, ...]]:
    return {(one.start, one.end, one.zone.key) for one in windows}


def _journal(value: JournalChoice) -> str:
    if isinstance(value, FolderJournal):
        return value.path or "the environment's local state"
    options = {"endpoint": value.endpoint, "region": value.region, "lock": None if value.locks else "local"}
    query = "&".join(f"{name}={option}" for name, option in options.items() if option)
    return f"s3://{value.bucket}/{value.prefix}" + (f"?{query}" if query else "")


def _controller(value: ControllerChoice | None) -> str | None:
    if value is None:
        return None
    keys = f", callback keys {', '.join(value.callback_key_refs)}" if value.callback_key_refs else ""
    return f"{value.url}, token {value.token_ref}{keys}"


def _acknowledged(entries: Mapping[str, Intent | Waiver]) -> str | None:
    return ", ".join(f"{name} until {entry.expires}" for name, entry in sorted(entries.items())) or None


def _more_acknowledged(was: Mapping[str, Intent | Waiver], now: Mapping[str, Intent | Waiver]) -> bool:
    return any(name not in was or was[name].expires < entry.expires for name, entry in now.items())


INTENTS = (_acknowledged, _more_acknowledged)
"""How intents and waivers are told, and whether more of them, or longer ones, let pass what stopped before."""

_KEYS = (
    _Key(
        "tier", "/tier", "Tier", "call production something else", _text, lambda w, n: TIERS.index(n) < TIERS.index(w)
    ),
    _Key("approvals", "/approvals", "Approvals", "ask for fewer approvals, or none", _approvals, _fewer_approvals),
    _Key("limits", "/limits", "Limits", "let one plan change everything", _limits, _higher_limits),
    _Key(
        "gates",
        "/gates",
        "Gates",
        "promote what nobody tried",
        _gates,
        lambda was, now: now.soak < was.soak or now.evidence < was.evidence,
    ),
    _Key(
        "freeze",
        "/freeze",
        "Freeze",
        "promote in a night when nobody looks",
        _freeze,
        lambda was, now: not _bounds(was) <= _bounds(now),
    ),
    _Key(
        "ladder",
        "/ladder",
        "Ladder",
        "promote from anywhere",
        lambda names: _listed(names) or "the tier below",
        lambda was, now: was is None or now is None or not set(now) <= set(was),
    ),
    _Key(
        "hold",
        "/hold",
        "Hold",
        "promote what a rollback took back",
        lambda hold: hold and f"since {hold.since}: {hold.reason}",
        lambda _was, now: now is None,
    ),
    _Key(
        "minimum_retention",
        "/minimumRetention",
        "Minimum retention",
        "delete recordings sooner",
        _text,
        lambda was, now: now is None or (was is not None and now < was),
    ),
    _Key(
        "coverage",
        "/coverage",
        "Coverage objective",
        "let recordings be missing",
        _text,
        lambda was, now: now is None or (was is not None and (now.at_least < was.at_least or now.over > was.over)),
    ),
    _Key("intents", "/intent", "Intents", "acknowledge for others", *INTENTS),
    _Key("removed", "/removed", "Acknowledged removals", "acknowledge that others stop being recorded", *INTENTS),
    _Key("journal", "/journal", "Journal", "write what was done where nobody looks", _journal, _always),
    _Key("evidence", "/evidence", "Evidence", "keep callbacks where nobody looks", _text, _always),
    _Key("site", "/site", "Site", "have other rules hold", _text, _always),
    _Key("region", "/region", "Region", "call the API elsewhere", _text, _always),
    _Key("controller", "/controller", "Controller", "let another service record", _controller, _always),
)

PROTECTS_NOTHING = frozenset({"prices"})
"""Keys of `environment.yaml` that no guardrail watches: how money is shown protects nobody."""


@dataclass(frozen=True, slots=True)
class _Console:
    """One member of `console`."""

    member: str
    key: str
    title: str
    attack: str
    says: Callable[[Any], str | None] = _text
    weaker: Callable[[Any, Any], bool] = _always

    def guardrail(self) -> Guardrail:
        return _Key(
            "console",
            f"/console/{self.key}",
            self.title,
            self.attack,
            lambda choice: self.says(getattr(choice, self.member)),
            lambda was, now: self.weaker(getattr(was, self.member), getattr(now, self.member)),
        ).guardrail()


def _credentials(choice: Any) -> str:
    given = ", ".join(f"{name}: {value}" for name, value in sorted(choice.settings.items()))
    return f"{choice.source} ({given})" if given else str(choice.source)


_CONSOLE = (
    _Console("driver", "driver", "Console driver", "carry out plans where nothing is real"),
    _Console("endpoint", "endpoint", "Console endpoint", "send signed requests to somebody else"),
    _Console("binding", "binding", "Console binding", "have fields read and written as something else"),
    _Console("page", "page", "Console labels", "have people click the wrong switch"),
    _Console("ca_file", "caFile", "Trusted certificates", "read requests on the way"),
    _Console("credentials", "credentials", "Console credentials", "act as another account", _credentials),
    _Console(
        "calls_per_second", "callsPerSecond", "Call rate", "exhaust the account's rate", _text, lambda w, n: n > w
    ),
    _Console(
        "accept",
        "accept",
        "Accepted undocumented writes",
        "write by guesses",
        _listed,
        lambda was, now: not now <= was,
    ),
    _Console(
        "read_only",
        "readOnly",
        "Read-only console",
        "let writes through",
        lambda flag: "true" if flag else None,
        lambda was, now: was and not now,
    ),
)

ENVIRONMENT_KEYS = tuple(entry.guardrail() for entry in (*_KEYS, *_CONSOLE))

WATCHED = frozenset(key.attribute for key in _KEYS) | {"console"}
"""The attributes of Environment that an entry here watches."""

WATCHED_OF_CONSOLE = frozenset(entry.member for entry in _CONSOLE)
"""The same of ConsoleChoice; a test holds both against what there is."""

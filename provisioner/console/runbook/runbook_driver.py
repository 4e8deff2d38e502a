"""The runbook driver: people change this console, and say in Git what it shows.

No public API reads or writes an application's recording template, so this is the way that works today. A read
answers what somebody confirmed, as long as that counts; nothing can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from provisioner.console.defaults import normalised
from provisioner.console.port import (
    Attested,
    Capabilities,
    ConsoleChange,
    ConsoleError,
    ListedApplication,
    Observed,
    Receipt,
    Shown,
    Unreadable,
)
from provisioner.console.runbook import observations
from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.exclusive_storage import VENDOR, of_another
from provisioner.recording.fields import FIELDS
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.observation import Observation, StoredObservation

_SKEW = timedelta(minutes=5)
"""How far ahead another machine's clock may have been when somebody confirmed."""


Overtaken = Callable[[int, datetime], str]
"""Who changed an SDKAppId after a moment, as a clause; '' where nobody is known to have."""


def _never(_sdk_app_id: int, _confirmed: datetime) -> str:
    return ""


class RunbookConsole:
    """The console of an environment whose driver is `runbook`. Safe to use from several threads."""

    label = "TRTC console, as people confirmed it"

    def __init__(self, environment: Environment, root: Path, clock: Clock, overtaken: Overtaken = _never) -> None:
        """`overtaken` says who changed an application after somebody confirmed it, as far as an audit log knows."""
        self._overtaken = overtaken
        self._environment = environment.name
        self._names = {app.sdk_app_id: app.name for app in environment.applications}
        self._root = root
        self._clock = clock

    def capabilities(self) -> Capabilities:
        return Capabilities(lists=False, writes=False)

    def list_applications(self) -> list[ListedApplication]:
        raise ProvisionerError("only people see which applications this account holds")

    def read(self, sdk_app_id: int) -> Observed:
        """What was confirmed; every field is unreadable where nothing usable was. Raises ProvisionerError too."""
        name = self._names.get(sdk_app_id)
        if name is None:
            raise ConsoleError("UnknownApplication", f"no spec of {self._environment} names SDKAppId {sdk_app_id}")
        stored, now = observations.load(self._root, self._environment, name), self._clock()
        if reason := _unusable(stored, sdk_app_id, now, self._overtaken):
            # No name and no hour in it: of five hundred applications it is the same, and told once.
            advice = f"{reason}; `provisioner attest {self._environment}/APP` confirms what the console shows"
            lapsed = _attested(stored.observation, now) if stored and stored.observation.expires <= now else None
            unread = dict.fromkeys(_PATHS, Unreadable(advice))
            return Observed(sdk_app_id, name, None, unread, lapsed=lapsed)
        assert stored is not None
        seen = stored.observation
        attested = _attested(seen, now)
        return Observed(sdk_app_id, name, None, _fields(seen), attested)

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        del change
        raise ProvisionerError(
            f"SDKAppId {sdk_app_id} was not written: people change this console",
            fix=f"`provisioner apply {self._environment}` prints the steps; "
            f"`provisioner attest {self._environment}/{self._names.get(sdk_app_id, 'APP')}` confirms the result.",
        )

    def close(self) -> None:
        """Nothing is held."""


_PATHS = tuple(path for path in FIELDS if path in CONSOLE_WIRE)


def _attested(seen: Observation, now: datetime) -> Attested:
    return Attested(seen.who, seen.when, seen.expires, max(now - seen.when, timedelta()))


def _unusable(stored: StoredObservation | None, sdk_app_id: int, now: datetime, overtaken: Overtaken) -> str:
    """Why nothing can be said about the console by what is stored; empty where something can."""
    if stored is None:
        return "nobody has confirmed it"
    seen = stored.observation
    if not stored.intact:
        return "what was confirmed has been edited since: its digest does not match"
    if seen.sdk_app_id != sdk_app_id:
        return f"what was confirmed is another application, SDKAppId {seen.sdk_app_id}"
    if seen.when > now + _SKEW:
        return f"it is said to be confirmed at {timestamp(seen.when)}, which is yet to come"
    if seen.expires <= now:
        return f"what {seen.who} confirmed on {seen.when.date()} counted until {seen.expires.date()}"
    if change := overtaken(sdk_app_id, seen.when):
        return f"what {seen.who} confirmed at {timestamp(seen.when)} is void: {change}"
    return ""


def _fields(seen: Observation) -> dict[str, Shown]:
    return normalised({path: _shown(path, seen.values) for path in _PATHS})


def _shown(path: str, values: Mapping[str, Value | None]) -> Shown:
    """What a missing value means: a storage that was not chosen holds nothing, the rest nobody confirmed."""
    if path in values:
        return values[path]
    if of_another(path, values.get(VENDOR)):
        return None
    if FIELDS[path].secret:
        block = FIELDS[path].block
        beside = [value for known, value in values.items() if known.startswith(block + "/")]
        holds_nothing = bool(beside) and all(value is None for value in beside)
        return None if holds_nothing else Unreadable("the console never shows it")
    return Unreadable("it was not among what was confirmed")

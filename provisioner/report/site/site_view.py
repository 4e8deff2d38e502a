"""What the site shows, as values: no engine object reaches a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One effective setting: its short path, its value, who set it, and what that overrode, strongest first."""

    path: str
    value: str
    set_by: str
    overrode: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One setting that the console has otherwise; `console` and `spec` are None where it is not set there."""

    path: str
    console: str | None
    spec: str | None


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One application of one environment; `row` is its name across environments.

    `drift` is None where its console was not read.
    `outages` are what it does now that nobody asked of it, such as a room that is not recorded.
    `words` say what is recorded, `notes` what is to be known beside it (held, soaking, cannot verify, confirmed by
    people), `evidence` what recordings prove, `history` what was last written, `lapses` when somebody's confirmation
    ends, and in how many days, where one does.
    """

    environment: str
    name: str
    row: str
    sdk_app_id: int
    owner: str
    template: str
    mode: str
    words: Sequence[str]
    drift: Sequence[DriftRow] | None
    outages: Sequence[str]
    notes: Sequence[str]
    settings: Sequence[SettingRow]
    evidence: Sequence[str]
    contradicted: bool
    history: Sequence[str]
    promoted: str
    lapses: tuple[str, int] | None = None

    @property
    def file(self) -> str:
        """Where its page lies, below the site."""
        return f"{self.environment}/{self.name}.html"

    @property
    def state(self) -> str:
        """In a few words; the first thing that people look for."""
        if self.drift is None:
            return "console not read"
        if self.drift:
            return f"{len(self.drift)} setting{'s differ' if len(self.drift) > 1 else ' differs'}"
        return "as specified"


@dataclass(frozen=True, slots=True)
class EnvironmentPart:
    """One environment, from development up. `coverage` says how many rooms were recorded.

    `outage` says why its console could not be read, '' where it could."""

    name: str
    tier: str
    console: str
    outage: str
    held: str
    applications: Sequence[ApplicationPage]
    unmanaged: Sequence[str] | None
    coverage: str
    evidence: str
    history: Sequence[str]
    promotions: Sequence[str]

    @property
    def drifted(self) -> list[ApplicationPage]:
        """Applications whose console differs."""
        return [app for app in self.applications if app.drift]

    @property
    def out(self) -> list[ApplicationPage]:
        """Applications of which the console does what nobody asked."""
        return [app for app in self.applications if app.outages]

    @property
    def high(self) -> list[ApplicationPage]:
        """Of these, where something is lost meanwhile."""
        return [app for app in self.out if any(outage.startswith("HIGH ") for outage in app.outages)]

    @property
    def contradicted(self) -> list[ApplicationPage]:
        """Applications whose recordings contradict their specs."""
        return [app for app in self.applications if app.contradicted]

    @property
    def lapsing(self) -> list[ApplicationPage]:
        """Applications whose confirmation ends soon, or has ended; the next one first."""
        found = [app for app in self.applications if app.lapses and app.lapses[1] <= SOON]
        return sorted(found, key=lambda app: (app.lapses or ("", 0))[1])


SOON = 14
"""Days before a confirmation ends at which the site tells it."""


@dataclass(frozen=True, slots=True)
class SiteView:
    """The whole site; `rows` are the applications' names across environments, `made` is when, in UTC."""

    environments: Sequence[EnvironmentPart]
    rows: Sequence[str]
    made: str
    commit: str

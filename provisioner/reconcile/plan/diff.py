"""What differs between what should be and what the console shows, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from provisioner.console.port import ConsoleChange, Observed, Unreadable
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS, find
from provisioner.recording.value_types import Value


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; None stands for "not set"."""

    path: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Unverified:
    """One field that the console does not show, so that nobody can say whether it is right.

    `before` is what the base wanted, where a plan was compared with one and it is another: a secret's reference.
    """

    path: str
    after: Value | None
    reason: str
    before: Value | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """All that can be said about one application's fields."""

    differences: tuple[Difference, ...]
    unverified: tuple[Unverified, ...]


def managed(desired: Mapping[str, Value], path: str) -> bool:
    """Whether the spec speaks for the console's field at `path`.

    The console holds one template; it is ours only while it records automatically. The parameters of manual
    recording are the backend's contract and stand in no console.
    """
    if path == "/recording/enabled":
        return True
    if path.startswith("/calls/webhook/"):
        return "/calls/webhook/url" in desired
    if desired.get("/recording/enabled") is not True:
        return False
    if path == "/recording/mode":
        return True
    return desired.get("/recording/mode") == Mode.AUTO.value and _in_template(path)


@lru_cache(maxsize=4096)
def _in_template(path: str) -> bool:
    """Settings but for what only calls over REST know."""
    field = find(path)
    return path.startswith(SETTINGS + "/") and (field is None or Mode.AUTO in field.modes)


def diff(desired: Mapping[str, Value], observed: Observed) -> Diff:
    """Compare by value, in field order. What cannot be read is neither equal nor different."""
    differences: list[Difference] = []
    unverified: list[Unverified] = []
    for path, shown in observed.fields.items():
        if not managed(desired, path):
            continue
        wanted = desired.get(path)
        if isinstance(shown, Unreadable):
            unverified.append(Unverified(path, wanted, shown.reason))
        elif shown != wanted:
            differences.append(Difference(path, shown, wanted))
    return Diff(tuple(differences), tuple(unverified))


def change(desired: Mapping[str, Value], found: Diff) -> ConsoleChange:
    """What to write so that the differences vanish."""
    return ConsoleChange(desired, frozenset(difference.path for difference in found.differences))

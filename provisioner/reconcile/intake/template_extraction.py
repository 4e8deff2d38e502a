"""What several applications record by alike becomes a template.

One rule: an application pins the version that leaves it the fewest settings of its own, and where `share` or more
record alike while no version says just that, they get a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, count

from provisioner.console.port import Observed, Unreadable
from provisioner.recording.field import Mode, Moves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value

Profile = frozenset[tuple[str, Value]]
"""The settings that one application records by and that a template may say: (path, value)."""


def profile_of(observed: Observed) -> Profile:
    """What the console's template holds of them; empty where rooms are not recorded by it."""
    fields = observed.fields
    if fields.get("/recording/enabled") is not True or fields.get("/recording/mode") != Mode.AUTO.value:
        return frozenset()
    return profile({path: value for path, value in fields.items() if not isinstance(value, Unreadable)})


def profile(values: Mapping[str, Value | None]) -> Profile:
    """The part of `values` that a template may say."""
    return frozenset((path, value) for path, value in values.items() if value is not None and _moves(path))


def _moves(path: str) -> bool:
    field = FIELDS.get(path)  # no automatic template has collections
    return field is not None and path.startswith(f"{SETTINGS}/") and field.moves is Moves.ON_PROMOTION


def shared(
    profiles: Sequence[Profile], known: Collection[Profile], share: int, taken: Collection[str]
) -> dict[str, Profile]:
    """New template versions (`mixed-720p@v1`) for what `share` or more record by and none of the `known` says.

    Most used first; `taken` are the names of templates that there are.
    """
    used = set(taken)
    versions: dict[str, Profile] = {}
    times = Counter(one for one in profiles if one and one not in known)
    for one, often in sorted(times.items(), key=lambda item: (-item[1], sorted(map(repr, item[0])))):
        if often >= share:
            name = _name(one)
            free = next(n for n in chain([name], (f"{name}-{number}" for number in count(2))) if n not in used)
            used.add(free)
            versions[f"{free}@v1"] = one
    return versions


def nearest(wanted: Profile, versions: Mapping[str, Profile]) -> str | None:
    """The version that leaves the fewest settings to say; None where none saves any."""
    if not versions or not wanted:
        return None
    pin = min(versions, key=lambda version: (_apart(wanted, versions[version]), version))
    return pin if _apart(wanted, versions[pin]) < len(wanted) else None


def _apart(one: Profile, other: Profile) -> int:
    """At how many paths they differ."""
    return len({path for path, _ in one ^ other})


def _name(one: Profile) -> str:
    """A name that says what is recorded: `mixed-720p`, `single-audio`."""
    values = dict(one)
    streams = [
        block for block in ("mixed", "single") if any(path.startswith(f"{SETTINGS}/{block}/") for path in values)
    ]
    parts = streams or ["recording"]
    height = values.get(f"{SETTINGS}/mixed/video/height")
    if values.get(f"{SETTINGS}/media") == "audio":
        parts.append("audio")
    elif isinstance(height, int):
        parts.append(f"{height}p")
    return "-".join(parts)

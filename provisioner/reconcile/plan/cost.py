"""Whether a change makes recording dearer or cheaper, by what the vendor charges for. A direction, never a sum.

Facts: the billing pages of both sites. Recorded time is charged by picture tier and once for each format; an idle
wait is charged as sound; kept files take storage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.diff import Diff
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Quantity
from provisioner.recording.tiers import TIERS, Tier, tier_of
from provisioner.recording.value_types import Value

_ENABLED, _MODE = "/recording/enabled", "/recording/mode"
_WIDTH, _HEIGHT = f"{SETTINGS}/mixed/video/width", f"{SETTINGS}/mixed/video/height"
_FORMATS, _MEDIA = f"{SETTINGS}/formats", f"{SETTINGS}/media"
_MIXED, _SINGLE = f"{SETTINGS}/mixed/maxUsers", f"{SETTINGS}/single/streams"
_LASTING = {
    f"{SETTINGS}/maxIdleTime": "idle time, charged as sound",
    f"{SETTINGS}/storage/vod/retention": "retention",
}
_CHARGED = frozenset({_ENABLED, _MODE, _WIDTH, _HEIGHT, _FORMATS, _MEDIA, _MIXED, _SINGLE, *_LASTING})


class Direction(Enum):
    """Where the bill goes."""

    MORE = "more"
    LESS = "less"
    MIXED = "mixed"
    """Some of it more, some less."""

    SAME = "same"
    UNKNOWN = "unknown"
    """Something that is charged for cannot be read."""


@dataclass(frozen=True, slots=True)
class CostEffect:
    """The direction of a change's cost, and what each part of it comes from."""

    direction: Direction
    reasons: tuple[str, ...] = ()


Part = tuple[Direction, str]


def cost(wanted: Mapping[str, Value], observed: Observed, found: Diff) -> CostEffect:
    """What carrying out the differences `found` does to the bill."""
    if not found.differences:
        return CostEffect(Direction.SAME)
    before = {path: value for path, value in observed.fields.items() if not isinstance(value, Unreadable)}
    parts = list(_parts(before, wanted, {difference.path for difference in found.differences}))
    hidden = [field.path for field in found.unverified if field.path in _CHARGED]
    directions = {direction for direction, _ in parts}
    if not directions:
        return (
            CostEffect(Direction.UNKNOWN, ("what is charged for cannot be read",))
            if hidden
            else CostEffect(Direction.SAME)
        )
    direction = directions.pop() if len(directions) == 1 else Direction.MIXED
    return CostEffect(direction, tuple(reason for _, reason in parts))


Values = Mapping[str, Value | None]


def _parts(before: Values, after: Values, changed: set[str]) -> Iterator[Part]:
    was, will = _automatic(before), _automatic(after)
    if was != will:
        if will:
            yield Direction.MORE, "every room is recorded"
        elif {_ENABLED, _MODE} & changed:
            yield Direction.LESS, "rooms are no longer recorded automatically"
        return
    yield from _files(before, after, changed)
    yield from _picture(before, after, changed)
    for path, what in _LASTING.items():
        lasted, lasts = before.get(path), after.get(path)
        if path in changed and isinstance(lasted, Quantity) and isinstance(lasts, Quantity):
            yield (Direction.LESS, f"shorter {what}") if lasts < lasted else (Direction.MORE, f"longer {what}")


def _files(before: Values, after: Values, changed: set[str]) -> Iterator[Part]:
    """Each format, and each kind of recording, is charged by itself."""
    if _FORMATS in changed:
        old, new = _words(before), _words(after)
        yield from ((Direction.MORE, f"{name} files as well") for name in new if name not in old)
        yield from ((Direction.LESS, f"no more {name} files") for name in old if name not in new)
    for path, kind in ((_MIXED, "mixed"), (_SINGLE, "single-stream")):
        if path in changed and (before.get(path) is None) != (after.get(path) is None):
            if before.get(path) is None:
                yield Direction.MORE, f"{kind} recording as well"
            else:
                yield Direction.LESS, f"no more {kind} recording"


def _picture(before: Values, after: Values, changed: set[str]) -> Iterator[Part]:
    sound, only_sound = before.get(_MEDIA) == "audio", after.get(_MEDIA) == "audio"
    if _MEDIA in changed and sound != only_sound:
        yield (Direction.LESS, "sound only") if only_sound else (Direction.MORE, "pictures as well")
    elif {_WIDTH, _HEIGHT} & changed and not only_sound:
        old, new = _tier(before), _tier(after)
        if old != new:
            dearer = TIERS.index(new) > TIERS.index(old)
            yield Direction.MORE if dearer else Direction.LESS, f"{old} -> {new}"


def _automatic(values: Values) -> bool:
    return values.get(_ENABLED) is True and values.get(_MODE) == "auto"


def _tier(values: Values) -> Tier:
    """The tier of the mixed picture; of single streams it is each sender's own."""
    width, height = values.get(_WIDTH), values.get(_HEIGHT)
    return tier_of(width * height) if isinstance(width, int) and isinstance(height, int) else "Audio"


def _words(values: Values) -> tuple[str, ...]:
    formats = values.get(_FORMATS)
    return tuple(str(name) for name in formats) if isinstance(formats, tuple) else ()

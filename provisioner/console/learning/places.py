"""Where each field stands in answers and in requests, by what a timeline's samples agree on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from provisioner.console.learning.matching import Coding, coding
from provisioner.console.learning.sheet import VENDOR, Round, before
from provisioner.console.learning.timeline import BEFORE, Pointer, Sample, Timeline
from provisioner.console.tencent.binding import codec_of
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.recording.wire_codecs import Codec


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of one action that fits a field: how it is coded there, and the samples that agree."""

    action: str
    at: Pointer
    coding: Coding
    samples: tuple[Sample, ...]


@dataclass
class FieldSpots:
    """What was found of one field. `answers` and `requests` hold every place that fits; one each is an answer."""

    path: str
    answers: list[Spot] = field(default_factory=list)
    requests: list[Spot] = field(default_factory=list)
    absent: bool = False
    shown: bool = True
    always: bool = False
    """Whether no answer that holds its neighbours was seen without it being set."""


def values_of(path: str, sheet: Sequence[Round]) -> dict[int, Value | None]:
    """What the field is in each round; None where it is left empty."""
    known: dict[int, Value | None] = {one.number: one.values.get(path) for one in sheet}
    return {BEFORE: before().get(path), **known}


def spots(found: Timeline, sheet: Sequence[Round]) -> dict[str, FieldSpots]:
    """Every field of the console with the places that fit it."""
    result = {path: FieldSpots(path) for path in CONSOLE_WIRE}
    for path, one in result.items():
        values = values_of(path, sheet)
        one.answers = [spot for action, many in found.reads.items() for spot in _fitting(path, values, action, many)]
    _settle(result, "answers")
    for path, one in result.items():
        values = values_of(path, sheet)
        ways: list[Coding | None] = [spot.coding for spot in one.answers] or [None]
        one.requests = [
            spot
            for action, many in found.writes.items()
            for way in ways
            for spot in (
                _fitting(path, values, action, many) if way is None else _sent(path, values, action, many, way)
            )
        ]
    _settle(result, "requests")
    _leave_out_reports(result)
    for one in result.values():
        one.answers = _alike(one.answers, one.requests)
        one.requests = _alike(one.requests, one.answers)
        mine = {(spot.action, spot.at) for spot in one.answers}
        sharing = [
            s for other in result.values() if other is not one for s in other.answers if (s.action, s.at) in mine
        ]
        _told(one, found, values_of(one.path, sheet), sharing)
    _hidden(result)
    return result


def _fitting(path: str, values: Mapping[int, Value | None], action: str, samples: Sequence[Sample]) -> list[Spot]:
    """Places of one action that hold the field in every round in which it is set and the action speaks of it."""
    fits = _fits(path, values, action, samples)
    if not fits and any(sample.round == BEFORE for sample in samples):
        # The application was not new: what it showed before the first round is nobody's word.
        fits = _fits(path, values, action, [sample for sample in samples if sample.round != BEFORE])
    return fits


def _fits(path: str, values: Mapping[int, Value | None], action: str, samples: Sequence[Sample]) -> list[Spot]:
    concerned = [sample for sample in samples if values.get(sample.round) is not None]
    places = {at for sample in concerned for at in sample.leaves}
    spotted = []
    for at in places:
        holding = [sample for sample in concerned if at in sample.leaves]
        if len(holding) < len(concerned) and not _may_lack(path, at, concerned, values):
            continue
        pairs = [(value, s.leaves[at]) for s in holding if (value := values[s.round]) is not None]
        if (how := coding(path, pairs)) is not None:
            spotted.append(Spot(action, at, how, tuple(holding)))
    return spotted


def _may_lack(path: str, at: Pointer, samples: Sequence[Sample], values: Mapping[int, Value | None]) -> bool:
    """Whether a place may miss in some rounds: a call that carries none of its neighbours, or an implied storage."""
    lacking = [sample for sample in samples if at not in sample.leaves]
    if path == VENDOR:
        words = {values[sample.round] for sample in lacking}
        return len(words) == 1 and words.isdisjoint(values[s.round] for s in samples if at in s.leaves)
    # Only changes are sent of what stands beside nothing else: a switch that stays is not repeated.
    return not path.startswith("/recording/settings")


def _sent(
    path: str, values: Mapping[int, Value | None], action: str, samples: Sequence[Sample], way: Coding
) -> list[Spot]:
    """Places of a write that carry the field as its answers are coded."""
    codec, concerned = codec_of(path, way), [s for s in samples if values.get(s.round) is not None]
    spotted = []
    for at in {at for sample in concerned for at in sample.leaves}:
        holding = [sample for sample in concerned if at in sample.leaves]
        if len(holding) < len(concerned) and not _may_lack(path, at, concerned, values):
            continue
        if all(_carries(codec, values[s.round], s.leaves[at]) for s in holding):
            spotted.append(Spot(action, at, way, tuple(holding)))
    return spotted


def _carries(codec: Codec, value: Value | None, wire: Any) -> bool:
    try:
        return value is not None and codec.decode(wire) == value
    except ValueError:
        return False


def _settle(result: Mapping[str, FieldSpots], side: str) -> None:
    """Take away what fits two fields, where a field has another place; two that can never be set at once may share."""
    owners: dict[tuple[str, Pointer], set[str]] = defaultdict(set)
    for path, one in result.items():
        for spot in getattr(one, side):
            owners[spot.action, spot.at].add(path)
    for path, one in result.items():
        mine = getattr(one, side)
        sole = [spot for spot in mine if not _rivals(path, owners[spot.action, spot.at])]
        setattr(one, side, sole or mine)


def _rivals(path: str, owners: Iterable[str]) -> set[str]:
    return {other for other in owners if other != path and storage_of(other) in (None, storage_of(path))}


def storage_of(path: str) -> str | None:
    """The bucket storage that a field belongs to: of such only one is ever set, and they share places."""
    parts = path.split("/storage/")
    word = parts[1].partition("/")[0] if len(parts) == 2 else ""
    return word if word in ("cos", "s3") else None


def _alike(mine: list[Spot], other: list[Spot]) -> list[Spot]:
    """Of several places the one that ends like the other side's only one."""
    if len(mine) < 2 or len({spot.at for spot in other}) != 1:
        return mine
    (theirs,) = {spot.at for spot in other}
    alike = [(_common(spot.at, theirs), spot) for spot in mine]
    best = max(count for count, _ in alike)
    closest = [spot for count, spot in alike if count == best]
    return closest if best and len(closest) == 1 else mine


def _common(one: Pointer, other: Pointer) -> int:
    """How many names two places have in common, from the last one on."""
    same = (a == b for a, b in zip(reversed(one), reversed(other), strict=False))
    return sum(1 for _ in takewhile(bool, same))


def _told(one: FieldSpots, found: Timeline, values: Mapping[int, Value | None], sharing: Iterable[Spot]) -> None:
    """Whether an answer that lacks the field means that it is not set.

    `sharing` are other fields' spots at the same place: the same key of another storage.
    """
    if len(one.answers) == 1:
        spot = one.answers[0]
        others = {s.round for other in sharing for s in other.samples}
        empty = [s for s in found.reads[spot.action] if s.round not in others and values.get(s.round, "") is None]
        one.absent = bool(empty) and all(spot.at not in s.leaves for s in empty)
        one.always = not empty


def _leave_out_reports(result: Mapping[str, FieldSpots]) -> None:
    """Pages report what people do, with the same values, to services of their own: the service that reads writes."""
    reading = holder(spot for one in result.values() for spot in one.answers)
    services = {
        spot.samples[0].exchange.service for one in result.values() for spot in one.answers if spot.action == reading
    }
    for one in result.values():
        one.requests = [s for s in one.requests if s.samples[0].exchange.service in services] or one.requests


def _hidden(result: Mapping[str, FieldSpots]) -> None:
    """Which secrets the console takes and never shows: answers showed other settings in every round that sent them."""
    settings = [one for path, one in result.items() if path.startswith(SETTINGS)]
    shown = {sample.round for one in settings for spot in one.answers for sample in spot.samples}
    for one in settings:
        if len(one.requests) == 1 and not one.answers and FIELDS[one.path].secret:
            one.shown = not {sample.round for sample in one.requests[0].samples} <= shown


def holder(spots_of: Iterable[Spot], *, alone: bool = False) -> str | None:
    """The action that holds most of these places; None where there is none, or two and it must be `alone`."""
    counted = Counter(spot.action for spot in spots_of).most_common(2)
    if not counted or (alone and len(counted) > 1 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def implied(found: Timeline, values: Mapping[int, Value | None], spot: Spot) -> tuple[list[Pointer], str]:
    """The objects that may stand for the storage which has no code, and its word.

    Such an object is there exactly while that storage is chosen; of nested ones the outermost counts.
    """
    samples = [s for s in found.reads.get(spot.action, ()) if values.get(s.round) is not None]
    missing = {str(values[s.round]) for s in samples if spot.at not in s.leaves}
    there = [s.objects for s in samples if str(values[s.round]) in missing]
    elsewhere = [s.objects for s in samples if str(values[s.round]) not in missing]
    if len(missing) != 1 or not elsewhere:
        return [], ""
    only = frozenset.intersection(*there) - frozenset.union(*elsewhere)
    return sorted(at for at in only if at[:-1] not in only), missing.pop()

"""Which calls belong to which round of the sheet: told by the values that they carry, and by their order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from provisioner.console.learning.exchanges import Exchange
from provisioner.console.learning.sheet import APPLICATION, Round
from provisioner.recording.quantities import Quantity
from provisioner.recording.value_types import Value
from provisioner.recording.wire_codecs import units_of

BEFORE = 0
"""The round before the first one: what a new application shows."""

_MARKS = 2
"""How many fields' values a call must carry to belong to a round."""

Pointer = tuple[str, ...]
"""Names of nested members, from a request's or an answer's outermost object."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of a round; `leaves` are its scalars and lists of scalars, `objects` its objects."""

    round: int
    exchange: Exchange
    leaves: Mapping[Pointer, Any]
    objects: frozenset[Pointer]


@dataclass
class Timeline:
    """Samples by action: of writes what was sent, of reads the last answer of each round.

    `members` is what every call about the test application calls its id, `app` that id as it travels. `others` are
    calls that belong to no round.
    """

    writes: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    reads: dict[str, list[Sample]] = field(default_factory=lambda: defaultdict(list))
    member: str | None = None
    app: int | str | None = None
    rounds: frozenset[int] = frozenset()
    writing: frozenset[str] = frozenset()


def forms(value: Value) -> set[Any]:
    """How a value may stand in a call, whatever unit or type the console has."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, Quantity):
        units = units_of(value.dimension).values()
        amounts = {int(value.amount / unit) for unit in units if value.amount and value.amount % unit == 0}
        return {form for amount in amounts for form in (amount, str(amount))}
    if isinstance(value, int):
        return {value, str(value)}
    return {value} if isinstance(value, str) else set()


@cache
def _marks(sheet: tuple[Round, ...]) -> Mapping[Any, tuple[int, str]]:
    """Forms that stand for one field in one round only."""
    owners: dict[Any, set[tuple[int, str]]] = defaultdict(set)
    for one in sheet:
        for path, value in one.values.items():
            for form in forms(value):
                owners[form].add((one.number, path))
    return {form: next(iter(found)) for form, found in owners.items() if len({number for number, _ in found}) == 1}


def marked(leaves: Mapping[Pointer, Any], sheet: tuple[Round, ...]) -> Iterator[tuple[Pointer, Any]]:
    """The leaves that tell a round: what was typed, and nothing else that the call holds."""
    marks = _marks(sheet)
    return ((at, value) for at, value in leaves.items() if _scalar(value) and value in marks and len(str(value)) > 1)


def round_of(leaves: Mapping[Pointer, Any], sheet: tuple[Round, ...]) -> int | None:
    """The round whose values these are, by at least two fields and more than any other's."""
    marks = _marks(sheet)
    hits = {marks[value] for value in leaves.values() if _scalar(value) and value in marks}
    counted = Counter(number for number, _ in hits).most_common(2)
    if not counted or counted[0][1] < _MARKS or (len(counted) > 1 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _scalar(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def timeline(captures: Iterable[Sequence[Exchange]], sheet: tuple[Round, ...]) -> Timeline:
    """Sort the calls of several captures, each in its own order, into rounds."""
    found = Timeline()
    files = [[(one, *flat(one.request), *flat(one.answer)) for one in calls] for calls in captures]
    everything = [call for calls in files for call in calls]
    writing = _writing(everything, sheet)
    found.writing = frozenset(writing)
    found.member, found.app = _own(everything, writing, sheet)
    for calls in files:
        for sample, write in _sorted(calls, writing, sheet, found):
            (found.writes if write else found.reads)[sample.exchange.action].append(sample)
    samples = [sample for kind in (found.writes, found.reads) for many in kind.values() for sample in many]
    found.rounds = frozenset(sample.round for sample in samples if sample.round != BEFORE)
    return found


_Call = tuple[Exchange, dict[Pointer, Any], frozenset[Pointer], dict[Pointer, Any], frozenset[Pointer]]


def _writing(calls: Iterable[_Call], sheet: tuple[Round, ...]) -> set[str]:
    """Actions that write: their requests carry a round's values, or their answers never say anything.

    Whatever was asked, the same answer says no more than none: `{"Result": "ok"}`.
    """
    carry = {call[0].action for call in calls if round_of(call[1], sheet)}
    said: dict[str, set[str]] = defaultdict(set)
    told: dict[str, set[str]] = defaultdict(set)
    asks: set[str] = set()
    for exchange, asked, _, answered, _ in calls:
        said[exchange.action].add(repr(sorted((at, leaf) for at, leaf in asked.items() if not _names_one(leaf))))
        told[exchange.action].add(repr(sorted(answered.items())))
        asks |= {exchange.action} if asked else set()
    nothing = repr([])
    silent = {action for action in said if told[action] == {nothing} and action in asks}
    return carry | silent | {action for action in said if len(told[action]) == 1 and len(said[action]) > 1}


def _names_one(value: Any) -> bool:
    """Whether it is the id of something: of two applications the same may be read."""
    return _identifies(value) and len(str(value)) >= _ID


_ID = 6
"""Digits from which on a number is taken for an id."""


def _own(calls: Iterable[_Call], writing: set[str], sheet: tuple[Round, ...]) -> tuple[str | None, int | str | None]:
    """What requests call the application's id, and that id: the pair that most calls with a round's values share."""
    shared: Counter[tuple[str, Any]] = Counter()
    for exchange, asked, _, answered, _ in calls:
        if round_of(asked if exchange.action in writing else answered, sheet) is not None:
            shared.update({(at[0], value) for at, value in asked.items() if len(at) == 1 and _identifies(value)})
    most = max(shared.values(), default=0)
    best = [pair for pair, times in shared.items() if times == most]
    if len(best) > 1:  # a template's id may be as frequent; the list tells which of them is the application's
        named = {str(leaf) for call in calls for leaf in _beside_name(call[0].answer)}
        best = [(member, value) for member, value in best if str(value) in named]
    return best[0] if len(best) == 1 else (None, None)


def _beside_name(tree: Any) -> Iterator[Any]:
    """The scalars of every object of a list that holds the test application's name."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
            for item in (item for item in node if isinstance(item, dict)):
                leaves = flat(item)[0].values()
                if APPLICATION in leaves:
                    yield from leaves


def _identifies(value: Any) -> bool:
    return _scalar(value) and str(value).isascii() and str(value).isdecimal() and len(str(value)) <= 10


def _sorted(
    calls: list[_Call], writing: set[str], sheet: tuple[Round, ...], found: Timeline
) -> Iterator[tuple[Sample, bool]]:
    now: int | None = BEFORE
    latest: dict[tuple[str, int], Sample] = {}
    waiting: list[_Call] = []
    for block in _blocks(calls, writing):
        if block[0][0].action in writing:
            ours = [call for call in block if found.member is None or call[1].get((found.member,)) == found.app]
            marked = next((number for call in ours if (number := round_of(call[1], sheet))), None)
            if marked is None and not now:  # before the first round: it belongs to that one
                waiting += ours
                now = None if ours else now
                continue
            now = marked or now
            for exchange, asked, objects, *_ in waiting + ours:
                yield Sample(now or BEFORE, exchange, asked, objects), True
            waiting = []
            continue
        for exchange, asked, _, answered, objects in block:
            about = asked.get((found.member or "",))
            if about is None or about != found.app:
                continue
            now = round_of(answered, sheet) or now
            if now is not None:
                latest[exchange.action, now] = Sample(now, exchange, answered, objects)
    for sample in latest.values():
        yield sample, False


def _blocks(calls: list[_Call], writing: set[str]) -> Iterator[list[_Call]]:
    """Runs of writes, and runs of reads between them."""
    block: list[_Call] = []
    for call in calls:
        if block and (call[0].action in writing) != (block[0][0].action in writing):
            yield block
            block = []
        block.append(call)
    if block:
        yield block


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)


def flat(tree: Mapping[str, Any]) -> tuple[dict[Pointer, Any], frozenset[Pointer]]:
    """The leaves and the objects of a tree, as far as names go that a binding can say.

    Lists of objects are not looked into: they hold no single field.
    """
    leaves: dict[Pointer, Any] = {}
    objects: set[Pointer] = set()
    waiting: list[tuple[Pointer, Any]] = [((), tree)]
    while waiting:
        at, node = waiting.pop()
        if isinstance(node, dict):
            objects.add(at)
            waiting.extend(((*at, name), child) for name, child in node.items() if _NAME.fullmatch(name))
        elif isinstance(node, list):
            if all(isinstance(item, (str, int, float)) for item in node):
                leaves[at] = node
        elif node is not None:
            leaves[at] = node
    return leaves, frozenset(objects)

"""Which actions list, read and write, and what their requests and answers are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.console.grade import Grade
from provisioner.console.learning.exchanges import Exchange
from provisioner.console.learning.places import Spot
from provisioner.console.learning.sheet import APPLICATION, ENABLED, MODE
from provisioner.console.learning.timeline import Pointer, Timeline, flat
from provisioner.recording.fields import SETTINGS

Entry = dict[str, Any]

Place = tuple[str, str, Pointer]
"""An action, `request` or `answer`, and where in it; `*` stands for every item of a list."""


@dataclass(frozen=True, slots=True)
class SeenCalls:
    """What there is to look at: the timeline, all calls, and which actions hold the fields."""

    found: Timeline
    everything: Sequence[Exchange]
    reading: str
    template: str | None
    writing: str | None


@dataclass
class Learned:
    """An action's entry; None where it was not seen, with `why`, and what to do `next`.

    `partly` is what the entry lacks, each with what to do.
    """

    entry: Entry | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    why: str = ""
    next: str = ""
    partly: list[tuple[str, str]] = field(default_factory=list)
    used: set[Place] = field(default_factory=set)


def shape(entry: Mapping[str, Any]) -> Entry:
    """An entry without what is said about it, and without what depends on who looked."""
    told = {
        key: value for key, value in entry.items() if key not in ("grade", "seen", "access", "generation", "fields")
    }
    if "page" in told:
        told["page"] = {key: value for key, value in told["page"].items() if key != "size"}
    return told


def refined(old: Entry, new: Entry) -> Entry | None:
    """Two observed entries of one field as one; None where they disagree.

    What one of them had no chance to see (a code, an absence) is taken from the other.
    """
    codes = {**old.get("codes", {}), **new.get("codes", {})}
    both = old.get("codes", {}).keys() & new.get("codes", {}).keys()
    if any(old["codes"][word] != new["codes"][word] for word in both):
        return None
    if len({(type(code), code) for code in codes.values()}) < len(codes):
        return None
    for key in ("as", "unit", "forever", "shown"):
        if old.get(key) != new.get(key) and not (key == "forever" and key not in new):
            return None
    seen_apart: Entry = {key: one[key] for one in (old, new) for key in ("absent", "forever", "implied") if key in one}
    complete = ("codes" in old) != ("codes" in new)  # one of them is the public wire's own, seen in all its words
    return {**new, **seen_apart, **({} if complete or not codes else {"codes": codes})}


def observed_places(binding: Mapping[str, Any]) -> dict[str, tuple[Pointer | None, str, Pointer]]:
    """Of each observed field its whole place in an answer (None: never shown), the writing action, its place there."""
    result: dict[str, tuple[Pointer | None, str, Pointer]] = {}
    for path, entry in binding["fields"].items():
        if entry["grade"] != Grade.OBSERVED.value:
            continue
        write = next(w for w in binding["writes"].values() if any(path.startswith(part) for part in w["carries"]))
        apart = "template" in binding and path.startswith(SETTINGS)
        base = binding["template" if apart else "read"].get("fields", "")
        answer = _whole(base, entry["at"]) if entry.get("shown", True) else None
        result[path] = (answer, write["action"], _whole(write.get("at", ""), entry.get("sent", entry["at"])))
    return result


def _whole(base: str, at: str) -> Pointer:
    return tuple((f"{base}/{at}" if base else at).split("/"))


def _kept(entry: Entry, old: Mapping[str, Any], *keys: str) -> Entry:
    """What the old entry says and nobody sees, as long as it is about the same action."""
    if old.get("action") == entry["action"]:
        entry |= {key: old[key] for key in ("access", *keys) if key in old}
    return entry


_UNTYPED = "Nobody can type it. Whoever sees it in the capture may write read.generation into the binding."


def reading(calls: SeenCalls, old: Mapping[str, Any]) -> Learned:
    """The action that reads one application; its name is known by the test application's."""
    samples = calls.found.reads[calls.reading]
    named = [at for at, leaf in samples[-1].leaves.items() if leaf == APPLICATION]
    named = [at for at in named if all(sample.leaves.get(at) == APPLICATION for sample in samples)]
    used = {(calls.reading, "answer", at) for at in named}
    exchanges = [sample.exchange for sample in samples]
    entry = {"action": calls.reading, "name": old["name"]}
    fix = f"Name the test application {APPLICATION}."
    learned = Learned(_kept(entry, old, "fields"), exchanges, next=fix, used=used)
    kind = old.get("generation", "")
    at = tuple(kind.split("/"))
    if kind and all(isinstance(sample.leaves.get(at), str) for sample in samples):
        entry["generation"] = kind
        learned.used.add((calls.reading, "answer", at))
        learned.partly.append(("where it shows the recording type was not learned, and stays as it was", _UNTYPED))
    else:
        learned.partly.append(("where it shows the recording type was not learned, and is left out", _UNTYPED))
    if len(named) == 1:
        entry["name"] = "/".join(named[0])
    else:
        learned.partly.append(
            ("where it shows the application's name" + (": several places fit" if named else ""), fix)
        )
    return learned


def template(calls: SeenCalls) -> Learned:
    """The second action, which reads a template by the id that the first one answered."""
    samples = calls.found.reads[calls.template or ""]
    answers = {sample.round: sample for sample in calls.found.reads[calls.reading]}
    fits: set[tuple[str, Pointer]] | None = None
    for sample in samples:
        first = answers.get(sample.round)
        if first is None:
            continue
        asked = {name: value for name, value in sample.exchange.request.items() if name != calls.found.member}
        same = {
            (name, at) for name, value in asked.items() for at, leaf in first.leaves.items() if _same_id(value, leaf)
        }
        fits = same if fits is None else fits & same
    if not fits or len(fits) > 1 or not samples:
        return Learned(why="how a template's id is found was not seen", next="Reload the page after each save.")
    ((name, at),) = fits
    entry = {"action": calls.template, "id": "/".join(at), "as": name}
    used = {(str(calls.template), "request", (name,)), (calls.reading, "answer", at)}
    if calls.writing:
        used.add((calls.writing, "request", (name,)))
    return Learned(entry, [sample.exchange for sample in samples], used=used)


def _same_id(value: Any, leaf: Any) -> bool:
    whole = isinstance(value, (int, str)) and not isinstance(value, bool) and len(str(value)) >= 4
    return bool(whole and value == leaf and type(value) is type(leaf))


# The list


def listing(calls: SeenCalls, old: Mapping[str, Any]) -> Learned:
    """The action that lists the account's applications, the test application among them."""
    fix = "Open the list of applications, and its second page (choose fewer rows a page)."
    shown = [(one, spot) for one in calls.everything if (spot := _items(one, calls)) is not None]
    if not shown:
        return Learned(why="no answer lists the test application", next=fix)
    one, (items, id_at, name_at) = shown[0]
    same = [call for call in calls.everything if call.action == one.action and _list_at(call, items) is not None]
    entry: Entry = {"action": one.action, "items": "/".join(items), "id": "/".join(id_at), "name": "/".join(name_at)}
    entry["page"] = dict(old["page"]) if old.get("action") == one.action else {}
    used = {(one.action, "answer", (*items, "*", *at)) for at in (id_at, name_at)}
    learned = Learned(_kept(entry, old), same, next=fix, used=used)
    page = _paging(same, items, id_at)
    if page is not None:
        entry["page"] = page
        begin = page["number"] if "number" in page else page["offset"]
        learned.used |= {(one.action, "request", (begin,)), (one.action, "request", (page["limit"],))}
        learned.used.add((one.action, "answer", tuple(page["total"].split("/"))))
    elif entry["page"]:
        learned.partly.append(("how its pages are asked for", fix))
    else:
        return Learned(None, why="how its pages are asked for was not seen", next=fix, used=learned.used)
    return learned


def _items(one: Exchange, calls: SeenCalls) -> tuple[Pointer, Pointer, Pointer] | None:
    """The list's place, and in an item that of id and name."""
    for items, listed in _lists(one.answer):
        for item in listed:
            leaves, _ = flat(item)
            ids = [at for at, leaf in leaves.items() if str(leaf) == str(calls.found.app)]
            names = [at for at, leaf in leaves.items() if leaf == APPLICATION]
            if len(ids) == 1 and len(names) == 1:
                return items, ids[0], names[0]
    return None


def _lists(tree: Mapping[str, Any]) -> Iterable[tuple[Pointer, list[Mapping[str, Any]]]]:
    waiting: list[tuple[Pointer, Any]] = [((), tree)]
    while waiting:
        at, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(((*at, name), child) for name, child in node.items())
        elif isinstance(node, list) and node and all(isinstance(item, dict) for item in node):
            yield at, node


def _list_at(one: Exchange, at: Pointer) -> list[Any] | None:
    node: Any = one.answer
    for name in at:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, list) else None


def _paging(same: Sequence[Exchange], items: Pointer, id_at: Pointer) -> Entry | None:
    """What paging is called, once pages of one size followed each other."""
    pages = [(one, _list_at(one, items) or []) for one in same]
    everyone = {str(flat(item)[0].get(id_at)) for _, listed in pages for item in listed if isinstance(item, dict)}
    numbers = [{name: value for name, value in one.request.items() if type(value) is int} for one, _ in pages]
    limits = [
        name
        for name in numbers[0]
        if all(each.get(name, 0) >= max(1, len(listed)) for each, (_, listed) in zip(numbers, pages, strict=True))
    ]
    fits = [
        (begin, limit, counting)
        for limit in limits
        for begin in numbers[0]
        if begin != limit
        for counting in [_counting({(each.get(limit), each.get(begin)) for each in numbers})]
        if counting is not None
    ]
    totals = None
    for one, _ in pages:
        here = {at for at, leaf in flat(one.answer)[0].items() if type(leaf) is int and leaf == len(everyone)}
        totals = here if totals is None else totals & here
    if len(fits) != 1 or not totals or len(totals) != 1:
        return None
    ((begin, limit, counting),) = fits
    size = min(1000, max(each[limit] for each in numbers))
    return {**_spelt(begin, counting), "limit": limit, "size": size, "total": "/".join(next(iter(totals)))}


def _counting(begins: set[tuple[int | None, int | None]]) -> str | None:
    """What tells pages of `(size, begin)` apart: applications before them, or their number from 0 or 1 on.

    It takes a first and a second page of one size, and pages of one alone cannot tell numbers from applications.
    """
    known = {(size, begin) for size, begin in begins if size and begin is not None}
    if len(known) < len(begins) or any(size < 2 for size, _ in known):
        return None
    second = {  # how the page after the first one begins
        "offset": [(size, size) for size, begin in known if begin == 0],
        "number from 1": [(size, 2) for size, begin in known if begin == 1 and all(one >= 1 for _, one in known)],
        "number from 0": [(size, 1) for size, begin in known if begin == 0],
    }
    fits = [word for word, pages in second.items() if known & set(pages)]
    if "offset" in fits and any(begin % size for size, begin in known):
        fits.remove("offset")
    return fits[0] if len(fits) == 1 else None


def _spelt(begin: str, counting: str) -> Entry:
    if counting == "offset":
        return {"offset": begin}
    return {"number": begin, **({"first": 0} if counting == "number from 0" else {})}


# The writes


def writes(calls: SeenCalls, sent: Mapping[str, Spot], binding: Mapping[str, Any]) -> dict[str, Entry] | None:
    """Recording on, template, then auto; one entry where an action always carries them together."""
    parts = {"switch": ENABLED, "template": SETTINGS, "mode": MODE}
    by: dict[str, str] = {}
    for name, part in parts.items():
        concerned = {spot.action for path, spot in sent.items() if path.startswith(part)}
        if len(concerned) != 1:
            return None
        by[name] = concerned.pop()
    together = _together(calls, sent, parts, by)
    old = {(entry["action"], tuple(entry["carries"])): entry for entry in binding["writes"].values()}
    result: dict[str, Entry] = {}
    for names in together:
        action, carries = by[names[0]], [parts[name] for name in names]
        entry: Entry = {"action": action, "grade": Grade.OBSERVED.value, "carries": carries}
        entry["seen"] = len(calls.found.writes[action])
        known: Mapping[str, Any] = next((e for (name, _), e in old.items() if name == action), {})
        entry |= {key: known[key] for key in ("access",) if key in known}
        template_id = binding.get("template", {}).get("as")
        sent_too = any(template_id in sample.exchange.request for sample in calls.found.writes[action])
        if template_id and sent_too and SETTINGS in carries and calls.template != calls.reading:
            entry["templateId"] = template_id
        result["all" if len(names) == len(parts) else names[0]] = entry
    return result


def _together(
    calls: SeenCalls, sent: Mapping[str, Spot], parts: Mapping[str, str], by: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """Parts that one action never carries without each other."""
    apart: dict[str, set[frozenset[str]]] = defaultdict(set)
    for action in set(by.values()):
        for sample in calls.found.writes[action]:
            carried = frozenset(
                name
                for name, part in parts.items()
                if by[name] == action and any(p.startswith(part) and s.at in sample.leaves for p, s in sent.items())
            )
            apart[action].add(carried)
    groups: list[tuple[str, ...]] = []
    for name in parts:
        if any(name in group for group in groups):
            continue
        group = [
            other
            for other in parts
            if by[other] == by[name] and all((name in c) == (other in c) for c in apart[by[name]])
        ]
        groups.append(tuple(group))
    return groups


# Where fields stand


@dataclass(frozen=True, slots=True)
class Bases:
    """What places start from: in answers by whether it is a setting, in requests by action."""

    answers: Mapping[bool, Pointer]
    requests: Mapping[str, Pointer]


def bases(pairs: Sequence[tuple[bool, Spot | None, Spot]], *, split: bool) -> Bases:
    """The prefixes after which as many fields as possible stand alike in answer and request."""
    requests: dict[str, Pointer] = {}
    answers: dict[bool, Pointer] = {}
    groups = [(False,), (True,)] if split else [(False, True)]
    for group in groups:
        mine = [(answer, request) for setting, answer, request in pairs if setting in group]
        best = _best([answer.at for answer, _ in mine if answer], mine)
        answers |= dict.fromkeys(group, best[0])
        requests |= {action: at for action, at in best[1].items() if action not in requests or not at}
    return Bases({False: answers[False], True: answers[True]}, requests)


def _best(shown: Sequence[Pointer], mine: Sequence[tuple[Spot | None, Spot]]) -> tuple[Pointer, dict[str, Pointer]]:
    best: tuple[int, Pointer, dict[str, Pointer]] = (-1, (), {})
    by_action: dict[str, list[tuple[Spot | None, Spot]]] = defaultdict(list)
    for answer, request in mine:
        by_action[request.action].append((answer, request))
    for base in _prefixes(shown):
        alike, chosen = 0, dict[str, Pointer]()
        for action, some in by_action.items():
            counted = [
                (sum(1 for a, r in some if a and a.at[len(base) :] == r.at[len(at) :]), at)
                for at in _prefixes([request.at for _, request in some])
            ]
            count, at = max(counted, key=lambda pair: (pair[0], -len(pair[1])))
            alike, chosen[action] = alike + count, at
        if alike >= best[0]:
            best = (alike, base, chosen)
    return best[1], best[2]


def _prefixes(places: Sequence[Pointer]) -> list[Pointer]:
    """Every prefix that all places have, none of them whole, the shortest first."""
    if not places:
        return [()]
    shortest = min(len(at) for at in places)
    longest = 0
    while longest < shortest - 1 and len({at[longest] for at in places}) == 1:
        longest += 1
    return [places[0][:length] for length in range(longest + 1)]

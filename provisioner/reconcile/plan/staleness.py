"""Whether a sealed plan still is what would be planned now: the whole document, member by member.

What reviewers saw is more than the values that are written: why something changes, what it does, who is asked. So
everything in the document is compared, and only what a run of the plan itself has done is allowed for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from provisioner.foundation.text_safety import excerpt
from provisioner.reconcile.plan.document import Document


@dataclass(frozen=True, slots=True)
class PlanRuns:
    """What runs of one sealed plan have done: applications that were `begun`, those that are `done`.

    `finished` is when a run ended with nothing left to do, None before that.
    """

    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    finished: str | None = None

    @property
    def touched(self) -> frozenset[str]:
        """Applications in which something may have been written."""
        return self.begun | self.done


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that is not as the plan says: a field of an application, or the plan itself."""

    what: str
    application: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.application, self.path) if part)
        return f"{place}: {self.what}" if place else self.what


class _Listed(NamedTuple):
    """How entries of a list of objects are told apart, called, and described where one is new or gone."""

    noun: str
    identity: Callable[[Document], tuple[Any, ...]]
    about: Callable[[Document], str] = lambda _: ""


_FINDINGS = _Listed("finding", lambda entry: (entry["id"], entry["source"], entry["path"]), lambda e: e["message"])
_LISTS: Mapping[str, _Listed] = {
    "findings": _FINDINGS,
    "present": _FINDINGS,
    "cannotVerify": _Listed("cannot verify", lambda entry: (entry["path"],), lambda entry: entry["reason"]),
    "guardrails changes": _Listed(
        "guardrail",
        lambda entry: (entry["id"], tuple(entry["applications"]), entry["origin"]["file"]),
        lambda entry: f"{_text(entry['before'])} -> {_text(entry['after'])}",
    ),
    "asks": _Listed("asks", lambda entry: tuple(entry["owners"])),
    "policies": _Listed("policy", lambda entry: (entry["id"],), lambda entry: entry["about"]),
    "removed": _Listed("removed application", lambda entry: (entry["name"], entry["sdkAppId"])),
    "unmanaged": _Listed("unmanaged application", lambda entry: (entry["sdkAppId"],), lambda entry: entry["name"]),
}

_SEPARATE = {"seal", "applications"}
_DIGESTS = {
    "specDigest": "the specs say something else in settings that the plan does not change",
    "observationDigest": "the console shows something else in settings that the plan does not change",
}
_FOLLOWS = {"action", "cost", "present"}
"""Members of an application that follow from its changes: told where no change is."""
_ASKED_FOR = {"affected", "changedBy"}
"""What somebody asked for besides: minutes move every day and a log grows, and nothing is decided by either."""


def moved(sealed: Document, fresh: Document, now: datetime, runs: PlanRuns) -> list[Moved]:
    """Everything that differs between a sealed plan and the same plan made now, after what its own `runs` did.

    An application that is done must have nothing left to do; of one that was begun, some fields may be written. What
    was asked for besides (`affected`, `changedBy`) is not compared.
    """
    found: list[Moved] = []
    if now > datetime.fromisoformat(sealed["seal"]["expires"]):
        found.append(Moved(f"the plan expired at {sealed['seal']['expires']}"))
    differing = [*_rest(_whole(sealed, runs), _whole(fresh, runs, sealed)), *_applications(sealed, fresh, runs)]
    if not differing and not runs.touched:
        differing += [Moved(words) for member, words in _DIGESTS.items() if sealed[member] != fresh[member]]
    return [*found, *differing]


def _whole(document: Document, runs: PlanRuns, sealed: Document | None = None) -> dict[str, Any]:
    """The plan without its applications; once some of it is written, without what follows from that."""
    rest = {key: value for key, value in document.items() if key not in _SEPARATE | _DIGESTS.keys() | {"totals"}}
    if runs.touched:
        rest["findings"] = _of_specs(document["findings"])
        rest.pop("policies", None)  # those that findings name
        stopped = {app["sdkAppId"] for app in (sealed or document)["applications"] if app.get("removed")}
        if "changed" in document:
            forgotten = {app["name"] for app in (sealed or document)["applications"] if app.get("removed")}
            rest["scope"] = document["scope"] and [name for name in document["scope"] if name not in forgotten]
        rest["unmanaged"] = document["unmanaged"] and [
            entry for entry in document["unmanaged"] if entry["sdkAppId"] not in stopped
        ]
    return rest


def _of_specs(findings: Iterable[Document]) -> list[Document]:
    return [finding for finding in findings if finding["source"] == "specs"]


def _rest(old: Document, new: Document, application: str = "") -> Iterator[Moved]:
    yield from (Moved(f"{' '.join(words)} {what}", application) for words, what in _differ(old, new))


def _applications(sealed: Document, fresh: Document, runs: PlanRuns) -> Iterator[Moved]:
    old, new = ({app["name"]: app for app in document["applications"]} for document in (sealed, fresh))
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield Moved("a spec was added", name)
        elif name in new:
            yield from _application(name, old[name], new[name], runs)
        elif not (old[name].get("removed") and name in runs.touched):  # a removed one is forgotten once it stopped
            yield Moved("its spec is gone", name)


def _application(name: str, old: Document, new: Document, runs: PlanRuns) -> Iterator[Moved]:
    planned = [] if name in runs.done else old["changes"]
    fields = list(_fields(name, planned, new["changes"], name in runs.touched))
    yield from fields
    if old["sdkAppId"] != new["sdkAppId"]:
        yield Moved(f"its SDKAppId was {old['sdkAppId']}, now {new['sdkAppId']}", name)
    passed_over = {"changes", "sdkAppId", *_ASKED_FOR, *(_FOLLOWS if fields else ())}
    if name in runs.touched:
        passed_over |= {*_FOLLOWS, "cannotVerify", "attested"}
        old, new = ({**app, "findings": _of_specs(app["findings"])} for app in (old, new))
    was, now = ({key: app[key] for key in app if key not in passed_over} for app in (old, new))
    yield from _rest(was, now, name)


def _fields(name: str, old: list[Document], new: list[Document], begun: bool) -> Iterator[Moved]:
    before, now = ({change["path"]: change for change in changes} for changes in (old, new))
    for path in sorted(before.keys() | now.keys()):
        if path not in now:
            if not begun:
                yield Moved("console and spec agree now", name, path)
        elif path not in before:
            yield Moved(f"differs now: {_text(now[path]['before'])} -> {_text(now[path]['after'])}", name, path)
        else:
            yield from (Moved(what, name, path) for what in _field(before[path], now[path]))


def _field(was: Document, now: Document) -> Iterator[str]:
    for whose, member in (("the spec", "after"), ("the console", "before")):
        if _json(was[member]) != _json(now[member]):
            yield f"{whose} said {_text(was[member])}, now {_text(now[member])}"
    told, tells = ({key: side[key] for key in side if key not in ("before", "after")} for side in (was, now))
    yield from (f"{' '.join(words)} {what}" for words, what in _differ(told, tells))


_Difference = tuple[tuple[str, ...], str]
"""Where two documents differ, as words, and how."""


def _differ(old: Any, new: Any, at: tuple[str, ...] = ()) -> Iterator[_Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differ(old.get(key), new.get(key), (*at, key))
    elif listed := _entries(old, new, at):
        yield from _differ_in_list(old, new, tuple(word for word in at[:-1] if word != "guardrails"), listed)
    elif _json(old) != _json(new):
        yield at, f"was {_text(old)}, now {_text(new)}"


def _entries(old: Any, new: Any, at: Sequence[str]) -> _Listed | None:
    """What is known of the lists at a place; None where they are no lists of objects."""
    if not (at and isinstance(old, list) and isinstance(new, list)):
        return None
    return _LISTS.get(at[-1]) or _LISTS.get(" ".join(at[-2:]))


def _differ_in_list(
    old: Iterable[Document], new: Iterable[Document], at: tuple[str, ...], listed: _Listed
) -> Iterator[_Difference]:
    before, now = _by_identity(old, listed), _by_identity(new, listed)
    for key in dict.fromkeys((*before, *now)):
        words = (*at, listed.noun, str(next(iter(key), "")))
        if key in before and key in now:
            yield from _differ(before[key], now[key], words)
        else:
            about = listed.about((before if key in before else now)[key])
            yield words, f"is {'gone' if key in before else 'new'}{f', {excerpt(about)}' if about else ''}"


def _by_identity(entries: Iterable[Document], listed: _Listed) -> dict[tuple[Any, ...], Document]:
    found: dict[tuple[Any, ...], Document] = {}
    for entry in entries:
        key = listed.identity(entry)
        count = sum(known[: len(key)] == key for known in found) if key in found else 0
        found[(*key, count) if count else key] = entry
    return found


def _text(value: Any) -> str:
    return "(not set)" if value is None else excerpt(_json(value))


def _json(value: Any) -> str:
    """Two values are one if this is: to Python 1, 1.0 and True are equal."""
    return json.dumps(value, ensure_ascii=True)

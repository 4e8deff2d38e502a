"""A capture that one can show: only the calls that learning used, only the places that it looked at.

Nothing is taken out of the capture; a new one is built from what is known to be harmless. So a secret that stands
where nobody thought of it stays behind too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.console.learning.exchanges import Exchange
from provisioner.console.learning.learner import Lesson
from provisioner.console.learning.sheet import APPLICATION
from provisioner.console.learning.timeline import Pointer

SCRUBBED = "scrubbed"
"""Stands for a value at a place that counts, where the value is not the sheet's."""

_HOST = re.compile(r"[A-Za-z0-9.-]{1,100}(:[0-9]{1,5})?", re.ASCII)
_TIME = re.compile(r"[0-9T:.+Z-]{10,40}", re.ASCII)
_VERSION = re.compile(r"[0-9-]{4,10}", re.ASCII)


def scrubbed_text(captures: Sequence[Sequence[Exchange]], lesson: Lesson) -> tuple[str, int]:
    """A HAR with what `lesson` used of the calls, from which the same is learned, and how many entries it has."""
    kept = [entry for calls in captures for call in calls if (entry := _entry(call, lesson)) is not None]
    creator = {"name": "provisioner console scrub", "version": "1"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": kept}}, indent=1), len(kept)


def _entry(call: Exchange, lesson: Lesson) -> dict[str, Any] | None:
    about = call.request.get(lesson.member) if lesson.member else None
    used = any(action == call.action for action, _, _ in lesson.used)
    if lesson.app is None or (about != lesson.app and not (about is None and used)):
        return None
    request = _pruned(call.request, call.action, "request", lesson)
    if about is not None and lesson.member:
        request[lesson.member] = about
    answer = _pruned(call.answer, call.action, "answer", lesson)
    if not answer and call.action not in lesson.writing:
        answer = {"Omitted": True}  # that it said something is what makes it a read
    host = call.host if _HOST.fullmatch(call.host) else "console.invalid"
    version = {"Version": call.version} if _VERSION.fullmatch(call.version) else {}
    body = {"serviceType": call.service, "cmd": call.action, "data": {**version, **request}}
    return {
        "startedDateTime": call.at if _TIME.fullmatch(call.at) else "",
        "request": {
            "method": "POST",
            "url": f"https://{host}/cgi/capi?i={call.service}/{call.action}",
            "postData": {"mimeType": "application/json", "text": _text(body)},
        },
        "response": {"status": 200, "content": {"text": _text({"code": 0, "data": {"Response": answer}})}},
    }


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def _pruned(tree: Mapping[str, Any], action: str, side: str, lesson: Lesson) -> dict[str, Any]:
    places = {at: known for (name, of, at), known in lesson.used.items() if (name, of) == (action, side)}
    found = _below(tree, (), places)
    return found if isinstance(found, dict) else {}


def _below(node: Any, at: Pointer, places: Mapping[Pointer, set[str] | None]) -> Any:
    """What of `node` leads to one of `places`; None where nothing does."""
    here = at in places
    if isinstance(node, dict):
        kept = {}
        for name, child in node.items():
            below = (*at, name)
            if any(place[: len(below)] == below for place in places):
                found = _below(child, below, places)
                if found is not None:
                    kept[name] = found
        return kept if kept or here else None
    if isinstance(node, list) and any(place[: len(at) + 1] == (*at, "*") for place in places):
        return [_item(item, at, places) for item in node if isinstance(item, dict)]
    return _value(node, places[at]) if here else None


def _item(item: Mapping[str, Any], at: Pointer, places: Mapping[Pointer, set[str] | None]) -> Any:
    below = {place[len(at) + 1 :]: known for place, known in places.items() if place[: len(at) + 1] == (*at, "*")}
    return _below(item, (), below) or {}


def _value(node: Any, known: set[str] | None) -> Any:
    if known is not None:
        return node if repr(node) in known else SCRUBBED
    number = isinstance(node, int) or (isinstance(node, str) and node.isascii() and node.isdecimal())
    return node if (number and len(str(node)) <= 10) or node in (APPLICATION, "new", "old") else SCRUBBED

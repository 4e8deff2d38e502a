"""Captures that nobody's browser would write: ways to break a session, each as the bytes of a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.console.learning.session import entry, har

Entries = list[dict[str, Any]]

CANARY = "CANARY"
"""Stands in the places of a case that no output may show."""

ESCAPES = "\x1b]0;title\x07\x1b[31m\u202e<script>alert(1)</script>\ud800"
"""What a terminal or a page would obey, and a character that no file can hold."""


def _bytes(entries: Iterable[Any]) -> bytes:
    return json.dumps(har(entries)).encode()


def _each(entries: Entries, change: Callable[[dict[str, Any]], None]) -> bytes:
    copied: Entries = json.loads(json.dumps(entries))
    for one in copied:
        change(one)
    return _bytes(copied)


def _answers(entries: Entries, change: Callable[[Any], str]) -> bytes:
    """The session with the text of every answer made anew from its document."""

    def altered(one: dict[str, Any]) -> None:
        content = one["response"]["content"]
        content["text"] = change(json.loads(content["text"]))

    return _each(entries, altered)


def _elsewhere(one: dict[str, Any]) -> None:
    request = one["request"]
    request["url"] = request["url"].replace("/cgi/capi", "/graphql").replace("127.0.0.1", f"{CANARY}.example")


def _without_answer(one: dict[str, Any]) -> None:
    one.pop("response")
    one["request"]["headers"] = [None, 1, {"name": None, "value": [CANARY]}]


def _wrong_base64(one: dict[str, Any]) -> None:
    content = one["response"]["content"]
    content["text"] = base64.b64encode(content["text"].encode()).decode()[:-7] + "%%"
    content |= {"encoding": "base64", "size": -1, "compression": "many"}


def _nested(answer: Any) -> str:
    response = json.dumps({"Response": answer["data"]["Response"]})
    return json.dumps({"code": 0, "data": json.dumps({"data": json.dumps({"data": response})})})


def _unwrappable(answer: Any) -> str:
    del answer
    return '{"data": "\\ud800{' + CANARY + '"}'


def _texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _texts(child) for name, child in node.items()}
    if isinstance(node, list):
        return [_texts(child) for child in node]
    return str(node) if isinstance(node, int) and not isinstance(node, bool) else node


def _numbers_as_text(answer: Any) -> str:
    return json.dumps(_texts(answer))


def _doubled(answer: Any) -> str:
    """Every object says each of its names twice, first with a value that is none."""
    text = json.dumps(answer)
    return text.replace('{"', f'{{"Enabled": "{CANARY}", "Enabled": 0, "MaxIdleTime": 1e999, "')


def _no_numbers(answer: Any) -> str:
    answer["data"]["Response"] |= {"A": 0.5, "B": CANARY}
    return json.dumps(answer).replace("0.5", "NaN").replace('"Fps":', '"Fps": -Infinity, "Other":')


def _huge_numbers(answer: Any) -> str:
    answer["data"]["Response"]["Big"] = 12345
    return json.dumps(answer).replace("12345", "9" * 5000)


def _escapes(one: dict[str, Any]) -> None:
    content = one["response"]["content"]
    text = content["text"]
    for word in ("video-call", "sheet-647-test", "tutoring-live"):
        text = text.replace(word, json.dumps(ESCAPES)[1:-1])
    content["text"] = text
    one["startedDateTime"] = f"2026-08-01T10:00:00Z{ESCAPES}"
    one["pageref"] = ESCAPES


def _strange_names(answer: Any) -> str:
    response = answer["data"]["Response"]
    response |= {
        ESCAPES: CANARY,
        "__proto__": {"x": 1},
        "": {"": CANARY},
        "a/b": {"*": CANARY},
        "../../x": [[[CANARY]]],
    }
    return json.dumps(answer)


def _other_types(one: dict[str, Any]) -> None:
    one["request"]["url"] = [one["request"]["url"]]
    one["response"] = [CANARY]


def _deep(answer: Any) -> str:
    answer["data"]["Response"]["Deep"] = 1
    return json.dumps(answer).replace('"Deep": 1', '"Deep": ' + "[" * 30_000 + "]" * 30_000)


def _old_times(one: dict[str, Any]) -> None:
    one["startedDateTime"] = "0001-01-01T00:00:00+14:00"


def _strange_codes(one: dict[str, Any]) -> None:
    for content in (one["request"]["postData"], one["response"]["content"]):
        content["text"] = content["text"].replace('"auto"', json.dumps(ESCAPES[-20:]))


def _two_hosts(entries: Entries) -> bytes:
    """Half of the session went elsewhere: a frame of somebody else's asks the same actions."""
    copied: Entries = json.loads(json.dumps(entries))
    for one in copied[len(copied) // 2 :]:
        one["request"]["url"] = one["request"]["url"].replace("127.0.0.1", "evil.example")
    return _bytes(copied)


def _many(entries: Entries) -> bytes:
    """Two thousand calls that say nothing, before the session."""
    said = json.dumps({"code": 0, "data": {"Response": {"Log": CANARY, "RequestId": "1"}}})
    one = entry("http://127.0.0.1/cgi/capi?i=monitor/Tell", {"data": {"Uin": CANARY, "AppId": 1}}, said, 1)
    return _bytes([*([one] * 2_000), *entries])


CASES: dict[str, Callable[[Entries], bytes]] = {
    "cut off": lambda entries: _bytes(entries)[: len(_bytes(entries)) * 2 // 3],
    "another site": lambda entries: _each(entries, _elsewhere),
    "no answers": lambda entries: _each(entries, _without_answer),
    "broken base64": lambda entries: _each(entries, _wrong_base64),
    "texts in texts in texts": lambda entries: _answers(entries, _nested),
    "a text that is no text": lambda entries: _answers(entries, _unwrappable),
    "numbers as texts": lambda entries: _answers(entries, _numbers_as_text),
    "doubled names": lambda entries: _answers(entries, _doubled),
    "no numbers": lambda entries: _answers(entries, _no_numbers),
    "huge numbers": lambda entries: _answers(entries, _huge_numbers),
    "escapes": lambda entries: _each(entries, _escapes),
    "strange names": lambda entries: _answers(entries, _strange_names),
    "other types": lambda entries: _each(entries, _other_types),
    "deep": lambda entries: _answers(entries, _deep),
    "old times": lambda entries: _each(entries, _old_times),
    "no entries": lambda entries: _bytes([None, 1, [], "x", {}, {"request": None, "response": None}]),
    "strange codes": lambda entries: _each(entries, _strange_codes),
    "two hosts": _two_hosts,
    "many": _many,
}

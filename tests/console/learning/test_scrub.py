"""A clean capture teaches the same, and holds no secret, wherever the capture had one."""

from __future__ import annotations

import base64
import copy
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from provisioner.console.learning.exchanges import Exchange, exchange
from provisioner.console.learning.learner import Lesson, learn
from provisioner.console.learning.scrub import scrubbed_text
from provisioner.console.learning.sheet import rounds
from tests.console.learning import bindings
from tests.console.learning.session import APP
from tests.console.learning.test_learner import MAKERS, captured

CANARY = "CANARY"


def canaries(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The session with a secret in every place that a HAR has: texts, numbers, names, and places of the binding."""
    number = count(1)

    def fresh() -> str:
        return f"{CANARY}{next(number)}"

    entries = copy.deepcopy(entries)
    for one in entries:
        request, response = one["request"], one["response"]
        secret = fresh()
        request["url"] = request["url"].replace("://", f"://user:{fresh()}@") + f"&mc_gtk={fresh()}&{fresh()}={fresh()}"
        one["comment"], one["pageref"], one["serverIPAddress"], one["_initiator"] = (fresh() for _ in range(4))
        one["connection"] = {"id": fresh()}
        for side in (request, response):
            side["headers"] = [
                {"name": name, "value": fresh()} for name in ("Cookie", "Authorization", "Set-Cookie", fresh())
            ]
            side["cookies"] = [{"name": "skey", "value": fresh()}]
            side["comment"] = side["statusText"] = side["redirectURL"] = fresh()
        request["queryString"] = [{"name": "csrfCode", "value": fresh()}]
        body = json.loads(request["postData"]["text"])
        body |= {"csrf": fresh(), "uin": 100_000_000_001, fresh(): fresh()}
        body["data"] |= {
            "Token": fresh(),
            "Uin": "100000000001",
            fresh(): 1,
            "UserId": fresh(),
            "Nested": {"Key": secret},
        }
        request["postData"] |= {"text": json.dumps(body), "params": [{"name": fresh(), "value": fresh()}]}
        answer = json.loads(response["content"]["text"])
        members = answer["data"]["Response"]
        if len(members) > 1:  # what only says that it was done says nothing else
            members |= {"OwnerUin": 100_000_000_001, "Secret": secret, "Nested": {"Key": secret}, fresh(): fresh()}
            members["Users"] = [fresh(), fresh()]
        answer |= {"user": fresh(), "seqId": fresh()}
        response["content"] |= {"text": json.dumps(answer), "comment": fresh()}
    return entries


def neighbour(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Somebody's real application saved in the same session: its keys stand where the sheet's do."""
    saved = copy.deepcopy([one for one in entries if "sheet3AccessKey" in one["request"]["postData"]["text"]][:1])
    for one in saved:
        text = one["request"]["postData"]["text"].replace(str(APP), "20000101")
        for word in ("sheet3AccessKey", "sheet3SecretKey", "sheet3CallbackKey", "sheet3-bucket", "sheet3big"):
            text = text.replace(word, f"{CANARY}real{word.removeprefix('sheet3')}")
        one["request"]["postData"]["text"] = text
    return saved


def real_before(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The test application was not new: it shows a real callback with a token before the first round."""
    first = next(one for one in entries if str(APP) in one["request"]["postData"]["text"])
    text = first["response"]["content"]["text"]
    real = f'{{"MaxIdleTime": 5, "Callback": {{"Url": "https://{CANARY}.example/?token={CANARY}"}}}}'
    first["response"]["content"]["text"] = text.replace('"Template":null', f'"Template":{real}')
    return entries


def calls(entries: list[dict[str, Any]]) -> list[Exchange]:
    return [call for number, entry in enumerate(entries) if (call := exchange(entry, "a.har", number))]


def taught(many: list[Exchange]) -> Lesson:
    return learn(bindings.default(), [many], rounds())


def without_counts(lesson: Lesson) -> Any:
    return lesson.binding, lesson.rounds, lesson.open, lesson.contradictions


@pytest.mark.parametrize("name", MAKERS)
def test_a_clean_capture_teaches_the_same_and_holds_no_secret(name: str) -> None:
    entries = canaries(captured(name)[2])
    entries = real_before(entries[:8] + neighbour(entries) + entries[8:])
    many = calls(entries)
    before = taught(many)
    text, kept = scrubbed_text([many], before)
    assert CANARY.lower() not in text.lower()
    assert "100000000001" not in text
    assert base64.b64encode(CANARY.encode()).decode()[:6] not in text
    assert 0 < kept < len(entries)
    after = taught(calls(json.loads(text)["log"]["entries"]))
    assert without_counts(after) == without_counts(before)
    assert len([entry for entry in after.binding["fields"].values() if entry["grade"] == "observed"]) > 35


def test_scrubbing_twice_changes_nothing() -> None:
    many = calls(captured("default")[2])
    once, _ = scrubbed_text([many], taught(many))
    again = calls(json.loads(once)["log"]["entries"])
    assert scrubbed_text([again], taught(again))[0] == once


def test_a_session_without_the_sheet_leaves_nothing(tmp_path: Path) -> None:
    del tmp_path
    many = calls(canaries(captured("default")[2][:5]))
    assert scrubbed_text([many], taught(many))[1] == 0

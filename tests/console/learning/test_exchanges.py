"""API calls in all the forms in which a console's page asks."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from provisioner.console.learning import exchanges
from provisioner.console.learning.exchanges import Exchange, exchange

ANSWER = {"Response": {"Name": "one", "RequestId": "r"}}


def entry(url: str, body: Any = None, answer: Any = ANSWER, **request: Any) -> dict[str, Any]:
    posted = {"postData": {"text": body if isinstance(body, str) else json.dumps(body)}} if body is not None else {}
    content = {"text": answer if isinstance(answer, str) else json.dumps(answer), "size": 7}
    return {"request": {"url": url, **posted, **request}, "response": {"content": content}}


def data(**more: Any) -> dict[str, Any]:
    return {"Version": "2019-07-22", "SdkAppId": 7, **more}


WRAPPED = {"code": 0, "data": ANSWER}
FORMS = {
    "i": entry(
        "https://console.example/cgi/capi?i=trtc/Read&uin=1&region=1",
        {"serviceType": "trtc", "cmd": "Read", "regionId": 1, "data": data()},
        WRAPPED,
    ),
    "cmd": entry(
        "https://console.example/cgi/capi?cmd=Read&serviceType=trtc&action=delegate&t=1",
        {"serviceType": "trtc", "cmd": "Read", "data": data()},
        {"code": 0, "data": {"code": 0, "data": ANSWER}},
    ),
    "body": entry(
        "https://console.example/cgi/capi", {"serviceType": "trtc", "action": "Read", "data": data()}, WRAPPED
    ),
    "api": entry("https://console.example/x/_api/trtc/Read?v=1", {"data": data()}, WRAPPED),
    "data as text": entry(
        "https://console.example/cgi/capi?i=trtc/Read", {"serviceType": "trtc", "data": json.dumps(data())}, WRAPPED
    ),
    "answer as text": entry(
        "https://console.example/cgi/capi?i=trtc/Read", {"data": data()}, {"code": 0, "data": json.dumps(ANSWER)}
    ),
    "form": entry(
        "https://console.example/cgi/capi?i=trtc/Read", "data=" + json.dumps(data()).replace(" ", "+"), WRAPPED
    ),
    "plain": entry(
        "https://trtc.example.com/",
        {"SdkAppId": 7},
        headers=[{"name": "X-TC-Action", "value": "Read"}, {"name": "x-tc-version", "value": "2019-07-22"}],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_call(form: str) -> None:
    found = exchange(FORMS[form], "a.har", 3)
    assert found is not None
    assert (found.service, found.action, found.version) == ("trtc", "Read", "2019-07-22")
    assert (found.request, found.answer) == ({"SdkAppId": 7}, {"Name": "one"})


def test_a_body_may_be_base64_of_gzip_in_request_and_answer() -> None:
    one = json.loads(json.dumps(FORMS["i"]))
    for body in (one["request"]["postData"], one["response"]["content"]):
        body["text"] = base64.b64encode(gzip.compress(body["text"].encode())).decode()
        body["encoding"] = "base64"
    assert exchange(one, "a.har", 3) == exchange(FORMS["i"], "a.har", 3)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"request": 1, "response": []},
        entry("https://console.example/other", {"data": {}}),
        entry("https://console.example/cgi/capi?i=trtc/Read", {"data": {}}, {"code": 9, "msg": "no"}),
        entry("https://console.example/cgi/capi?i=trtc/Read", {}, {"data": {"Response": {"Error": {"Code": "X"}}}}),
        entry("https://console.example/cgi/capi?i=trtc/Re<script>", {"data": {}}, WRAPPED),
        entry("https://console.example/cgi/capi?i=trtc/Read", {"data": {}}, "<html>"),
        entry("https://console.example/cgi/capi?i=trtc/Read", {"data": {}}, '{"data":' * 2000 + "1" + "}" * 2000),
        entry("https://console.example/cgi/capi?i=trtc/Read", {"data": {}}, {"Response": {"a": [0] * 60_000}}),
        entry("https://[broken/cgi/capi?i=trtc/Read", {"data": {}}, WRAPPED),
        entry("https://console.example/cgi/capi?i=trtc/Read&" + "&".join("a=1" for _ in range(500)), {}, WRAPPED),
    ],
)
def test_what_is_no_answered_call_is_passed_by(broken: dict[str, Any]) -> None:
    assert isinstance(exchange(broken, "a.har", 0), Exchange | None)
    assert exchange(broken, "a.har", 0) is None


def test_a_body_that_grows_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "LARGEST_BODY", 1000)
    one = json.loads(json.dumps(FORMS["i"]))
    one["response"]["content"] = {
        "text": base64.b64encode(gzip.compress(b'{"Response": {}}' + b" " * 100_000)).decode(),
        "encoding": "base64",
    }
    assert exchange(one, "a.har", 0) is None

"""Who may open the page and call as it does: nobody but the browser that it was served to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from provisioner.console.embedded.page.page_app import with_page
from provisioner.console.tencent.binding import load
from provisioner.simulator import Account, ConsoleServer, ConsoleState, Fault, SeedApplication

NASTY = "<img src=x onerror=alert(1)>\u202e{{7*7}}"
ACCOUNT = Account("AKIDx", "key", "100000000001")
CALL = {"serviceType": "trtc", "cmd": "DescribeAppStatList", "data": {"Version": "2019-07-22"}}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ConsoleState]:
    with ConsoleState(tmp_path / "c.sqlite") as found:
        found.seed([SeedApplication(20_000_101, NASTY, "new"), SeedApplication(20_000_102, "two", "old")])
        yield found


@pytest.fixture
def address(state: ConsoleState) -> Iterator[str]:
    front = with_page(state, load("default", Path()), "a test")
    with ConsoleServer(state, [ACCOUNT], None, front=front) as server:
        yield f"http://{server.endpoint}"


@pytest.fixture
def visitor() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def csrf(visitor: requests.Session, address: str) -> str:
    found = re.search(r'name="csrf-code" content="([^"]+)"', visitor.get(f"{address}/").text)
    assert found
    return found[1]


def call(visitor: requests.Session, address: str, code: str, body: Any = CALL, **headers: str) -> requests.Response:
    url = f"{address}/cgi/capi?i=trtc/DescribeAppStatList&csrfCode={code}"
    return visitor.post(url, json=body, headers={"Origin": address, **headers})


@pytest.mark.parametrize("page", ["/", "/?rows=2&page=2", "/apps/20000101", "/history", "/recorded", "/faults"])
def test_every_page_says_what_it_is_and_lets_no_script_in(visitor: requests.Session, address: str, page: str) -> None:
    answer = visitor.get(address + page)
    assert answer.status_code == 200
    assert "<strong>Simulator.</strong> This is a test." in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in policy
    assert "<img src=x" not in answer.text
    assert "\u202e" not in answer.text
    assert 'lang="en"' in answer.text
    inline = re.findall(r"<script(?![^>]*src=)|<[a-z][^>]*\s(?:on[a-z]+|style)=", answer.text)
    assert inline == []


def test_every_control_has_a_label(visitor: requests.Session, address: str) -> None:
    text = visitor.get(f"{address}/apps/20000101").text
    for tag in re.findall(r"<(?:input|select)[^>]*>", text):
        if 'type="checkbox"' in tag:
            continue
        found = re.search(r'id="([^"]+)"', tag)
        assert found
        assert f'<label for="{found[1]}">' in text


def test_the_page_calls_as_the_real_one_does(visitor: requests.Session, address: str) -> None:
    answer = call(visitor, address, csrf(visitor, address)).json()
    assert answer["code"] == 0
    assert answer["data"]["Response"]["TotalNum"] == 2


@pytest.mark.parametrize("missing", ["code", "cookie", "origin", "foreign origin", "host"])
def test_a_call_from_elsewhere_is_refused(visitor: requests.Session, address: str, missing: str) -> None:
    code = csrf(visitor, address)
    headers: dict[str, str] = {}
    if missing == "cookie":
        visitor.cookies.clear()
    if missing == "origin":
        headers["Origin"] = ""
    if missing == "foreign origin":
        headers["Origin"] = "http://evil.example"
    if missing == "host":
        headers["Host"] = "evil.example"
    answer = call(visitor, address, "" if missing == "code" else code, **headers)
    assert answer.status_code in (403, 421)


def test_the_page_is_not_served_under_another_name(visitor: requests.Session, address: str) -> None:
    answer = visitor.get(f"{address}/", headers={"Host": "evil.example:80"})
    assert answer.status_code == 421
    assert "csrf-code" not in answer.text


def test_the_cookie_goes_nowhere_else(visitor: requests.Session, address: str) -> None:
    told = visitor.get(f"{address}/").headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {}, {"serviceType": "trtc", "cmd": 1, "data": {}}, {"serviceType": "x", "cmd": "y", "data": {}}],
)
def test_what_is_no_call_is_refused_in_the_envelope(visitor: requests.Session, address: str, body: Any) -> None:
    answer = call(visitor, address, csrf(visitor, address), body)
    assert answer.status_code == 200
    assert answer.json()["data"]["Response"]["Error"]["Code"] in ("InvalidParameter.BodyParamsError", "InvalidAction")


def test_history_names_who_wrote_and_faults_strike_here_too(
    visitor: requests.Session, address: str, state: ConsoleState
) -> None:
    code = csrf(visitor, address)
    switch = {"Version": "2019-07-22", "SdkAppId": 20_000_102, "Enabled": 1}
    write = {"serviceType": "trtc", "cmd": "ModifyRecordMode", "data": switch}
    assert "Error" not in call(visitor, address, code, write).json()["data"]["Response"]
    assert state.application(20_000_102).enabled
    history = visitor.get(f"{address}/history").text
    assert "ModifyRecordMode" in history
    assert "sdkappid/20000102" in history
    assert "somebody at this page" in history
    state.faults.add(Fault("rate", actions=("ModifyRecordMode",), count=1))
    refused = call(visitor, address, code, write).json()["data"]["Response"]["Error"]["Code"]
    assert refused.startswith("RequestLimitExceeded")
    assert "rate" in visitor.get(f"{address}/faults").text


@pytest.mark.parametrize("path", ["/apps/1", "/apps/99999999999999999999", "/assets/secret", "/nowhere", "/apps/x"])
def test_what_is_not_there_is_told(visitor: requests.Session, address: str, path: str) -> None:
    assert visitor.get(address + path).status_code == 404


def test_the_api_is_still_there(visitor: requests.Session, address: str) -> None:
    answer = visitor.post(f"{address}/", data="{}", headers={"Content-Type": "application/json"})
    assert answer.json()["Response"]["Error"]["Code"].startswith(
        ("AuthFailure", "MissingParameter", "InvalidParameter")
    )

"""Which key may call what: temporary keys and access policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.common.common_client import CommonClient

from provisioner.foundation.errors import UsageError
from provisioner.simulator import Account, AccountPolicy, ConsoleServer, ConsoleState
from tests.simulator.conftest import MovableClock
from tests.simulator.support import ACCOUNT, MANUAL, NEW, TEMPLATE, call, refused, sdk

UIN = "100000000001"
APP = f"qcs::trtc::uin/{UIN}:sdkappid/{MANUAL}"


def document(*statements: tuple[str, list[str], list[str]]) -> dict[str, Any]:
    entries = [{"effect": effect, "action": actions, "resource": where} for effect, actions, where in statements]
    return {"version": "2.0", "statement": entries}


READ = ("allow", ["name/trtc:DescribeSdkAppInfo", "name/trtc:DescribeAppStatList"], ["*"])
WRITE = ("allow", ["name/trtc:AlterRecording", "name/trtc:ModifyRecordMode"], [APP])
USAGE = ("allow", ["name/trtc:DescribeRecordingUsage", "name/vod:SearchMedia"], ["*"])

Serve = Callable[..., CommonClient]


@pytest.fixture
def serve(state: ConsoleState) -> Iterator[Serve]:
    """A client with a key of the given policy or the like."""
    servers = []

    def start(client: dict[str, Any] | None = None, **account: Any) -> CommonClient:
        servers.append(ConsoleServer(state, [Account("AKIDlimited", "key", UIN, **account)]).start())
        return sdk(servers[-1].endpoint, secret_id="AKIDlimited", secret_key="key", **(client or {}))

    yield start
    for server in servers:
        server.stop()


def limited(serve: Serve, *statements: tuple[str, list[str], list[str]], **client: Any) -> CommonClient:
    return serve(client, policy=AccountPolicy.from_document(document(*statements)))


def test_a_temporary_key_calls_with_its_token(serve: Serve, clock: MovableClock) -> None:
    lasting = {"token": "session-token", "expires_at": clock.now + 60}
    client = serve({"token": "session-token"}, **lasting)
    assert call(client, "DescribeAppStatList")["TotalNum"] == 3
    clock.now += 60
    refusal = refused(client, "DescribeAppStatList")
    assert refusal.code == "AuthFailure.TokenFailure"
    assert "session-token" not in refusal.message


@pytest.mark.parametrize(("held", "sent"), [("session-token", None), ("session-token", "another"), (None, "stray")])
def test_a_token_that_is_not_the_keys(serve: Serve, held: str | None, sent: str | None) -> None:
    assert refused(serve({"token": sent}, token=held), "DescribeAppStatList").code == "AuthFailure.TokenFailure"


def test_a_token_does_not_show() -> None:
    assert "session-token" not in repr(Account("AKID", "key", UIN, token="session-token"))


def test_a_read_role_reads(serve: Serve) -> None:
    client = limited(serve, READ)
    assert call(client, "DescribeAppStatList")["TotalNum"] == 3
    assert call(client, "DescribeSdkAppInfo", SdkAppId=NEW)
    refusal = refused(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    assert refusal.code == "AuthFailure.UnauthorizedOperation"
    assert "you are not authorized to perform operation (trtc:AlterRecording)" in refusal.message
    assert f"resource ({APP}) has no permission" in refusal.message
    assert refusal.request_id in refusal.message


def test_a_write_role_writes_its_application_only(serve: Serve, state: ConsoleState) -> None:
    client = limited(serve, READ, WRITE)
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    call(client, "ModifyRecordMode", SdkAppId=MANUAL, Mode="auto")
    refusal = refused(client, "ModifyRecordMode", SdkAppId=NEW, Enabled=1)
    assert refusal.code == "AuthFailure.UnauthorizedOperation"
    # Whoever may not look learns nothing about what exists.
    assert refused(client, "ModifyRecordMode", SdkAppId=999, Enabled=1).code == "AuthFailure.UnauthorizedOperation"
    assert state.accepted_writes() == 2


def test_a_deny_is_stronger(serve: Serve) -> None:
    client = limited(serve, ("allow", ["*"], ["*"]), ("deny", ["name/trtc:Modify*"], [APP]))
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    call(client, "ModifyRecordMode", SdkAppId=NEW, Enabled=1)
    refusal = refused(client, "ModifyRecordMode", SdkAppId=MANUAL, Mode="auto")
    assert refusal.code == "AuthFailure.UnauthorizedOperation"


@pytest.mark.parametrize(("resource", "allowed"), [("*", True), (APP, False), (f"qcs::trtc::uin/{UIN}:*", False)])
def test_an_operation_that_knows_no_resource_needs_the_star(serve: Serve, resource: str, allowed: bool) -> None:
    client = limited(serve, ("allow", ["name/trtc:DescribeRecordingUsage"], [resource]))
    query = {"StartTime": "2026-01-01", "EndTime": "2026-01-01", "MixType": "single", "SdkAppId": MANUAL}
    if allowed:
        assert call(client, "DescribeRecordingUsage", **query)
    else:
        assert refused(client, "DescribeRecordingUsage", **query).code == "AuthFailure.UnauthorizedOperation"


def test_a_list_is_about_all_applications(serve: Serve) -> None:
    for resource, allowed in ((APP, False), (f"qcs::trtc::uin/{UIN}:sdkappid/*", True)):
        client = limited(serve, ("allow", ["name/trtc:DescribeAppStatList"], [resource]))
        if allowed:
            assert call(client, "DescribeAppStatList")
        else:
            assert refused(client, "DescribeAppStatList").code == "AuthFailure.UnauthorizedOperation"


def test_another_service_has_actions_of_its_own(serve: Serve) -> None:
    media = {"service": "vod", "version": "2018-07-17"}
    assert call(limited(serve, USAGE, **media), "SearchMedia")["TotalCount"] == 0
    everything = ("allow", ["name/trtc:*"], ["*"])
    assert refused(limited(serve, everything, **media), "SearchMedia").code == "AuthFailure.UnauthorizedOperation"


def test_a_policy_may_say_one_thing_as_a_string() -> None:
    plain = {"effect": "allow", "action": "name/trtc:*", "resource": "*"}
    assert AccountPolicy.from_document({"version": "2.0", "statement": [plain]}).allows("name/trtc:AlterRecording", APP)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": "1.0", "statement": []},
        {"version": "2.0"},
        {"version": "2.0", "statement": [{"effect": "allow", "action": ["*"]}]},
        document(("permit", ["*"], ["*"])),
        {"version": "2.0", "statement": [{"effect": "allow", "action": 7, "resource": "*"}]},
        {"version": "2.0", "statement": 7},
    ],
)
def test_a_document_that_is_no_policy(broken: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no access policy"):
        AccountPolicy.from_document(broken)


@given(st.text(max_size=20))
def test_only_the_star_is_a_wildcard(text: str) -> None:
    policy = AccountPolicy.from_document(document(("allow", [text.replace("*", "")], ["*"])))
    assert policy.allows(text.replace("*", ""), APP)
    assert not policy.allows(text.replace("*", "") + "x", APP)


def test_an_account_without_a_policy_may_everything(serve: Serve) -> None:
    assert call(serve(), "ModifyRecordMode", SdkAppId=NEW, Enabled=1) == {}
    assert ACCOUNT.policy is None

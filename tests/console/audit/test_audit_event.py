"""Entries of CloudAudit as the vendor publishes them, and as nobody should write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.console.audit.audit_event import AuditEvent, delivered, described

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = int(NOON.timestamp())

DETAILS: dict[str, Any] = {
    "userIdentity": {"principalId": "100015596048", "accountId": "1", "type": "CAMUser", "userName": "kim"},
    "errorCode": "0",
    "apiErrorCode": 0,
    "requestID": "req-1",
    "eventID": "event-1",
    "eventType": "ConsoleCall",
    "actionType": "Write",
    "eventTime": SECONDS,
    "eventName": "AlterRecording",
    "sourceIPAddress": "198.51.100.9",
    "resources": '["qcs::trtc::uin/100000000001:sdkappid/20000101"]',
    "resourceName": "",
    "requestParameters": '{"SdkAppId":20000101}',
}
ENTRY: dict[str, Any] = {
    "EventId": "event-1",
    "EventTime": str(SECONDS),
    "EventName": "AlterRecording",
    "ErrorCode": 0,
    "RequestID": "req-1",
    "Username": "100015596048",
    "SourceIPAddress": "198.51.100.9",
    "Resources": {"ResourceName": "", "ResourceType": "trtc"},
}
KNOWN = AuditEvent(
    "event-1", NOON, "kim", "AlterRecording", "198.51.100.9", "ConsoleCall", "req-1", frozenset({20000101}), False
)


def entry(details: dict[str, Any] | None = None, **more: Any) -> AuditEvent:
    return described({**ENTRY, "CloudAuditEvent": json.dumps({**DETAILS, **(details or {})}), **more})


def test_an_entry_as_published() -> None:
    assert entry() == KNOWN


def test_the_same_entry_as_a_cloud_event() -> None:
    event = {"specversion": "1.0", "id": "event-1", "type": "trtc:CloudEvent:ConsoleCall", "time": SECONDS * 1000}
    assert delivered({**event, "subject": "qcs::trtc::uin/1:sdkappid/20000101", "data": DETAILS}) == KNOWN
    assert delivered({**event, "data": json.dumps(DETAILS)}) == KNOWN
    assert delivered({**event, "data": {**ENTRY, "CloudAuditEvent": json.dumps(DETAILS)}}) == KNOWN


@pytest.mark.parametrize("kind", ["cvm:CloudEvent:ApiCall", "", None, 7, "trtc"])
def test_cloud_events_of_something_else(kind: object) -> None:
    assert delivered({"type": kind, "data": DETAILS}) is None


@pytest.mark.parametrize(
    ("details", "resource", "applications"),
    [
        ({"requestParameters": "", "resources": ""}, "sdkappid/20000101", {20000101}),
        ({"requestParameters": "", "resources": ""}, "20000101", {20000101}),
        ({"requestParameters": {"sdkAppId": "20000101"}, "resources": ""}, "", {20000101}),
        ({"requestParameters": {"SdkAppIds": [1, "2"]}, "resources": ""}, "", {1, 2}),
        ({"requestParameters": {"SdkAppId": 5}}, "sdkappid/6", {5, 6, 20000101}),
        ({"requestParameters": "", "resources": ""}, "", None),
        ({"requestParameters": "", "resources": '["*"]'}, "sdkappid/*", None),
        ({"requestParameters": "{broken", "resources": "[broken"}, None, None),
        ({"requestParameters": {"SdkAppId": True}, "resources": 7}, ["x"], {7}),
        ({"requestParameters": {"SdkAppId": "12345678901"}, "resources": ""}, "sdkappid/12345678901", None),
    ],
)
def test_which_application_it_is_about(
    details: dict[str, Any], resource: object, applications: set[int] | None
) -> None:
    found = entry(details, Resources={"ResourceName": resource}).applications
    assert found == (None if applications is None else frozenset(applications))


def test_an_event_of_no_application_may_be_of_any() -> None:
    assert entry({"requestParameters": "", "resources": ""}).concerns(4711)
    assert not entry().concerns(4711)


@pytest.mark.parametrize(
    ("code", "refused"),
    [(0, False), ("0", False), ("", False), (None, False), (4000, True), ("NoPermission", True)],
    ids=repr,
)
def test_codes_come_as_numbers_and_as_text(code: object, refused: bool) -> None:
    assert entry(ErrorCode=code).refused is refused
    assert entry({"apiErrorCode": code}).refused is refused
    assert entry({"apiErrorCode": code}).concerns(20000101) is not refused


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        (SECONDS, NOON),
        (str(SECONDS * 1000), NOON),
        ("2026-03-01 20:00:00", NOON),  # Beijing's, where no zone stands
        ("2026-03-01T12:00:00Z", NOON),
        ("yesterday", None),
        (True, None),
        ("9" * 39, None),
        (10**300, None),
        ("٣", None),
    ],
)
def test_times_as_they_come(time: object, moment: datetime | None) -> None:
    assert entry({"eventTime": ""}, EventTime=time).at == moment


def test_the_user_where_the_details_lack_one() -> None:
    assert entry({"userIdentity": "root"}).who == "100015596048"
    assert entry({"userIdentity": {"principalId": 7}}, Username=None).who == "7"
    assert entry({"userIdentity": None}, Username="").who == ""


def test_text_is_cut_and_harmless() -> None:
    found = entry({"userIdentity": {"userName": "\x1b[31m::add-mask::" + "x" * 1_000_000}})
    assert len(found.who) <= 200
    assert "\x1b" not in found.who
    assert "::" not in found.who


def test_details_without_end_are_not_read() -> None:
    assert described({**ENTRY, "CloudAuditEvent": "[" * 100_000}).applications is None
    assert described({**ENTRY, "CloudAuditEvent": json.dumps({"x": "y" * (1 << 18)})}).action == "AlterRecording"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*ENTRY, "CloudAuditEvent"]), JSON),
    st.dictionaries(st.sampled_from([*DETAILS]), JSON),
)
def test_anything_is_read_as_something(told: dict[str, Any], details: dict[str, Any]) -> None:
    for found in (
        described({**told, "CloudAuditEvent": json.dumps(details)}),
        described(told),
        delivered({"type": "trtc:CloudEvent:ApiCall", "data": details, "subject": told}),
    ):
        assert found is not None
        assert found.applications is None or all(0 < number < 10**10 for number in found.applications)
        assert all(len(text) <= 200 for text in (found.who, found.action, found.address, found.id, found.request_id))

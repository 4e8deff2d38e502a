"""CloudAudit's DescribeEvents: who wrote what, late and out of order, in pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import Account, AccountPolicy, AuditCaller, ConsoleServer, ConsoleState, Fault
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, NEW, TEMPLATE, call, refused, sdk

KIM = AuditCaller("kim@acme", "198.51.100.9", "ConsoleCall")


@pytest.fixture
def audit(server: ConsoleServer) -> CommonClient:
    return sdk(server.endpoint, service="cloudaudit", version="2019-03-19")


def asked(client: CommonClient, clock: MovableClock, **more: Any) -> dict[str, Any]:
    return call(client, "DescribeEvents", **{"StartTime": int(clock.now) - 3600, "EndTime": int(clock.now), **more})


def named(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(event["EventName"], event["Username"], event["EventTime"]) for event in answer["Events"]]


def by_name(*names: str) -> list[dict[str, str]]:
    return [{"AttributeKey": "EventName", "AttributeValue": name} for name in names]


def test_a_call_and_a_click_have_their_caller(
    audit: CommonClient, client: CommonClient, state: ConsoleState, clock: MovableClock
) -> None:
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    clock.now += 60
    state.edit(MANUAL, mode="auto", by=KIM)
    answer = asked(audit, clock)
    assert answer["ListOver"] is True
    moment = int(clock.now)
    assert named(answer) == [
        ("ModifyRecordMode", "kim@acme", str(moment)),
        ("AlterRecording", "root", str(moment - 60)),
    ]
    click, written = answer["Events"]
    assert (click["SourceIPAddress"], written["SourceIPAddress"]) == ("198.51.100.9", "127.0.0.1")
    assert click["Resources"] == {"ResourceName": f"sdkappid/{MANUAL}", "ResourceType": "trtc"}
    details = json.loads(click["CloudAuditEvent"])
    assert (details["eventType"], json.loads(details["requestParameters"])["Mode"]) == ("ConsoleCall", "auto")


def test_no_secret_reaches_the_log(
    audit: CommonClient, client: CommonClient, state: ConsoleState, clock: MovableClock
) -> None:
    template = {**TEMPLATE, "Callback": {"Url": "https://example.com", "Key": "s3cret"}}
    call(client, "AlterRecording", SdkAppId=MANUAL, Template=template)
    state.edit(MANUAL, template={**template, "MaxIdleTime": 9})
    assert len(asked(audit, clock)["Events"]) == 2
    assert "s3cret" not in json.dumps(asked(audit, clock))


def test_a_refused_write_says_that_it_was(audit: CommonClient, client: CommonClient, clock: MovableClock) -> None:
    assert refused(client, "AlterRecording", SdkAppId=NEW, Template=TEMPLATE).code == "FailedOperation.NotAbility"
    (event,) = asked(audit, clock)["Events"]
    assert json.loads(event["CloudAuditEvent"])["apiErrorCode"] == "FailedOperation.NotAbility"


def test_reads_and_forbidden_calls_are_not_kept(state: ConsoleState, clock: MovableClock) -> None:
    policy = {"version": "2.0", "statement": [{"effect": "allow", "action": "name/*:Describe*", "resource": "*"}]}
    reader = Account("AKIDreader", "key", "100000000001", policy=AccountPolicy.from_document(policy))
    with ConsoleServer(state, [reader], calls_per_second=None) as server:
        console = sdk(server.endpoint, secret_id="AKIDreader", secret_key="key")
        call(console, "DescribeAppStatList")
        refused(console, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
        audit = sdk(
            server.endpoint, secret_id="AKIDreader", secret_key="key", service="cloudaudit", version="2019-03-19"
        )
        assert asked(audit, clock)["Events"] == []


def test_names_are_alternatives_and_attributes_hold_together(
    audit: CommonClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.edit(MANUAL, mode="auto", template=TEMPLATE, by=KIM)
    assert len(asked(audit, clock, LookupAttributes=by_name("AlterRecording", "ModifyRecordMode"))["Events"]) == 2
    narrow = [*by_name("AlterRecording"), {"AttributeKey": "PrincipalId", "AttributeValue": "lee"}]
    assert asked(audit, clock, LookupAttributes=narrow)["Events"] == []
    reads = [{"AttributeKey": "ActionType", "AttributeValue": "Read"}]
    assert asked(audit, clock, LookupAttributes=reads)["Events"] == []


def test_pages_lose_and_repeat_nothing_while_more_arrives(
    audit: CommonClient, state: ConsoleState, clock: MovableClock
) -> None:
    for number in range(7):
        state.edit(MANUAL, mode=("auto", "manual")[number % 2], template={**TEMPLATE, "MaxIdleTime": 5 + number})
    found: list[str] = []
    token, pages = 0, 0
    while True:
        page = asked(audit, clock, MaxResults=4, **({"NextToken": token} if token else {}))
        found += [event["EventId"] for event in page["Events"]]
        token, pages = page["NextToken"], pages + 1
        state.edit(MANUAL, mode=("auto", "manual")[pages % 2])  # what arrives meanwhile is on no later page
        if page["ListOver"]:
            break
    assert (len(found), len(set(found)), pages) == (14, 14, 4)


def test_late_records_come_out_of_order(audit: CommonClient, state: ConsoleState, clock: MovableClock) -> None:
    state.faults.add(Fault("audit-late", ("AuditModifyRecordMode",), count=1, seconds=120))
    state.edit(MANUAL, mode="auto", by=KIM)
    clock.now += 60
    state.edit(MANUAL, template=TEMPLATE, by=KIM)
    assert [name for name, _, _ in named(asked(audit, clock))] == ["AlterRecording"]
    clock.now += 90
    assert [name for name, _, _ in named(asked(audit, clock))] == ["ModifyRecordMode", "AlterRecording"]


def test_a_log_that_loses_and_one_that_does_not_say_what(
    audit: CommonClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.faults.add(Fault("audit-lost", ("AuditAlterRecording",)))
    state.faults.add(Fault("audit-bare"))
    state.faults.add(Fault("rate", count=1))
    state.edit(MANUAL, mode="auto", template=TEMPLATE)
    assert state.faults.all()[-1].struck == 0  # a click is no call of an action
    state.faults.clear()
    (event,) = asked(audit, clock)["Events"]
    assert (event["EventName"], event["Resources"]["ResourceName"]) == ("ModifyRecordMode", "")
    assert json.loads(event["CloudAuditEvent"])["requestParameters"] == ""


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, -1), (-30 * 86_400, 0), (-91 * 86_400, -90 * 86_400)],
    ids=["backwards", "30 days", "91 days ago"],
)
def test_times_that_the_log_does_not_answer(audit: CommonClient, clock: MovableClock, start: int, end: int) -> None:
    times = {"StartTime": int(clock.now) + start, "EndTime": int(clock.now) + end}
    assert refused(audit, "DescribeEvents", **times).code == "InvalidParameterValue.Time"


def test_only_six_regions_have_it(server: ConsoleServer) -> None:
    elsewhere = sdk(server.endpoint, service="cloudaudit", version="2019-03-19", region="ap-beijing")
    assert refused(elsewhere, "DescribeEvents", StartTime=1, EndTime=2).code == "UnsupportedRegion"


def test_what_it_cannot_look_for(audit: CommonClient, clock: MovableClock) -> None:
    attributes = [{"AttributeKey": "Mood", "AttributeValue": "bad"}]
    times = {"StartTime": int(clock.now) - 60, "EndTime": int(clock.now)}
    refusal = refused(audit, "DescribeEvents", **times, LookupAttributes=attributes)
    assert refusal.code == "InvalidParameterValue.attributeKey"
    assert refused(audit, "DescribeEvents", **times, MaxResults=51).code == "InvalidParameterValue"

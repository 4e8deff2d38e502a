"""DescribeEvents asked through the real SDK: pages, spans, limits, and answers that are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tencentcloud.common.credential import Credential

from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.audit.cloud_audit import CloudAudit, trail_of
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.simulator import Account, AccountPolicy, AuditCaller, ConsoleServer, ConsoleState
from tests.console.endpoint import Reply, answers, endpoint, refuses
from tests.project import Project

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("AlterRecording", "ModifyRecordMode")
HOUR = timedelta(hours=1)
KIM = AuditCaller("kim", "198.51.100.9", "ConsoleCall")


def client(host: str) -> TencentClient:
    known = Credential("AKIDaudit", "audit-key")
    limiter = Limiter(100_000)
    where = Endpoint(host, "http", direct=True)
    return TencentClient("cloudaudit", "2019-03-19", "ap-guangzhou", where, known, limiter=limiter, back_off=())


@contextmanager
def log(*script: Reply, site: str = "cn") -> Iterator[tuple[CloudAudit, Any]]:
    with endpoint(*script) as served:
        yield CloudAudit(client(served.host), NAMES, site, lambda: NOW), served


def event(number: int, at: datetime = NOW - HOUR, **more: Any) -> dict[str, Any]:
    resources = {"ResourceName": "sdkappid/20000101"}
    told = {"EventId": f"e{number}", "EventName": "AlterRecording", "EventTime": str(int(at.timestamp()))}
    return {**told, "Username": "kim", "ErrorCode": 0, "Resources": resources, **more}


def page(*events: object, over: bool = True, token: object = 0) -> Reply:
    return answers(ListOver=over, NextToken=token, Events=list(events), TotalCount=None)


def ids(trail: AuditTrail) -> list[str]:
    return [event.id for event in trail.events]


def test_pages_are_put_in_order_and_told_once() -> None:
    late = event(1, NOW - 3 * HOUR)
    with log(page(event(3), event(2, NOW - 2 * HOUR), over=False, token=7), page(event(3), late)) as (audit, served):
        trail = audit.trail(NOW - 4 * HOUR)
    assert (ids(trail), trail.doubt) == (["e1", "e2", "e3"], "")
    first, second = (body for _, _, body in served.seen)
    assert first["LookupAttributes"] == [
        {"AttributeKey": "EventName", "AttributeValue": name} for name in (*NAMES, "AlterTemplateId")
    ]
    assert (first["MaxResults"], "NextToken" in first, second["NextToken"]) == (50, False, 7)


def test_ninety_days_are_asked_in_spans_of_less_than_thirty() -> None:
    with log(page()) as (audit, served):
        trail = audit.trail(NOW - timedelta(days=200))
    assert trail.unanswered == "CloudAudit reaches back 90 days only"
    spans = [(body["StartTime"], body["EndTime"]) for _, _, body in served.seen]
    assert len(spans) == 4
    assert all(0 < end - start < 30 * 86_400 for start, end in spans)
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]  # EndTime has a second to spare
    assert spans[-1][1] == int(NOW.timestamp()) + 1


def test_an_entry_that_was_not_asked_for_is_passed_over() -> None:
    with log(page(event(1, EventName="RunInstances"), event(2))) as (audit, _):
        assert ids(audit.trail(NOW - HOUR)) == ["e2"]


def test_an_untimed_entry_counts_as_the_newest() -> None:
    with log(page(event(1, EventTime="?"), event(2))) as (audit, _):
        trail = audit.trail(NOW - HOUR)
    assert [found.id for found in trail.of(20000101, NOW)] == ["e1"]
    assert [found.id for found in trail.of(20000101, NOW - HOUR)] == ["e1", "e2"]
    assert [found.id for found in trail.of(20000101)] == ["e1", "e2"]


def test_own_requests_are_left_out() -> None:
    with log(page(event(1, RequestID="ours"), event(2))) as (audit, _):
        assert ids(audit.trail(NOW - HOUR).without({"ours"})) == ["e2"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (refuses("UnauthorizedOperation"), "the access policy lacks name/cloudaudit:DescribeEvents"),
        (refuses("UnsupportedRegion", "not here"), "CloudAudit cannot be asked (DescribeEvents: UnsupportedRegion"),
        (answers(ListOver=True, Events="none"), "it has no Events"),
        (answers(ListOver=True, Events=[7]), "it has no Events"),
        (answers(Events=[]), "it does not say whether the list is over"),
        (answers(ListOver="true", Events=[]), "it does not say whether the list is over"),
        (answers(ListOver=False, Events=[event(1)], NextToken=None), "it has no NextToken"),
        (page(event(1), over=False, token=7), "a page without an end brings nothing new"),
        (page(over=False, token=7), "a page without an end brings nothing new"),
    ],
    ids=range(9),
)
def test_what_is_no_answer_is_never_nobody(reply: Reply, why: str) -> None:
    with log(reply) as (audit, _):
        trail = audit.trail(NOW - HOUR)
    assert why in trail.unanswered
    assert trail.doubt == trail.unanswered


def test_a_log_without_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.console.audit.cloud_audit._MOST_EVENTS", 5)
    pages = [page(*(event(10 * number + one) for one in range(3)), over=False, token=number) for number in (1, 2, 3)]
    with log(*pages) as (audit, served):
        trail = audit.trail(NOW - HOUR)
    assert (trail.unanswered, len(served.seen)) == ("CloudAudit has more than 5 entries since 2026-03-01T11:00:00Z", 2)


def test_an_empty_list_may_be_null() -> None:
    with log(answers(ListOver=True, Events=None)) as (audit, _):
        assert (audit.trail(NOW - HOUR).events, audit.trail(NOW - HOUR).doubt) == ((), "")


def test_the_international_list_names_none_of_these_actions() -> None:
    with log(page(), site="intl") as (audit, _):
        trail = audit.trail(NOW - HOUR)
    assert trail.doubt == "CloudAudit's list for this site does not name AlterRecording, ModifyRecordMode"


def test_whether_the_log_has_a_call_of_ours() -> None:
    with log(page(event(1, RequestID="req-9")), page()) as (audit, served):
        assert audit.shows("req-9", NOW - HOUR)
        assert not audit.shows("req-8", NOW - HOUR)
        assert not audit.shows("req-7", NOW - timedelta(days=91))
    assert len(served.seen) == 2
    assert served.seen[0][2]["LookupAttributes"] == [{"AttributeKey": "RequestId", "AttributeValue": "req-9"}]


def test_the_embedded_console_has_a_log_by_its_own_clock(project: Project) -> None:
    environment = project.environment("dev")
    project.run("plan", "dev")  # makes the state file
    with project.console("dev") as state:
        began = datetime.fromtimestamp(state.now(), UTC)
        state.wind(7200)
        state.edit(20001001, mode="auto", by=KIM)
    trail = trail_of(environment, project.root, {}, began - HOUR)
    (found,) = trail.of(20001001)
    assert (found.who, found.address, found.action, found.via) == (
        "kim",
        "198.51.100.9",
        "ModifyRecordMode",
        "ConsoleCall",
    )
    assert found.at is not None
    assert found.at >= began + 2 * HOUR - timedelta(seconds=2)


def test_a_key_without_the_permission_and_no_key_at_all(project: Project, tmp_path: Any) -> None:
    policy = {"version": "2.0", "statement": [{"effect": "allow", "action": "name/trtc:*", "resource": "*"}]}
    account = Account("AKIDaudit", "audit-key", "1", policy=AccountPolicy.from_document(policy))
    with ConsoleState(tmp_path / "c.sqlite") as state, ConsoleServer(state, [account]) as server:
        audit = CloudAudit(client(server.endpoint), NAMES, "cn", lambda: datetime.now(UTC))
        trail = audit.trail(datetime.now(UTC) - HOUR)
    assert trail.unanswered == "the access policy lacks name/cloudaudit:DescribeEvents"
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: tencent, readOnly: true}")
    unasked = trail_of(project.environment("prod"), project.root, {}, NOW)
    assert unasked.doubt.startswith("prod has no credentials")

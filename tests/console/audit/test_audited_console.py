"""An observation that an audited change has overtaken is void, and says so; any other counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.console.endpoint import Reply, answers, endpoint, refuses
from tests.project import Project

CALL = 20000101
NOW = datetime.now(UTC)


@pytest.fixture
def prod(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDx")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return project


def confirmed(prod: Project, reply: Reply) -> tuple[list[str], Any]:
    """The reasons of fields that nobody can verify after a confirmation, and what was asked."""
    with endpoint(reply) as served:
        where = f"{{driver: runbook, endpoint: 'http://{served.host}'}}"
        prod.edit("environments/prod/environment.yaml", "{driver: embedded}", where)
        assert prod.run("attest", "prod/video-call", "--yes", "--who", "Ada").code == 0
        served.seen.clear()
        (app,) = prod.json("plan", "prod/video-call")["applications"]
    return [field["reason"] for field in app["cannotVerify"]], served


def called(at: datetime, **more: Any) -> Reply:
    resources = {"ResourceName": f"sdkappid/{CALL}"}
    event = {"EventId": "e", "EventName": "AlterRecording", "EventTime": str(int(at.timestamp())), "Username": "kim"}
    return answers(ListOver=True, NextToken=0, Events=[{**event, "Resources": resources, **more}])


def test_a_change_after_it_voids_an_observation(prod: Project) -> None:
    reasons, served = confirmed(prod, called(NOW + timedelta(minutes=30), SourceIPAddress="192.0.2.4"))
    assert reasons
    assert "is void: kim called AlterRecording at " in reasons[0]
    assert "from 192.0.2.4 (CloudAudit)" in reasons[0]
    assert {action for action, _, _ in served.seen} == {"DescribeEvents"}


@pytest.mark.parametrize(
    "reply",
    [
        called(NOW - timedelta(hours=1)),
        called(NOW + timedelta(minutes=30), Resources={"ResourceName": "sdkappid/20000102"}),
        called(NOW + timedelta(minutes=30), Resources=None),
        called(NOW + timedelta(minutes=30), ErrorCode=4000),
        refuses("UnauthorizedOperation"),
    ],
    ids=["before", "another", "of nobody knows which", "refused", "forbidden"],
)
def test_what_is_not_known_to_have_changed_it_does_not(prod: Project, reply: Reply) -> None:
    assert not any("void" in reason for reason in confirmed(prod, reply)[0])

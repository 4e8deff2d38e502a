"""Which applications a look must read, and that it fails closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.console.audit.audit_event import AuditEvent
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.reconcile.drift.incremental import DueLook, due
from provisioner.reconcile.drift.last_look import LastLook, wanted_digest
from provisioner.specs.documents.environment import Environment
from tests.project import Project

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALL, CLASS, DESK = 20001001, 20001002, 20001003
EVENT = AuditEvent("e", NOW, "kim", "AlterRecording", "", "ConsoleCall", "r", frozenset({CALL}), False)


@pytest.fixture
def dev(project: Project) -> Environment:
    return project.environment("dev")


@pytest.fixture
def last(dev: Environment) -> LastLook:
    digests = {app.sdk_app_id: wanted_digest(app) for app in dev.applications}
    return LastLook("C", NOW - HOUR, digests, frozenset(), frozenset())


def trail(*events: AuditEvent, **more: object) -> Callable[[datetime], AuditTrail]:
    return lambda since: AuditTrail(since, NOW, (), events, **more)  # type: ignore[arg-type]


def never(since: datetime) -> AuditTrail:
    raise AssertionError("the log is not asked where everything is read anyway")


def test_nothing_happened_nothing_is_read(dev: Environment, last: LastLook) -> None:
    found = due(dev, "C", last, NOW, trail())
    assert (found.only, found.scope.since, found.scope.of) == (frozenset(), "2026-03-01T11:00:00Z", 3)


def test_the_log_is_asked_from_before_the_look_began(dev: Environment, last: LastLook) -> None:
    asked: list[datetime] = []

    def ask(since: datetime) -> AuditTrail:
        asked.append(since)
        return trail()(since)

    due(dev, "C", last, NOW, ask)
    assert asked == [NOW - HOUR - timedelta(minutes=5)]


def test_what_was_touched_differed_changed_or_is_new_is_read(dev: Environment, last: LastLook) -> None:
    assert due(dev, "C", last, NOW, trail(EVENT)).only == frozenset({"video-call"})
    untimed = replace(EVENT, at=None, applications=frozenset({CLASS, 4711}))
    assert due(dev, "C", last, NOW, trail(untimed)).only == frozenset({"classroom"})
    assert due(dev, "C", replace(last, differing=frozenset({DESK})), NOW, trail()).only == frozenset({"support-desk"})
    changed = replace(last, digests={**last.digests, CLASS: "other"})
    assert due(dev, "C", changed, NOW, trail()).only == frozenset({"classroom"})
    new = replace(last, digests={CLASS: last.digests[CLASS]})
    assert due(dev, "C", new, NOW, trail()).only == frozenset({"video-call", "support-desk"})


def test_a_refused_call_changed_nothing(dev: Environment, last: LastLook) -> None:
    assert due(dev, "C", last, NOW, trail(replace(EVENT, refused=True, applications=None))).only == frozenset()


def test_what_could_not_be_verified_and_is_not_read_is_counted(dev: Environment, last: LastLook) -> None:
    unverified = replace(last, unverified=frozenset({CALL, CLASS, 4711}))
    assert due(dev, "C", unverified, NOW, trail(EVENT)).scope.unverified == 1


def reason(found: DueLook) -> str:
    assert found.only is None
    assert found.scope.since is None
    return found.scope.because


def test_without_a_look_that_counts_everything_is_read(dev: Environment, last: LastLook) -> None:
    assert reason(due(dev, "C", None, NOW, never)) == "there is no full look yet"
    assert "another console (B)" in reason(due(dev, "C", replace(last, console="B"), NOW, never))
    old = replace(last, at=NOW - timedelta(days=1))
    assert reason(due(dev, "C", old, NOW, never)) == "the last full look is a day old (2026-02-28T12:00:00Z)"
    assert "is yet to come" in reason(due(dev, "C", replace(last, at=NOW + HOUR), NOW, never))


def test_whatever_the_log_cannot_say_everything_is_read(dev: Environment, last: LastLook) -> None:
    assert reason(due(dev, "C", last, NOW, trail(unanswered="no permission"))) == "no permission"
    assert "does not name AlterRecording" in reason(due(dev, "C", last, NOW, trail(unlisted=("AlterRecording",))))
    bare = replace(EVENT, applications=None)
    told = "CloudAudit does not say of which application AlterRecording at 2026-03-01T12:00:00Z was"
    assert reason(due(dev, "C", last, NOW, trail(bare))) == told

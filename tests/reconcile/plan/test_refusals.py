"""What a plan is refused for, and what would let it pass."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from provisioner.reconcile.plan.plan import Plan
from provisioner.reconcile.plan.refusals import PlanRefusal, refusals
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.keys.limits import ChangeLimits
from tests.reconcile.typed import application, environment, intents, plan, planned, shown

TODAY, TOMORROW, YESTERDAY = "2026-01-31", "2026-02-01", "2026-01-30"
STOP = Finding("stop-recording", Severity.HIGH, "it stops", application="call")
OTHER = Finding("retention-ends", Severity.HIGH, "it ends", application="call")


def refused(found: Plan, allowed: Mapping[str, frozenset[str]] | None = None, day: str = TODAY) -> list[PlanRefusal]:
    return refusals(found, allowed or {}, day)


def of(*findings: Finding) -> Plan:
    app = application()
    return plan(environment(app), planned(app, None, *findings))


def test_what_stops_a_recording_needs_an_intent_or_an_allowance() -> None:
    fix = "If it is meant, write intent: {stop-recording: {reason: …, expires: YYYY-MM-DD}} in apps/call.yaml"
    assert refused(of(STOP)) == [PlanRefusal(STOP, fix, "stop-recording=call")]
    assert refused(of(STOP), {"stop-recording": frozenset({"call"})}) == []
    for no_help in ({"stop-recording": frozenset({"room"})}, {"retention-ends": frozenset({"call"})}):
        assert [one.finding for one in refused(of(STOP), no_help)] == [STOP]


def test_an_allowance_is_for_one_consequence_of_one_application() -> None:
    call, room = application(), application("room")
    found = plan(environment(call, room), planned(call, None, STOP, OTHER), planned(room, None, STOP))
    left = refused(found, {"stop-recording": frozenset({"call"})})
    assert [(one.finding.id, one.allowance) for one in left] == [
        ("retention-ends", "retention-ends=call"),
        ("stop-recording", "stop-recording=room"),
    ]


@pytest.mark.parametrize(("expires", "stands"), [(YESTERDAY, True), (TODAY, False), (TOMORROW, False)])
def test_an_intent_counts_until_the_end_of_its_last_day(expires: str, stands: bool) -> None:
    app = application(intents=intents("stop-recording", expires=expires))
    found = plan(environment(app), planned(app, None, STOP, OTHER))
    assert [one.finding.id for one in refused(found)] == [*(["stop-recording"] if stands else []), "retention-ends"]


def test_an_error_cannot_be_allowed() -> None:
    error = Finding("REC091", Severity.ERROR, "no", application="call")
    fix = "Change the spec; nothing can be allowed here"
    assert refused(of(error), {"REC091": frozenset({"call"})}) == [PlanRefusal(error, fix, None)]


def test_everything_that_stands_against_a_plan_is_told_at_once() -> None:
    weights = [Severity.INFO, Severity.ERROR, Severity.MEDIUM, Severity.LOW, Severity.HIGH]
    app = application()
    found = [Finding(severity.value, severity, "", application="call") for severity in weights]
    warned = planned(app, None, *found, warnings=(Finding("of the spec", Severity.ERROR, ""),))
    assert [one.finding.id for one in refused(plan(environment(app), warned))] == ["error", "high", "of the spec"]


def test_a_removal_is_meant_in_the_environments_file() -> None:
    app = application(removed=True)
    fix = (
        "If it is meant, write removed: {call: {reason: …, expires: YYYY-MM-DD}} in dev.yaml; else bring its file back"
    )
    found = plan(environment(), planned(app, None, STOP))
    assert refused(found) == [PlanRefusal(STOP, fix, "stop-recording=call")]


def crowd(**more: object) -> Plan:
    """One change more than the environment allows."""
    app = application()
    target = environment(app, limits=ChangeLimits(applications=0), **more)
    return plan(target, planned(app, shown(app, {"/recording/mode": "manual"})))


def test_more_changes_than_the_limit_are_meant_for_the_whole_environment() -> None:
    (told,) = refused(crowd())
    fix = "If it is meant, write intent: {max-changes: {reason: …, expires: YYYY-MM-DD}} in dev.yaml"
    assert (told.finding.id, told.fix, told.allowance) == ("max-changes", fix, "max-changes")
    assert refused(crowd(), {"max-changes": frozenset()}) == []
    assert len(refused(crowd(), {"stop-recording": frozenset({"call"})})) == 1
    assert refused(crowd(intents=intents("max-changes", expires=TODAY))) == []
    assert len(refused(crowd(intents=intents("max-changes", expires=YESTERDAY)))) == 1
    assert len(refused(crowd(intents=intents("stop-recording", expires=TOMORROW)))) == 1
    assert len(refused(crowd(intents=intents("max-changes", expires=TODAY)), day=TOMORROW)) == 1

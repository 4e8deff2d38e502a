"""What refuses a write of one resource, without an engine: acknowledgements, rules, and consequences of HIGH risk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from provisioner.console.port import Observed
from provisioner.provider import gate
from provisioner.provider.properties import Inputs
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from tests.days import LATER
from tests.project import Project

STOPPING: dict[str, Value] = {"/sdkAppId": 5, "/recording/enabled": True, "/recording/mode": "manual"}
STOP = "stop-recording"
TODAY = date(2026, 11, 28)


@pytest.fixture
def environment(project: Project) -> Environment:
    return project.environment("dev")


def refused(environment: Environment, generation: str, wanted: dict[str, Value], intent: dict[str, Any]) -> list[str]:
    """Ids of what stands against a change of an application that records automatically."""
    shown = Observed(5, "call", generation, {"/recording/enabled": True, "/recording/mode": "auto"})
    app = gate.declared("call", environment, Inputs(wanted, intent=intent))
    against = gate.change_refusals(app, environment, shown, diff(wanted, shown), TODAY)
    return [refusal.finding.id for refusal in against]


def until(expires: Any) -> dict[str, Any]:
    return {STOP: {"reason": "the backend records now", "expires": expires}}


@pytest.mark.parametrize(
    ("expires", "stands"), [("2026-11-28", []), ("2026-11-27", [STOP]), ("2027-01-01", []), ("2001-12-31", [STOP])]
)
def test_an_acknowledgement_counts_until_its_last_day(
    environment: Environment, expires: str, stands: list[str]
) -> None:
    assert refused(environment, "new", STOPPING, until(expires)) == stands


@pytest.mark.parametrize(
    "expires",
    ["someday", "", "20260101", "2026-W01-1", "2026-1-1", " 2999-01-01", "2999-01-01", "2999-02-30", None, 5, True],
)
def test_an_acknowledgement_for_ever_is_none(environment: Environment, expires: Any) -> None:
    """Days are compared as text: `someday` and `2026-W01` would be later than any of them."""
    with pytest.raises(ValueError, match=r"intent\.stop-recording.* (YYYY-MM-DD|until \d{4}-\d\d-\d\d)"):
        refused(environment, "new", STOPPING, until(expires))


@pytest.mark.parametrize("reason", [None, "", "  ", 5])
def test_an_acknowledgement_says_why(environment: Environment, reason: Any) -> None:
    with pytest.raises(ValueError, match=r"intent\.stop-recording takes a reason and expires"):
        refused(environment, "new", STOPPING, {STOP: {"reason": reason, "expires": LATER}})


@pytest.mark.parametrize("entry", ["yes", None, []])
def test_an_acknowledgement_is_a_mapping(environment: Environment, entry: Any) -> None:
    with pytest.raises(ValueError, match="takes a reason and expires"):
        refused(environment, "new", STOPPING, {STOP: entry})


def test_switching_off_is_refused_for_good_or_until_it_is_meant(environment: Environment) -> None:
    off: dict[str, Value] = {**STOPPING, "/recording/enabled": False}
    assert refused(environment, "old", off, {}) == [STOP]
    assert refused(environment, "old", off, until(LATER)) == []
    assert refused(environment, "new", off, until(LATER)) == ["REC091"]


def test_what_is_told_needs_no_acknowledgement(environment: Environment) -> None:
    wanted: dict[str, Value] = {**STOPPING, "/recording/mode": "auto"}
    shown = Observed(5, "call", "new", {"/recording/enabled": True, "/recording/mode": "manual"})
    app = gate.declared("call", environment, Inputs(wanted))
    told = gate.change_findings(app, environment, shown, diff(wanted, shown))
    assert [finding.id for finding in told] == ["start-recording"]
    auto = Observed(5, "call", "new", {"/recording/enabled": True, "/recording/mode": "auto"})
    stop = gate.declared("call", environment, Inputs(STOPPING))
    assert gate.change_findings(stop, environment, auto, diff(STOPPING, auto)) == []  # HIGH is refused, not told


POLICY = "apiVersion: recording/v1\nkind: Policy\nmessage: Ask us.\nseverity: deny\n"


def test_a_program_beside_specs_is_held_to_their_policies(project: Project) -> None:
    """What a resource declares itself is what an application's file sets: a locked setting is refused."""
    project.write(
        "policies/owner.yaml", f"{POLICY}name: owner\nmatch: {{name: [call]}}\nrequire: app.recording.mode == 'auto'\n"
    )
    project.write(
        "policies/seen.yaml",
        f"{POLICY}name: seen\nmatch: {{name: [call]}}\nrequire: console.recording.mode != app.recording.mode\n",
    )
    project.write("policies/central.yaml", f"{POLICY}name: central\nlock: [storage]\nmatch: {{name: [call]}}\n")
    environment = project.environment("dev")
    values: dict[str, Value] = {**STOPPING, "/recording/settings/storage/vendor": "vod"}
    app = gate.declared("call", environment, Inputs(values))
    found = gate.stops(gate.rule_findings(app, environment, TODAY, Inputs(values)))
    assert sorted(finding.id for finding in found if finding.id.startswith("policy-")) == [
        "policy-central",
        "policy-owner",
    ]
    intent = until(LATER)
    assert refused(environment, "new", STOPPING, intent) == []
    assert refused(environment, "new", {**STOPPING, "/recording/mode": "auto"}, intent) == ["policy-seen"]

"""What refuses a write of one resource, without an engine: acknowledgements, rules, and consequences of HIGH risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from provisioner.console.port import Observed
from provisioner.foundation.errors import Location
from provisioner.provider import gate
from provisioner.provider.properties import Inputs
from provisioner.reconcile.plan.diff import diff
from provisioner.reconcile.plan.refusals import PlanRefusal
from provisioner.recording.application import Intent
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.limits import ChangeLimits
from provisioner.specs.rules.rule import Rule, Specs, Violation
from provisioner.specs.workspace import Workspace
from tests.conftest import ROOT
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


@pytest.fixture(scope="module")
def dev() -> Environment:
    return Workspace(ROOT).environment("dev")


ENABLED, MODE, IDLE = "/recording/enabled", "/recording/mode", "/recording/settings/maxIdleTime"
CALLED = Inputs({ENABLED: True, MODE: "auto", IDLE: Quantity.parse("5s", Dimension.TIME)}, defaulted=frozenset({IDLE}))


def test_a_resource_is_an_application_of_its_environment(dev: Environment) -> None:
    app = gate.declared("call", dev, CALLED)
    assert (app.environment, app.name, app.sdk_app_id, app.where.file) == ("dev", "call", 0, "resource call")
    assert dict(app.values) == {"/name": "call", "/sdkAppId": 0, **CALLED.values}
    assert [app.written(path) for path in (ENABLED, IDLE)] == [True, False]
    assert (app.leaves[IDLE].value, app.leaves[IDLE].where) == (CALLED.values[IDLE], None)
    assert app.origin(MODE) == app.where
    meant = gate.declared("call", dev, Inputs({"/sdkAppId": 5}, intent=until(LATER)))
    assert meant.sdk_app_id == 5
    assert meant.intents == {STOP: Intent(STOP, "the backend records now", LATER, Location("resource call"))}


def ruled(environment: Environment, inputs: Inputs) -> list[tuple[str, str]]:
    app = gate.declared("call", environment, inputs)
    return [(one.id, one.path) for one in gate.rule_findings(app, environment, TODAY, inputs)]


BARE: dict[str, Value] = {"/sdkAppId": 5, ENABLED: True, MODE: "auto"}


def test_every_rule_is_asked_about_a_resource_alone(dev: Environment) -> None:
    found = ruled(dev, Inputs(BARE))
    assert ("REC012", IDLE) in found
    assert len(found) > 1
    assert found == sorted(found)


def test_rules_are_asked_about_the_day(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[date] = []

    def asked(specs: Specs) -> list[Violation]:
        days.append(specs.today)
        return []

    monkeypatch.setattr(gate, "_rules", lambda: (Rule("ACME1", "A freeze", Severity.ERROR, "", asked),))
    assert ruled(dev, Inputs(BARE)) == []
    assert days == [TODAY]


def test_what_is_not_known_yet_is_not_judged(dev: Environment) -> None:
    settings = "/recording/settings"
    assert [path for _, path in ruled(dev, Inputs(BARE)) if path.startswith(settings)] != []
    for unknown in (f"{settings}/storage", "/owner"):  # what is not known yet may decide over any other setting
        waiting = Inputs(BARE, unknown=frozenset({unknown}))
        assert [path for _, path in ruled(dev, waiting) if path.startswith(settings)] == []
    unowned = {"/recording/backendRecords": True, **BARE}
    told = ruled(dev, Inputs(unowned))
    assert [path for _, path in told if not path.startswith(settings)] != []
    elsewhere = ruled(dev, Inputs(unowned, unknown=frozenset({settings})))
    assert elsewhere == [one for one in told if not one[1].startswith(settings)]
    assert elsewhere != []
    waits = frozenset({"/recording"})
    assert ruled(dev, Inputs(unowned, unknown=waits)) == []


def test_a_manual_resource_need_not_repeat_the_backends_contract(dev: Environment) -> None:
    manual: dict[str, Value] = {**BARE, MODE: "manual"}
    assert [path for _, path in ruled(dev, Inputs(manual)) if path.startswith("/recording/settings")] == []
    said = {**manual, "/recording/settings/media": "audio-video"}
    assert [path for _, path in ruled(dev, Inputs(said)) if path.startswith("/recording/settings")] != []


def test_how_many_changes_there_are_is_judged_elsewhere(dev: Environment) -> None:
    full = replace(dev, limits=ChangeLimits(applications=0))
    assert refused(full, "new", STOPPING, {}) == [STOP]
    wanted: dict[str, Value] = {**STOPPING, MODE: "auto"}
    shown = Observed(5, "call", "new", {ENABLED: True, MODE: "manual"})
    app = gate.declared("call", full, Inputs(wanted))
    assert gate.change_refusals(app, full, shown, diff(wanted, shown), TODAY) == []


def test_a_resource_may_not_acknowledge_what_nothing_asks_for(dev: Environment) -> None:
    told = r"^intent acknowledges stop-recording or storage-removed or .*, not \"shorter-idle-time\"$"
    with pytest.raises(ValueError, match=told):
        gate.declared("call", dev, Inputs(STOPPING, intent={"shorter-idle-time": {}}))


def test_an_acknowledgement_ends_within_what_its_environment_allows(dev: Environment) -> None:
    short = replace(dev, limits=ChangeLimits(acknowledged_days=10), today=TODAY)

    def meant(expires: str) -> str:
        app = gate.declared("call", short, Inputs(STOPPING, intent=until(expires)))
        return app.intents[STOP].expires

    assert meant("2026-12-08") == "2026-12-08"
    told = "intent.stop-recording.expires takes a day until 2026-12-08: an intent ends within a year"
    with pytest.raises(ValueError, match=f"^{told}$"):
        meant("2026-12-09")
    with pytest.raises(ValueError, match=r"^intent\.stop-recording\.expires takes a day as YYYY-MM-DD$"):
        meant("someday")
    undated = Inputs(STOPPING, intent={STOP: {"reason": "x"}})
    told = r"^intent\.stop-recording takes a reason and expires, a day as YYYY-MM-DD$"
    with pytest.raises(ValueError, match=told):
        gate.declared("call", short, undated)


def test_every_acknowledgement_of_a_resource_is_read(dev: Environment) -> None:
    both = {**until(LATER), "retention-ends": {"reason": "agreed", "expires": LATER}}
    app = gate.declared("call", dev, Inputs(STOPPING, intent=both))
    assert {name: one.reason for name, one in app.intents.items()} == {
        STOP: "the backend records now",
        "retention-ends": "agreed",
    }


def against(*findings: Finding) -> list[PlanRefusal]:
    return [PlanRefusal(finding, f"mend {finding.id}", "x") for finding in findings]


def test_a_refusal_names_the_property_and_what_lets_it_pass(dev: Environment) -> None:
    one = Finding("REC031", Severity.ERROR, "too many", Location("x"), "call", "/recording/settings/mixed/maxUsers")
    two = Finding("max-changes", Severity.HIGH, "too much", Location("x"), "call", "")
    assert gate.sentence(one) == "recording.settings.mixed.maxUsers: REC031: too many"
    app = gate.declared("call", dev, CALLED)
    assert gate.refused_text(app, against(one, two)) == (
        "recording.settings.mixed.maxUsers: REC031: too many\n  mend REC031.\ncall: max-changes: too much\n"
        "  mend max-changes."
    )
    specified = replace(app, where=Location("apps/call.yaml"))
    assert gate.refused_text(specified, against(two)) == "x:1:1: call: max-changes: too much\n  mend max-changes."
    assert gate.refused_text(app, []) == ""


def test_only_errors_stop_a_step() -> None:
    found = [Finding(severity.value, severity, "") for severity in Severity]
    assert [one.id for one in gate.stops(found)] == ["error"]


WARN = "apiVersion: recording/v1\nkind: Policy\nmessage: Ask us.\nmatch: {name: [call]}\n"


def test_what_policies_only_warn_of_is_told_and_refuses_nothing(project: Project) -> None:
    for severity in ("warn", "deny"):
        project.write(
            f"policies/{severity}.yaml",
            f"{WARN}name: {severity}\nseverity: {severity}\nrequire: console.recording.mode != app.recording.mode\n",
        )
    environment = project.environment("dev")
    same = Observed(5, "call", "new", {ENABLED: True, MODE: "auto"})
    app = gate.declared("call", environment, Inputs(BARE))
    found = diff(BARE, same)
    told = gate.change_findings(app, environment, same, found)
    assert [(one.id, one.severity) for one in told if one.id.startswith("policy-")] == [
        ("policy-warn", Severity.MEDIUM)
    ]
    refusals = gate.change_refusals(app, environment, same, found, TODAY)
    assert [one.finding.id for one in refusals] == ["policy-deny"]

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.diff import Difference, Unverified, diff
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from tests.project import Project

IDLE = f"{SETTINGS}/maxIdleTime"
AUTO: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "auto"}


def seconds(amount: int) -> Quantity:
    return Quantity(Dimension.TIME, amount)


def observed(**fields: object) -> Observed:
    return Observed(1, "x", "new", fields)  # type: ignore[arg-type]


def test_quantities_are_compared_by_value() -> None:
    seen = Observed(1, "x", "new", {IDLE: Quantity.parse("60s", Dimension.TIME)})
    assert diff({**AUTO, IDLE: Quantity.parse("1m", Dimension.TIME)}, seen).differences == ()


def test_what_cannot_be_read_is_neither_equal_nor_different() -> None:
    seen = Observed(1, "x", "new", {IDLE: Unreadable("hidden")})
    found = diff({**AUTO, IDLE: seconds(5)}, seen)
    assert found.differences == ()
    assert found.unverified == (Unverified(IDLE, seconds(5), "hidden"),)


def test_a_field_that_only_the_console_has_is_a_difference() -> None:
    seen = Observed(1, "x", "new", {f"{SETTINGS}/fileNamePrefix": "old"})
    assert diff(AUTO, seen).differences == (Difference(f"{SETTINGS}/fileNamePrefix", "old", None),)


def test_the_template_of_a_manual_application_is_not_ours() -> None:
    seen = Observed(1, "x", "new", {"/recording/mode": "manual", IDLE: seconds(9)})
    desired: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "manual", IDLE: seconds(5)}
    assert diff(desired, seen).differences == ()


def test_what_only_rest_calls_know_is_no_part_of_a_template() -> None:
    expiry, pane = f"{SETTINGS}/resourceExpiry", f"{SETTINGS}/mixed/layout/panes/left/top"
    seen = Observed(1, "x", "new", {expiry: seconds(9 * 3600), pane: 5})
    assert diff({**AUTO, expiry: seconds(72 * 3600), pane: 0}, seen).differences == ()


def test_plan_apply_plan_is_empty(project: Project) -> None:
    before = project.json("plan", "dev")
    assert before["totals"] == {"change": 2, "unchanged": 1, "cannotVerify": 0}
    assert project.run("apply", "--yes", "dev").code == 0
    after = project.json("plan", "dev")
    assert after["totals"] == {"change": 0, "unchanged": 3, "cannotVerify": 0}
    assert after["unmanaged"] == [{"name": "webinar-trial", "sdkAppId": 20001004}]


def test_the_plan_names_the_line_that_set_each_value(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    changed = [app for app in project.json("plan", "dev")["applications"] if app["changes"]]
    assert [(app["name"], app["changes"]) for app in changed] == [
        (
            "video-call",
            [
                {
                    "path": IDLE,
                    "before": "5s",
                    "after": "20s",
                    "origin": {"file": "templates/call/v1.yaml", "line": 9, "column": 16},
                    "layer": "template",
                    "causes": ["unknown"],
                }
            ],
        )
    ]


def test_the_same_input_gives_the_same_bytes(project: Project) -> None:
    assert project.run("plan", "dev", "--format", "json") == project.run("plan", "dev", "--format", "json")


def test_drift_behind_the_tools_back_is_seen_and_repaired(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    console = project.console("dev")
    template = console.application(20001001).template
    assert template is not None
    console.edit(20001001, template={**template, "MaxIdleTime": 300})
    drifted = project.run("drift", "dev", "--exit-code")
    assert drifted.code == 2
    assert "maxIdleTime  5m -> 5s" in drifted.out
    assert project.run("apply", "--yes", "dev").code == 0
    assert project.run("drift", "dev", "--exit-code").code == 0
    repaired = console.application(20001001).template
    assert repaired is not None
    assert repaired["MaxIdleTime"] == 5


def test_every_consequence_is_told_with_its_severity(project: Project) -> None:
    findings = {
        (app["name"], finding["id"], finding["severity"])
        for app in project.json("plan", "dev")["applications"]
        for finding in app["findings"]
    }
    assert findings == {
        ("classroom", "enabled-for-good", "medium"),
        ("classroom", "start-recording", "medium"),
        ("classroom", "REC092", "info"),
        ("video-call", "enabled-for-good", "medium"),
        ("video-call", "start-recording", "medium"),
        ("video-call", "REC092", "info"),
    }


@given(st.integers(5, 86_400), st.integers(5, 86_400))
def test_a_difference_is_found_exactly_where_values_differ(mine: int, theirs: int) -> None:
    found = diff({**AUTO, IDLE: seconds(mine)}, Observed(1, "x", "new", {IDLE: seconds(theirs)}))
    assert bool(found.differences) == (mine != theirs)


def test_the_plan_is_json_that_names_its_version(project: Project) -> None:
    assert json.loads(project.run("plan", "dev/video-call", "--format", "json").out)["planVersion"] == 1

"""Policy as it is read from Git, by the commands that a job runs: a base that breaks hands nothing to the head."""

from __future__ import annotations

import json

from tests.days import LATER
from tests.project import Project

PROD = "environments/prod/environment.yaml"
CALL = "environments/prod/apps/video-call.yaml"
POLICY = """\
apiVersion: recording/v1
kind: Policy
name: idle
message: Ten seconds at least.
match: {name: [video-call], environment: [prod]}
severity: deny
allowWaiver: true
require: app.settings.maxIdleTime >= duration("10m")
"""
WAIVER = "waive: {policy-idle: {reason: A trial, owner: '@acme/calls', expires: DAY}}\n"


def test_a_base_that_a_waiver_breaks_as_it_expires_and_a_repair_that_asks_nobody(project: Project) -> None:
    """The two steps: wait for the base's waiver to end, then renew it together with `required: 0`."""
    project.commit()
    project.write("policies/idle.yaml", POLICY)
    spec = (project.root / CALL).read_text()
    project.write(CALL, spec + WAIVER.replace("DAY", "2026-01-31"))  # valid when it was merged, over today
    broken = project.commit("a trial")
    assert project.run("plan", "prod").code == 1

    project.write(CALL, spec + WAIVER.replace("DAY", LATER))
    project.edit(PROD, "approvals: {required: 1, high: 2}", "approvals: {required: 0}")
    ran = project.run("plan", "prod", "--base", broken, "--out", "plan.json")
    sealed = json.loads((project.root / "plan.json").read_text())
    assert (ran.code, sealed["base"]["valid"], sealed["guardrails"]["broken"]) == (
        0,
        False,
        None,
    )
    told = project.json("approvals", "plan.json")["approvals"]
    asked = {name: (each["owners"], each["required"]) for each in told for name in each["guardrails"]}
    assert asked == {"approvals": (["@acme/platform"], 2), "waivers": (["@acme/calls"], 2)}

    offline = project.run("report", "prod", "--specs-only", "--base", broken)
    assert "required: 1, high: 2" in offline.out  # a fork's job says the same


def test_a_base_of_which_no_commit_can_be_read_is_approved_by_nobody(project: Project) -> None:
    text = (project.root / PROD).read_text()
    project.write(PROD, f"{text}nonsense: 1\n")
    broken = project.commit("broken from the beginning")
    project.write(PROD, text)
    assert project.run("plan", "prod", "--base", broken, "--out", "plan.json").code == 0
    told = project.json("approvals", "plan.json")["approvals"]
    assert [each["owners"] for each in told if "base-unreadable" in each["guardrails"]] == [[]]

"""Who must approve what, from the plan, CODEOWNERS and the environment."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.approvals import ApprovalPolicy, Demand, demands
from provisioner.specs.codeowners.gitlab import GITLAB
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.keys.approvals import Approvals
from provisioner.specs.workspace import SpecErrors
from tests.project import Project

TEAMS = Location("environments/prod/environment.yaml", 12, 3)
PROD = "environments/prod/environment.yaml"
CODEOWNERS = """\
* @acme/platform
/environments/*/apps/call.yaml @acme/calls
/environments/*/apps/talk.yaml @ACME/calls
/environments/*/apps/lone.yaml
"""


def app(name: str, action: str = "change", severity: str = "medium") -> dict[str, Any]:
    file = f"environments/prod/apps/{name}.yaml"
    return {"name": name, "file": file, "action": action, "findings": [finding(severity)]}


def finding(severity: str, source: str = "plan") -> dict[str, str]:
    return {"severity": severity, "source": source}


def plan(*apps: dict[str, Any], removed: list[dict[str, Any]] | None = None, overall: str = "low") -> dict[str, Any]:
    return {
        "environment": "prod",
        "applications": list(apps),
        "removed": removed,
        "guardrails": None,
        "findings": [finding(overall), finding("high", "specs")],
    }


def policy(approvals: Approvals, text: str | None = CODEOWNERS) -> ApprovalPolicy:
    owners = None if text is None else Owners("CODEOWNERS", "", GITLAB.read(text))
    return ApprovalPolicy(approvals, owners, TEAMS)


def asked(document: dict[str, Any], *policies: ApprovalPolicy) -> list[tuple[tuple[str, ...], int, tuple[str, ...]]]:
    return [(demand.owners, demand.required, demand.applications) for demand in demands(document, policies)]


def test_the_owners_of_what_changes_approve_and_nobody_else() -> None:
    document = plan(app("call"), app("talk"), app("desk", "none"), app("desk", "cannot-verify"))
    assert asked(document, policy(Approvals(1))) == [(("@acme/calls",), 1, ("call", "talk"))]


def test_a_grave_risk_needs_more() -> None:
    document = plan(app("call"), app("talk", severity="high"), app("desk"))
    assert asked(document, policy(Approvals(1, 2))) == [
        (("@ACME/calls",), 2, ("call", "talk")),
        (("@acme/platform",), 1, ("desk",)),
    ]
    assert asked(plan(app("call", severity="high")), policy(Approvals(3, 2)))[0][1] == 3


def test_a_plan_that_is_grave_as_a_whole_is_so_for_each_application() -> None:
    document = plan(app("call"), app("desk"), overall="high")
    assert [required for _, required, _ in asked(document, policy(Approvals(1, 2)))] == [2, 2]


def test_every_team_approves_whatever_changes() -> None:
    document = plan(app("call"), app("desk"))
    assert demands(document, [policy(Approvals(teams=("@acme/sre", "@kim")))]) == [
        Demand(("@acme/sre",), 1, ("call", "desk"), TEAMS),
        Demand(("@kim",), 1, ("call", "desk"), TEAMS),
    ]
    assert asked(plan(app("call", "none")), policy(Approvals(2, teams=("@acme/sre",)))) == []


@pytest.mark.parametrize("text", [CODEOWNERS, None, "^[Advice]\n* @docs\n"])
def test_where_nobody_owns_the_file_nobody_can_approve(text: str | None) -> None:
    found = demands(plan(app("lone")), [policy(Approvals(1), text)])
    assert found == [Demand((), 1, ("lone",), Location("environments/prod/apps/lone.yaml"))]


def test_sections_ask_one_by_one() -> None:
    text = "* @all\n[Live][2]\n* @live\n^[Advice]\n* @docs\n"
    assert asked(plan(app("call")), policy(Approvals(1), text)) == [
        (("@all",), 1, ("call",)),
        (("@live",), 2, ("call",)),
    ]


def test_a_change_cannot_lower_what_it_needs_itself() -> None:
    before, after = policy(Approvals(2, teams=("@acme/sre",))), policy(Approvals(), "* @mallory\n")
    assert asked(plan(app("call")), after, before) == [
        (("@acme/calls",), 2, ("call",)),
        (("@acme/sre",), 1, ("call",)),
    ]


def test_a_spec_that_goes_and_takes_its_recording_along_is_a_grave_change() -> None:
    gone = [{"name": "call", "onRemove": "stop-auto"}, {"name": "desk", "onRemove": "retain"}]
    assert asked(plan(removed=gone), policy(Approvals(1, 2))) == [(("@acme/calls",), 2, ("call",))]


def test_the_block_of_an_environment(project: Project) -> None:
    assert project.environment("prod").approvals == Approvals(required=1, high=2)
    assert project.environment("dev").approvals == Approvals()


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("{required: -1}", "approvals.required"),
        ("{required: two}", "approvals.required"),
        ("{teams: [acme/sre]}", "approvals.teams"),
        ("{teams: [me@example.com]}", "approvals.teams"),
        ("{team: ['@acme/sre']}", 'no key "team"'),
        ("{}", "approvals"),
    ],
)
def test_a_block_that_asks_for_nothing_known_is_refused(project: Project, block: str, reason: str) -> None:
    project.edit(PROD, "approvals: {required: 1, high: 2}", f"approvals: {block}")
    with pytest.raises(SpecErrors) as caught:
        project.environment("prod")
    assert f"{PROD}:11:" in str(caught.value)
    assert reason in str(caught.value)

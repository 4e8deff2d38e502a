"""Which applications a plan is about, and how many it may change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provisioner.reconcile.plan.document import schema
from provisioner.simulator import SeedApplication
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.key import KeySource
from provisioner.specs.keys.limits import LIMITS as KEY
from provisioner.specs.yaml.reader import read
from tests.days import LATER
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"
USUAL = (
    "11 of 13 applications would change, at most 30 % of production where limits.maxChangesPercent says nothing else"
)
LIMITS = "tier: development\nlimits: {maxChanges: 1}\n"


def names(plan: Any) -> list[str]:
    return [app["name"] for app in plan["applications"]]


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (["dev"], ["classroom", "support-desk", "video-call"]),
        (["dev/video-call", "dev/classroom"], ["classroom", "video-call"]),
        (["dev/*-*"], ["support-desk", "video-call"]),
        (["dev", "--owner", "@acme/calls", "--owner", "@acme/support"], ["support-desk", "video-call"]),
        (["dev/*-*", "--owner", "@acme/calls"], ["video-call"]),
        (["dev/video-call", "dev"], ["classroom", "support-desk", "video-call"]),
    ],
)
def test_addresses_patterns_and_owners_choose(project: Project, arguments: list[str], chosen: list[str]) -> None:
    plan = project.json("plan", *arguments)
    assert names(plan) == chosen
    assert plan["scope"] == (chosen if len(chosen) < 3 else None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dev/x-*"], 'dev has no application "x-*"'),
        (["dev", "--owner", "@acme/cals"], 'owned by "@acme/cals" (did you mean "@acme/calls"?)'),
        (["dev/video-call", "--owner", "@acme/support"], "none of the named applications belongs"),
    ],
)
def test_what_chooses_nothing_is_told(project: Project, arguments: list[str], told: str) -> None:
    refused = project.run("plan", *arguments)
    assert (refused.code, told in refused.err) == (1, True)


def test_a_plan_of_chosen_applications_is_sealed_and_applied(project: Project) -> None:
    project.run("plan", "dev/classroom", "dev/support-desk", "--out", "plan.json")
    assert project.run("verify", "plan.json").code == 0
    assert project.run("apply", "--plan", "plan.json", "--yes").code == 0
    assert names({"applications": [app for app in project.json("plan", "dev")["applications"] if app["changes"]]}) == [
        "video-call"
    ]


def test_more_changes_than_the_limit_are_refused(project: Project) -> None:
    project.edit(ENVIRONMENT, "tier: development\n", LIMITS)
    refused = project.run("apply", "dev", "--yes")
    assert refused.code == 1
    assert f"{ENVIRONMENT}:6:22: dev: max-changes: 2 applications would change, at most 1." in refused.err
    assert "pass --allow max-changes" in refused.err
    assert project.json("plan", "dev")["totals"]["change"] == 2
    assert project.run("apply", "dev/classroom", "--yes").code == 0


def test_a_limit_is_lifted_by_a_flag_or_an_intent(project: Project) -> None:
    project.edit(ENVIRONMENT, "tier: development\n", LIMITS)
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert project.run("apply", "dev", "--yes", "--allow", "max-changes").code == 0
    project.edit(ENVIRONMENT, "retention: 7d", "retention: 14d")
    intent = "intent: {max-changes: {reason: retention for all, expires: %s}}\n"
    text = (project.root / ENVIRONMENT).read_text("utf-8")
    project.write(ENVIRONMENT, text + intent % "2020-01-01")
    assert project.run("apply", "dev", "--yes").code == 1
    project.write(ENVIRONMENT, text + intent % LATER)
    assert project.run("apply", "dev", "--yes").code == 0
    assert [finding["id"] for finding in project.json("plan", "dev")["findings"]] == ["unused-intent", "REC052"]


@pytest.mark.parametrize(("applications", "refused"), [(9, False), (10, True)])
def test_a_percentage_counts_from_ten_applications_on(project: Project, applications: int, refused: bool) -> None:
    project.run("apply", "dev", "--yes")
    text = (project.root / "environments/dev/apps/support-desk.yaml").read_text("utf-8")
    for number in range(applications - 3):
        copy = text.replace("name: support-desk", f"name: desk-{number}").replace("20001003", str(20002000 + number))
        project.write(f"environments/dev/apps/desk-{number}.yaml", copy)
        project.console("dev").seed([SeedApplication(20002000 + number, f"desk-{number}", "new", enabled=True)])
    project.edit(ENVIRONMENT, "tier: development\n", "tier: development\nlimits: {maxChangesPercent: 10}\n")
    project.edit(ENVIRONMENT, "retention: 7d", "retention: 14d")
    assert bool(project.json("plan", "dev")["findings"][0]["id"] == "max-changes") is refused


@pytest.mark.parametrize(
    ("tier", "limits", "told"),
    [
        ("production", {}, [USUAL]),
        ("production", {"limits": {"maxChangesPercent": 90}}, []),
        ("production", {"limits": {"maxChanges": 20}}, [USUAL]),
        ("staging", {}, []),
    ],
)
def test_production_has_a_usual_limit(tier: str, limits: dict[str, Any], told: list[str]) -> None:
    document = read(json.dumps({"tier": tier, **limits}).encode(), "environment.yaml")
    found = KEY.read(KeySource(document, "environment.yaml", SpecFiles(Path()))).exceeded(11, 13)
    assert [limit.words for limit in found] == told


def test_every_plan_keeps_to_the_published_schema(project: Project) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    for arguments in (["dev"], ["prod"], ["dev/classroom"]):
        validator.validate(project.json("plan", *arguments))
    project.run("plan", "dev", "--out", "plan.json")
    validator.validate(json.loads((project.root / "plan.json").read_text("utf-8")))


def test_what_a_change_reaches_is_read_sealed_verified_and_applied(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    project.commit()
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    plan = project.run("plan", "dev", "--changed", "main", "--out", "plan.json")
    assert "2 of 3 applications: those that this change reaches. Drift of the others" in plan.words
    sealed = json.loads((project.root / "plan.json").read_text("utf-8"))
    assert sealed["scope"] == ["support-desk", "video-call"]
    assert sealed["changed"] == {"of": 3, "everything": ""}
    assert sealed["unmanaged"] is None
    jsonschema.validate(sealed, schema())
    assert "those that this change reaches" in project.run("report", "plan.json").out
    assert project.run("approvals", "plan.json").code == 0
    assert project.run("verify", "plan.json").code == 0
    project.edit("environments/dev/apps/classroom.yaml", "expectedParticipants: 8", "expectedParticipants: 7")
    assert "classroom: a spec was added" in project.run("verify", "plan.json").out
    assert "classroom: a spec was added" in project.run("apply", "--plan", "plan.json", "--yes").err
    project.edit("environments/dev/apps/classroom.yaml", "expectedParticipants: 7", "expectedParticipants: 8")
    assert project.run("apply", "--plan", "plan.json", "--yes").code == 0
    assert project.json("plan", "dev")["totals"]["change"] == 0


def test_a_change_that_reaches_nothing_reads_nothing(project: Project) -> None:
    project.commit()
    plan = project.json("plan", "dev", "--changed", "HEAD")
    assert (plan["scope"], plan["applications"], plan["totals"]["change"]) == ([], [], 0)
    project.run("plan", "dev", "--changed", "HEAD", "--out", "plan.json")
    assert project.run("verify", "plan.json").code == 0
    assert project.run("apply", "--plan", "plan.json", "--yes").code == 0


def test_a_removal_is_part_of_what_a_change_reaches(project: Project) -> None:
    file = "environments/dev/apps/video-call.yaml"
    project.write(file, (project.root / file).read_text("utf-8") + "onRemove: stop-auto\n")
    project.run("apply", "dev", "--yes")
    project.commit()
    (project.root / file).unlink()
    plan = project.json("plan", "dev", "--changed", "HEAD")
    assert plan["scope"] == ["video-call"]
    assert [app["name"] for app in plan["removed"]] == ["video-call"]
    assert [(app["name"], app["removed"]) for app in plan["applications"]] == [("video-call", True)]


def test_a_percentage_counts_all_applications_whatever_is_read(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    text = (project.root / "environments/dev/apps/support-desk.yaml").read_text("utf-8")
    for number in range(7):
        copy = text.replace("name: support-desk", f"name: desk-{number}").replace("20001003", str(20002000 + number))
        project.write(f"environments/dev/apps/desk-{number}.yaml", copy)
        project.console("dev").seed([SeedApplication(20002000 + number, f"desk-{number}", "new", enabled=True)])
    project.edit(ENVIRONMENT, "tier: development\n", "tier: development\nlimits: {maxChangesPercent: 10}\n")
    project.commit()
    project.edit("environments/dev/apps/video-call.yaml", "expectedParticipants: 2", "settings: {maxIdleTime: 20s}")
    plan = project.json("plan", "dev", "--changed", "HEAD")
    assert (plan["scope"], plan["findings"][0]["id"] == "max-changes") == (["video-call"], False)


def test_a_base_that_is_not_valid_has_everything_read(project: Project) -> None:
    project.edit(ENVIRONMENT, "site: ", "sight: ")
    project.commit()
    project.edit(ENVIRONMENT, "sight: ", "site: ")
    plan = project.run("plan", "dev", "--changed", "main")
    assert "All of 3 applications were read: the specs at main are not valid." in plan.words
    assert project.json("plan", "dev", "--changed", "main")["scope"] is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dev", "--changed", "nowhere"], 'Git knows no commit "nowhere"'),
        (["dev", "--changed", "main", "--base", "main"], "--changed REF compares with REF already"),
        (["dev/video-call", "--changed", "main"], "--changed chooses the applications by itself"),
    ],
)
def test_what_changed_is_not_taken_with_is_told(project: Project, arguments: list[str], told: str) -> None:
    project.commit()
    refused = project.run("plan", *arguments)
    assert (refused.code, told in refused.err) == (1, True)

"""Policies where rules are: in `validate`, with waivers, and over what applications must not set."""

from __future__ import annotations

import json

import pytest

from provisioner.specs.documents.revision import checked_out
from provisioner.specs.workspace import SpecErrors, Workspace
from tests.days import LATER
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
HEAD = "apiVersion: recording/v1\nkind: Policy\nmessage: Ask us.\n"
IDLE = f"{HEAD}name: idle\nseverity: deny\nallowWaiver: true\nrequire: app.settings.maxIdleTime >= duration('10s')\n"


def told(project: Project) -> list[str]:
    _, findings = Workspace(project.root).validate()
    return [str(finding) for finding in findings if "REC052" not in finding.id and "REC075" not in finding.id]


def test_an_application_that_violates_a_policy_stops_everything(project: Project) -> None:
    project.edit(CALL, "  template: call@v1", "  template: call@v1\n  settings: {maxIdleTime: 8s}")
    project.write("policies/idle.yaml", IDLE + "match: {environment: [dev], name: [video-*]}\n")
    assert told(project) == [f"{CALL}:12:27: policy-idle Ask us."]
    with pytest.raises(SpecErrors, match="policy-idle Ask us"):
        project.environment("dev")
    assert project.environment("prod").name == "prod"
    project.edit("policies/idle.yaml", "severity: deny", "severity: warn")
    assert told(project) == [f"{CALL}:12:27: policy-idle medium: Ask us."]
    assert [finding.id for finding in project.environment("dev").findings if finding.application] == ["policy-idle"]


@pytest.mark.parametrize(
    ("match", "concerned"),
    [
        ("{tier: [production]}", False),
        ("{tier: [production, development]}", True),
        ("{site: [intl], mode: [auto]}", True),
        ("{site: [cn]}", False),
        ("{mode: [manual]}", False),
        ("{owner: ['@acme/*']}", True),
        ("{owner: ['@acme']}", False),
        ("{name: ['VIDEO-*']}", False),
    ],
)
def test_whom_a_policy_concerns(project: Project, match: str, concerned: bool) -> None:
    project.write("policies/idle.yaml", IDLE.replace("10s", "20h") + f"match: {match}\n")
    _, findings = Workspace(project.root).validate()
    assert (
        any(finding.application == "video-call" and finding.environment == "dev" for finding in findings) == concerned
    )


def test_what_cannot_be_decided_does_not_hold(project: Project) -> None:
    policy = IDLE.replace("app.settings.maxIdleTime >= duration('10s')", "app.settings.callback.url != ''")
    project.write("policies/idle.yaml", policy + "match: {name: [video-call], environment: [dev]}\n")
    (line,) = told(project)
    assert line.endswith("policy-idle Ask us. (cannot be decided: callback is not there; ask has() first)")


def test_a_policy_is_waived_where_it_allows_that(project: Project) -> None:
    project.write("policies/idle.yaml", IDLE + "match: {name: [video-call], environment: [dev]}\n")
    project.edit(
        CALL,
        "recording:",
        "waive: {policy-idle: {reason: A trial, owner: '@acme/x', expires: 2999-01-01}}\nrecording:".replace(
            "2999-01-01", LATER
        ),
    )
    assert told(project) == []
    project.edit("policies/idle.yaml", "allowWaiver: true\n", "")
    assert [line.partition(": ")[2] for line in told(project)] == [
        "REC080 policy-idle cannot be waived: ask us.",
        "policy-idle Ask us.",
    ]
    project.edit("policies/idle.yaml", "10s", "5s")
    project.edit("policies/idle.yaml", "name: idle\n", "name: idle\nallowWaiver: true\n")
    assert [line.partition(": ")[2] for line in told(project)] == [
        "REC082 low: nothing here violates policy-idle any more; remove this waiver"
    ]
    (project.root / "policies/idle.yaml").unlink()
    assert ["there is no rule policy-idle; policies/ holds none of this name" in line for line in told(project)] == [
        True
    ]


LOCK = f"{HEAD}name: storage\nseverity: deny\nlock: [storage, callback]\nmatch: {{environment: [dev]}}\n"


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ("storage: {vod: {retention: 1d}}", ["storage.vod.retention"]),
        ("storage: {vod: {retention: null}}", ["storage.vod.retention"]),
        ("storage: {cos: {bucket: mine-1}}", ["storage.cos.bucket"]),
        ("maxIdleTime: 30s", []),
        ("callback: null", []),
    ],
)
def test_an_application_sets_nothing_that_is_locked(project: Project, settings: str, paths: list[str]) -> None:
    project.edit(CALL, "  template: call@v1", f"  template: call@v1\n  settings: {{{settings}}}")
    project.write("policies/storage.yaml", LOCK)
    lines = [line for line in told(project) if "policy-storage" in line]
    assert [line.partition("(")[2].partition(" ")[0] for line in lines] == paths
    assert all(line.startswith(f"{CALL}:12:") for line in lines)
    assert all(line.endswith("is locked by policies/storage.yaml: remove it here)") for line in lines)


def test_a_broken_policy_stops_every_environment(project: Project) -> None:
    project.write("policies/idle.yaml", IDLE.replace("maxIdleTime", "maxIdelTime"))
    for name in ("dev", "prod"):
        with pytest.raises(SpecErrors, match='REC100 require: settings has no "maxIdelTime"'):
            project.environment(name)
    assert project.run("validate").code == 1


@pytest.mark.parametrize("file", ["policies/idle.yml", "policies/sub/idle.yaml", "policies/Idle.yaml"])
def test_a_policy_that_nobody_reads_is_an_error(project: Project, file: str) -> None:
    project.write(file, IDLE)
    assert any("REC006" in line and "is not read" in line for line in told(project))


def test_a_base_has_its_policies(project: Project) -> None:
    import subprocess

    project.write("policies/idle.yaml", IDLE)
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "a"],
    ):
        subprocess.run(["git", *arguments], cwd=project.root, check=True)
    with checked_out(project.root, "HEAD") as base:
        assert [policy.name for policy in base.policies().policies] == ["idle"]


def test_sarif_describes_a_policy(project: Project) -> None:
    project.write("policies/idle.yaml", IDLE + "match: {name: [video-call], environment: [dev]}\n")
    run = json.loads(project.run("validate", "--format", "sarif").out)["runs"][0]
    (described,) = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "policy-idle"]
    assert described["fullDescription"]["text"] == "Policy of the organisation: policies/idle.yaml."
    assert described["defaultConfiguration"] == {"level": "error"}

"""`doctor --forge`: what must be set on a forge so that approvals cannot be passed by, and what of it is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.forge.fake import TOKEN, FakeForge
from tests.forge.jobs import variables
from tests.project import Project

STATUSES = ["trtc-recording/prod", "trtc-recording/prod/approvals"]
PARAMETERS = {
    "required_approving_review_count": 1,
    "require_code_owner_review": True,
    "dismiss_stale_reviews_on_push": True,
    "require_last_push_approval": True,
}
RULES = [
    {"type": "pull_request", "parameters": PARAMETERS},
    {
        "type": "required_status_checks",
        "parameters": {
            "strict_required_status_checks_policy": True,
            "required_status_checks": [{"context": name} for name in STATUSES],
        },
    },
    {"type": "non_fast_forward"},
]
LIMITED = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}
GITHUB: dict[str, Any] = {
    "rules/branches/main": RULES,
    "environments/prod": LIMITED,
    "environments/prod/deployment-branch-policies": {"branch_policies": [{"name": "main"}]},
    "actions/permissions/workflow": {"can_approve_pull_request_reviews": False},
}
GITLAB: dict[str, Any] = {
    "protected_branches/main": {
        "push_access_levels": [{"access_level": 0}],
        "allow_force_push": False,
        "code_owner_approval_required": True,
    },
    "approvals": {
        "reset_approvals_on_push": True,
        "merge_requests_author_approval": False,
        "merge_requests_disable_committers_approval": True,
    },
    "project": {"only_allow_merge_if_pipeline_succeeds": True, "merge_method": "ff"},
    "protected_environments/prod": {"name": "prod"},
}
ALL = {"github": GITHUB, "gitlab": GITLAB}


@pytest.fixture
def admin(kind: str, fake: FakeForge, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """An administrator's terminal: no job, only what names the project, and a token."""
    job = variables(kind, fake, tmp_path)
    for name in ("GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "CI_API_V4_URL"):
        if name in job:
            monkeypatch.setenv(name, job[name])
    for name in ("CI_PROJECT_ID", "GITLAB_TOKEN"):
        if name in job:
            monkeypatch.setenv(name, job[name])
    return project


def verdicts(project: Project, kind: str) -> tuple[int, dict[str, str]]:
    ran = project.run("doctor", "prod", "--forge", kind, "--format", "json", "--exit-code")
    return ran.code, {check["name"]: check["verdict"] for check in json.loads(ran.out)["checks"]}


def test_a_forge_that_is_set_up(kind: str, admin: Project, fake: FakeForge) -> None:
    fake.settings = dict(ALL[kind])
    code, found = verdicts(admin, kind)
    assert (code, set(found.values())) == (0, {"ok"})
    assert "code owners" in found
    assert "environment prod" in found


def test_a_forge_where_nothing_is_set_says_what_to_set(kind: str, admin: Project, fake: FakeForge) -> None:
    code, found = verdicts(admin, kind)
    assert code == 1
    missing = {
        "github": {"pull requests", "code owners", "new pushes", "last push", "up to date", "force pushes"},
        "gitlab": {"branch", "new pushes", "authors", "committers", "statuses", "up to date"},
    }[kind]
    assert missing | {"environment prod"} <= {name for name, verdict in found.items() if verdict == "fails"}
    ran = admin.run("doctor", "prod", "--forge", kind)
    assert "Settings, " in ran.out
    assert TOKEN not in ran.out + ran.err


@pytest.mark.parametrize("kind", ["github"])
def test_protection_of_the_older_kind_counts(admin: Project, fake: FakeForge) -> None:
    fake.settings = {
        **GITHUB,
        "rules/branches/main": [],
        "branches/main/protection": {
            "required_pull_request_reviews": {
                "required_approving_review_count": 1,
                "require_code_owner_reviews": True,
                "dismiss_stale_reviews": True,
                "require_last_push_approval": True,
            },
            "required_status_checks": {"strict": True, "contexts": STATUSES},
            "allow_force_pushes": {"enabled": False},
        },
    }
    assert verdicts(admin, "github")[0] == 0


@pytest.mark.parametrize("kind", ["github"])
@pytest.mark.parametrize(
    "policy",
    [None, {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False}}],
)
def test_an_environment_that_another_branch_may_use_fails(
    admin: Project, fake: FakeForge, policy: dict[str, Any] | None
) -> None:
    """Another protected branch may be weaker than the one that is applied."""
    fake.settings = {**GITHUB, "environments/prod": policy or {"deployment_branch_policy": None}}
    assert verdicts(admin, "github")[1]["environment prod"] == "fails"


def test_what_the_token_may_not_read_is_no_verdict(kind: str, admin: Project, fake: FakeForge) -> None:
    fake.closed_to.add("protection|protected_|/approvals|environments/|actions/")
    fake.settings = {name: each for name, each in ALL[kind].items() if name == "project"}
    code, found = verdicts(admin, kind)
    assert code == 4
    assert set(found.values()) <= {"cannot-verify", "ok"}


@pytest.mark.parametrize("kind", ["github"])
def test_a_project_that_no_variable_names(admin: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY")
    assert "GITHUB_REPOSITORY is not set" in admin.run("doctor", "prod", "--forge", "github").err

"""What a job is told by its CI is believed only in the form that the CI gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from provisioner.forge.context import Context, Tokens, Variables
from provisioner.forge.context import read_tokens as read_tokens_of
from provisioner.forge.registry import FORGES, detect
from provisioner.foundation.errors import UsageError
from tests.forge.fake import HEAD, MERGED, TEAMS_TOKEN, TOKEN, FakeForge
from tests.forge.jobs import variables


def read_context(kind: str, job: Mapping[str, str]) -> Context:
    return FORGES[kind].context(Variables(job))


def read_tokens(kind: str, job: Mapping[str, str]) -> Tokens:
    return read_tokens_of(FORGES[kind], job)


FORGE = FakeForge("https://forge.example")


def test_a_pull_request_is_known_by_its_own_newest_commit(kind: str, tmp_path: Path) -> None:
    context = read_context(kind, variables(kind, FORGE, tmp_path))
    assert (context.change, context.commit) == (7, HEAD)
    assert context.run.startswith("https://forge.example/acme/recording/")


def test_a_push_has_a_commit_and_no_change(kind: str, tmp_path: Path) -> None:
    context = read_context(kind, variables(kind, FORGE, tmp_path, change=None, commit=MERGED))
    assert (context.change, context.commit) == (None, MERGED)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("github", "GITHUB_API_URL", "http://forge.example/api/v3"),
        ("github", "GITHUB_API_URL", "https://user:pw@forge.example/"),
        ("github", "GITHUB_API_URL", "file:///etc/passwd"),
        ("github", "GITHUB_REPOSITORY", "acme/recording/../../other"),
        ("github", "GITHUB_REPOSITORY", "acme"),
        ("github", "GITHUB_RUN_ID", "1\n2"),
        ("gitlab", "CI_PROJECT_ID", "42/../43"),
        ("gitlab", "CI_MERGE_REQUEST_PROJECT_ID", "42/../43"),
        ("gitlab", "CI_MERGE_REQUEST_PROJECT_URL", "javascript:alert(1)"),
        ("gitlab", "CI_MERGE_REQUEST_IID", "7;"),
        ("gitlab", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "main"),
        ("gitlab", "CI_API_V4_URL", ""),
    ],
)
def test_odd_variables_are_named_and_refused(kind: str, name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=name):
        read_context(kind, {**variables(kind, FORGE, tmp_path), name: value})


def test_a_managed_users_repository_has_an_underscore(tmp_path: Path) -> None:
    job = {**variables("github", FORGE, tmp_path), "GITHUB_REPOSITORY": "kim_acme/recording_specs.v2"}
    context = read_context("github", job)
    assert (context.project, context.page) == (
        "kim_acme/recording_specs.v2",
        "https://forge.example/kim_acme/recording_specs.v2",
    )


def test_a_forks_merge_request_is_the_other_projects(tmp_path: Path) -> None:
    """The job runs in the fork; the number is one of the project that the change is proposed to."""
    job = variables("gitlab", FORGE, tmp_path) | {
        "CI_PROJECT_ID": "99",
        "CI_PROJECT_URL": "https://forge.example/mallory/recording",
        "CI_JOB_URL": "https://forge.example/mallory/recording/-/jobs/7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://forge.example/acme/recording",
    }
    context = read_context("gitlab", job)
    assert (context.project, context.change, context.page) == ("42", 7, "https://forge.example/acme/recording")
    assert context.run == "https://forge.example/mallory/recording/-/jobs/7"
    pushed = {name: value for name, value in job.items() if not name.startswith("CI_MERGE_REQUEST_")}
    assert read_context("gitlab", pushed).project == "99"


@pytest.mark.parametrize(
    "event",
    ["", "[]", '{"pull_request": {}}', '{"pull_request": {"number": "7", "head": {"sha": "x"}}}'],
)
def test_an_event_that_cannot_be_read_is_refused(event: str, tmp_path: Path) -> None:
    job = variables("github", FORGE, tmp_path)
    if event == "[]":
        assert read_context("github", {**job, "GITHUB_EVENT_PATH": _written(tmp_path, event)}).change is None
        return
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        read_context("github", {**job, "GITHUB_EVENT_PATH": _written(tmp_path, event)})


def test_a_branch_name_is_no_commit(tmp_path: Path) -> None:
    event = json.dumps({"pull_request": {"number": 7, "head": {"sha": "refs/heads/main"}}})
    with pytest.raises(UsageError, match="names no pull request"):
        read_context("github", {**variables("github", FORGE, tmp_path), "GITHUB_EVENT_PATH": _written(tmp_path, event)})


def test_the_forge_is_known_by_its_ci(kind: str, tmp_path: Path) -> None:
    assert detect(variables(kind, FORGE, tmp_path)) == kind
    with pytest.raises(UsageError, match="no job of GitHub Actions or GitLab CI"):
        detect({"CI": "true"})


def test_tokens_are_never_shown(kind: str, tmp_path: Path) -> None:
    tokens = read_tokens(kind, variables(kind, FORGE, tmp_path))
    assert TOKEN not in repr(tokens)
    assert (tokens.own.reveal(), tokens.teams.reveal()) == (TOKEN, TEAMS_TOKEN)
    own = read_tokens(kind, {**variables(kind, FORGE, tmp_path), "TRTC_TEAMS_TOKEN": ""})
    assert own.teams.reveal() == TOKEN
    with pytest.raises(UsageError, match=f"{kind.upper()}_TOKEN is not set"):
        read_tokens(kind, {})


def _written(folder: Path, event: str) -> str:
    (folder / "other.json").write_text(event)
    return str(folder / "other.json")

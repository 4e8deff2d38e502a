"""Jobs of a forge's CI: the variables that a runner would set."""

from __future__ import annotations

import json
from pathlib import Path

from tests.forge.fake import HEAD, TEAMS_TOKEN, TOKEN, FakeForge
from tests.forge.fake_github import REPOSITORY
from tests.forge.fake_gitlab import PROJECT

# What a stranger may call a branch and a pull request.
HOSTILE = "x'\"`$(touch pwned)${IFS};touch pwned;#\n::error::owned"


def variables(
    kind: str, forge: FakeForge, folder: Path, *, change: int | None = 7, commit: str = HEAD
) -> dict[str, str]:
    """A job's variables; of a merge where `change` is None, of the pull request `change` otherwise."""
    return (_github if kind == "github" else _gitlab)(forge, folder, change, commit)


def _github(forge: FakeForge, folder: Path, change: int | None, commit: str) -> dict[str, str]:
    event = folder / "event.json"
    pull = {"number": change, "title": HOSTILE, "head": {"sha": commit, "ref": HOSTILE, "repo": {"fork": False}}}
    event.write_text(json.dumps({"pull_request": pull} if change else {"head_commit": {"message": HOSTILE}}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": f"{forge.url}/api/v3",
        "GITHUB_SERVER_URL": forge.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "1234567890",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_SHA": "d" * 40 if change else commit,  # the merge that tries a pull request out
        "GITHUB_HEAD_REF": HOSTILE,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_TOKEN": TOKEN,
        "TRTC_TEAMS_TOKEN": TEAMS_TOKEN,
    }


def _gitlab(forge: FakeForge, folder: Path, change: int | None, commit: str) -> dict[str, str]:
    job = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{forge.url}/api/v4",
        "CI_PROJECT_ID": PROJECT,
        "CI_PROJECT_URL": f"{forge.url}/acme/recording",
        "CI_COMMIT_SHA": "d" * 40 if change else commit,
        "CI_JOB_URL": f"{forge.url}/acme/recording/-/jobs/99",
        "CI_COMMIT_REF_NAME": HOSTILE,
        "CI_MERGE_REQUEST_TITLE": HOSTILE,
        "GITLAB_TOKEN": TOKEN,
        "TRTC_TEAMS_TOKEN": TEAMS_TOKEN,
    }
    in_change = {
        "CI_MERGE_REQUEST_IID": str(change),
        "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
        "CI_MERGE_REQUEST_PROJECT_URL": f"{forge.url}/acme/recording",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": commit,
    }
    return {**job, **in_change} if change else job

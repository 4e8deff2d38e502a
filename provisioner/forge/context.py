"""Where a job runs, by the variables of its CI. They are checked: a branch's name is none of them.

Tokens stay in their variables: GITHUB_TOKEN or GITLAB_TOKEN, and TRTC_TEAMS_TOKEN where the first may not read teams.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import Secret, printable

GITHUB, GITLAB = "github", "gitlab"
FORGES = (GITHUB, GITLAB)

_TOKENS = {GITHUB: "GITHUB_TOKEN", GITLAB: "GITLAB_TOKEN"}
_TEAMS_TOKEN = "TRTC_TEAMS_TOKEN"  # the variable's name
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Context:
    """A job: the API's base URL, the project (`owner/name` or an id), the commit under review or pushed.

    `change` is the number of the pull or merge request that the job runs for, `run` the job's page, `summary` the
    file whose Markdown the job's page shows.
    """

    forge: str
    api: str
    project: str
    commit: str
    change: int | None
    run: str
    summary: Path | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """`own` writes and reads, `teams` reads who is in a team."""

    own: Secret
    teams: Secret


def detect(variables: Mapping[str, str]) -> str:
    """The forge whose CI this process runs in. Raises UsageError outside of one."""
    for forge, variable in ((GITHUB, "GITHUB_ACTIONS"), (GITLAB, "GITLAB_CI")):
        if variables.get(variable) == "true":
            return forge
    raise UsageError(
        "this is no job of GitHub Actions or GitLab CI, so there is no change to ask about",
        fix="Run it in the workflow; deploy/workflows/ holds them.",
    )


def read_context(forge: str, variables: Mapping[str, str]) -> Context:
    """The job of `forge` that `variables` describe. Raises UsageError naming what is missing or odd."""
    return (_github if forge == GITHUB else _gitlab)(_Variables(variables))


def read_tokens(forge: str, variables: Mapping[str, str]) -> Tokens:
    """Raises UsageError where the forge's token is not set."""
    name = _TOKENS[forge]
    own = variables.get(name, "").strip()
    if not own:
        fix = "In a workflow: `env: {GITHUB_TOKEN: ${{ github.token }}}`." if forge == GITHUB else _PROJECT_TOKEN
        raise UsageError(f"{name} is not set", fix=fix)
    return Tokens(Secret(own), Secret(variables.get(_TEAMS_TOKEN, "").strip() or own))


_PROJECT_TOKEN = "Make a project access token with the scope api, and a masked variable of that name."


@dataclass(frozen=True, slots=True)
class _Variables:
    """Variables that must have a certain form."""

    values: Mapping[str, str]

    def get(self, name: str, form: re.Pattern[str]) -> str:
        value = self.values.get(name, "")
        if not value:
            raise UsageError(f"{name} is not set", fix="The forge's CI sets it; run this in a job.")
        if not form.fullmatch(value):
            raise UsageError(f'{name} is "{printable(value[:80])}", which is not what a job is told')
        return value

    def url(self, name: str) -> str:
        """An address that a token may be sent to: https, or this machine."""
        value = self.get(name, _URL)
        parts = urlsplit(value)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UsageError(f"{name} is plain http: anybody on the way would read the token", fix="Use https.")
        return value.rstrip("/")

    def summary(self) -> Path | None:
        path = self.values.get("GITHUB_STEP_SUMMARY")
        return Path(path) if path else None


_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/-]*)?")


def _github(variables: _Variables) -> Context:
    project = variables.get("GITHUB_REPOSITORY", _REPOSITORY)
    server, run = variables.url("GITHUB_SERVER_URL"), variables.get("GITHUB_RUN_ID", _NUMBER)
    number, head = _pull_request(variables)
    return Context(
        GITHUB,
        variables.url("GITHUB_API_URL"),
        project,
        # GITHUB_SHA is a merge that nobody reviews where the job runs for a pull request.
        head or variables.get("GITHUB_SHA", _COMMIT),
        number,
        f"{server}/{project}/actions/runs/{run}",
        variables.summary(),
    )


def _pull_request(variables: _Variables) -> tuple[int | None, str]:
    """Number and newest commit of the pull request in the event that started the job."""
    path = variables.get("GITHUB_EVENT_PATH", re.compile(r"[^\0]+"))
    try:
        event = json.loads(Path(path).read_text("utf-8"))
        if "pull_request" not in event:
            return None, ""
        number, head = event["pull_request"]["number"], event["pull_request"]["head"]["sha"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the event in GITHUB_EVENT_PATH cannot be read ({type(error).__name__})") from None
    if not (isinstance(number, int) and isinstance(head, str) and _COMMIT.fullmatch(head)):
        raise UsageError("the event in GITHUB_EVENT_PATH names no pull request")
    return number, head


def _gitlab(variables: _Variables) -> Context:
    in_change = bool(variables.values.get("CI_MERGE_REQUEST_IID"))
    # In a merged-results pipeline CI_COMMIT_SHA is a merge that nobody reviews.
    source = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"
    head = source if in_change and variables.values.get(source) else "CI_COMMIT_SHA"
    return Context(
        GITLAB,
        variables.url("CI_API_V4_URL"),
        variables.get("CI_PROJECT_ID", _NUMBER),
        variables.get(head, _COMMIT),
        int(variables.get("CI_MERGE_REQUEST_IID", _NUMBER)) if in_change else None,
        variables.url("CI_JOB_URL"),
        None,
    )

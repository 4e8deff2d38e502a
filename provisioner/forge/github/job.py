"""GitHub as the registry knows it, and a job of GitHub Actions by its variables."""

from __future__ import annotations

import json
import re
from pathlib import Path

from provisioner.forge.context import COMMIT, NUMBER, PATH, Context, Tokens, Variables
from provisioner.forge.forge_type import ForgeType, Limits
from provisioner.forge.port import Forge
from provisioner.foundation.errors import UsageError
from provisioner.specs.codeowners.github import GITHUB as DIALECT

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+")  # managed users have an underscore


def _context(variables: Variables) -> Context:
    project = variables.get("GITHUB_REPOSITORY", _REPOSITORY)
    page, run = f"{variables.url('GITHUB_SERVER_URL')}/{project}", variables.get("GITHUB_RUN_ID", NUMBER)
    number, head = _pull_request(variables)
    return Context(
        GITHUB,
        variables.url("GITHUB_API_URL"),
        project,
        # GITHUB_SHA is a merge that nobody reviews where the job runs for a pull request.
        head or variables.get("GITHUB_SHA", COMMIT),
        number,
        page,
        f"{page}/actions/runs/{run}",
        Path(variables.get("GITHUB_STEP_SUMMARY", PATH)) if variables.has("GITHUB_STEP_SUMMARY") else None,
    )


def _outside(variables: Variables) -> Context:
    """GitHub's own service unless the variables name another."""
    known = {"GITHUB_API_URL": "https://api.github.com", "GITHUB_SERVER_URL": "https://github.com"}
    values = Variables({**known, **{name: value for name, value in variables.values.items() if value}})
    project = values.get("GITHUB_REPOSITORY", _REPOSITORY)
    page = f"{values.url('GITHUB_SERVER_URL')}/{project}"
    return Context(GITHUB, values.url("GITHUB_API_URL"), project, "", None, page, page)


def _pull_request(variables: Variables) -> tuple[int | None, str]:
    """Number and newest commit of the pull request in the event that started the job."""
    path = variables.get("GITHUB_EVENT_PATH", PATH)
    try:
        event = json.loads(Path(path).read_text("utf-8"))
        if "pull_request" not in event:
            return None, ""
        number, head = event["pull_request"]["number"], event["pull_request"]["head"]["sha"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the event in GITHUB_EVENT_PATH cannot be read ({type(error).__name__})") from None
    if not (isinstance(number, int) and isinstance(head, str) and COMMIT.fullmatch(head)):
        raise UsageError("the event in GITHUB_EVENT_PATH names no pull request")
    return number, head


def _connect(context: Context, tokens: Tokens) -> Forge:
    from provisioner.forge.github.adapter import GitHub

    return GitHub(context, tokens)


GITHUB = ForgeType(
    "github",
    "GitHub",
    "GitHub Actions",
    DIALECT.job,
    "GITHUB_TOKEN",
    "In a workflow: `env: {GITHUB_TOKEN: ${{ github.token }}}`.",
    # 65,536 characters of a comment or an issue, 1 MiB of a step summary, 140 characters of a status.
    Limits(text=65_000, page=1_000_000, status=140),
    ("github",),
    _context,
    _connect,
    _outside,
)

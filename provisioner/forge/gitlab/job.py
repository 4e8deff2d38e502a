"""GitLab as the registry knows it, and a job of GitLab CI by its variables."""

from __future__ import annotations

from provisioner.forge.context import COMMIT, NUMBER, Context, Tokens, Variables
from provisioner.forge.forge_type import ForgeType, Limits
from provisioner.forge.port import Forge
from provisioner.specs.codeowners.gitlab import GITLAB as DIALECT


def _context(variables: Variables) -> Context:
    in_change = variables.has("CI_MERGE_REQUEST_IID")
    # In a merged-results pipeline CI_COMMIT_SHA is a merge that nobody reviews.
    head = "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"
    if not (in_change and variables.has(head)):
        head = "CI_COMMIT_SHA"
    run = variables.url("CI_JOB_URL")
    # A fork's job runs in the fork, and its merge request is another project's: the number is one of that project.
    project, of_change = variables.get("CI_PROJECT_ID", NUMBER), "CI_MERGE_REQUEST_PROJECT"
    prefix = of_change if in_change and variables.has(f"{of_change}_ID") else "CI_PROJECT"
    return Context(
        GITLAB,
        variables.url("CI_API_V4_URL"),
        variables.get(f"{of_change}_ID", NUMBER) if prefix == of_change else project,
        variables.get(head, COMMIT),
        int(variables.get("CI_MERGE_REQUEST_IID", NUMBER)) if in_change else None,
        variables.url(f"{prefix}_URL") if variables.has(f"{prefix}_URL") else run.partition("/-/")[0],
        run,
    )


def _outside(variables: Variables) -> Context:
    """GitLab's own service unless the variables name another."""
    known = {"CI_API_V4_URL": "https://gitlab.com/api/v4"}
    values = Variables({**known, **{name: value for name, value in variables.values.items() if value}})
    api = values.url("CI_API_V4_URL")
    return Context(GITLAB, api, values.get("CI_PROJECT_ID", NUMBER), "", None, api, api)


def _connect(context: Context, tokens: Tokens) -> Forge:
    from provisioner.forge.gitlab.adapter import GitLab

    return GitLab(context, tokens)


GITLAB = ForgeType(
    "gitlab",
    "GitLab",
    "GitLab CI",
    DIALECT.job,
    "GITLAB_TOKEN",
    "Make a project access token with the scope api, and a masked variable of that name.",
    # A note may have 1,000,000 characters, which nobody reads; 255 characters of a status.
    Limits(text=200_000, page=None, status=255),
    ("gitlab",),
    _context,
    _connect,
    _outside,
)

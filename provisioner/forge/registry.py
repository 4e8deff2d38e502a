"""Every forge, registered once. `--post` takes their names, `approvals --check` finds the one whose job it runs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.forge.context import TEAMS_TOKEN, Context, Variables, read_tokens
from provisioner.forge.forge_type import ForgeType
from provisioner.forge.github.job import GITHUB
from provisioner.forge.gitlab.job import GITLAB
from provisioner.forge.port import Forge
from provisioner.foundation import logging
from provisioner.foundation.errors import UsageError
from provisioner.foundation.proxies import proxy_for

FORGES: Mapping[str, ForgeType] = {forge.name: forge for forge in (GITHUB, GITLAB)}
"""By the word of `--post`."""


def detect(variables: Mapping[str, str]) -> str:
    """The name of the forge whose CI this process runs in. Raises UsageError outside of one."""
    for forge in FORGES.values():
        if variables.get(forge.job) == "true":
            return forge.name
    raise UsageError(
        f"this is no job of {' or '.join(forge.ci for forge in FORGES.values())}, so there is no change to ask about",
        fix="Run it in a job: `provisioner init --forge github` (or gitlab) writes them.",
    )


def open_forge(name: str, variables: Mapping[str, str]) -> Forge:
    """The forge of FORGES with this name, in the job of `variables`. Makes no call. Raises UsageError for what is
    missing."""
    return _connected(FORGES[name], FORGES[name].context, variables)


def open_project(name: str, variables: Mapping[str, str]) -> Forge:
    """The same from anywhere, for the settings of the project that the variables name."""
    forge = FORGES[name]
    return _connected(forge, forge.outside or forge.context, variables)


def markdown() -> str:
    """The table of docs/review.md: each forge's CI, its option, its tokens, and how long a comment may be."""
    rows = [
        f"| {forge.title} | {forge.ci} | `--post {forge.name}` | `{forge.token}`, `{TEAMS_TOKEN}` | "
        f"{forge.limits.text // 1000:,} kB{'' if forge.limits.page is None else ', and more on the page of the job'} |"
        for forge in FORGES.values()
    ]
    head = "| forge | in a job of | posted by | tokens | a comment holds |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _connected(forge: ForgeType, read_context: Callable[[Variables], Context], variables: Mapping[str, str]) -> Forge:
    context, tokens = read_context(Variables(variables)), read_tokens(forge, variables)
    proxy_for(context.api)  # the clients ask the same variables, and fail in code
    logging.silence(*forge.loggers)
    return forge.connect(context, tokens)

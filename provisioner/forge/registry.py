"""The forge that a job runs on, opened."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.forge.context import GITHUB, read_context, read_tokens
from provisioner.forge.port import Forge


def open_forge(kind: str, variables: Mapping[str, str]) -> Forge:
    """`kind` is `github` or `gitlab`, `variables` the job's. Makes no call. Raises UsageError for what is missing."""
    context, tokens = read_context(kind, variables), read_tokens(kind, variables)
    if kind == GITHUB:
        from provisioner.forge.github import GitHub

        return GitHub(context, tokens)
    from provisioner.forge.gitlab import GitLab

    return GitLab(context, tokens)

"""The one question that commands ask before they write: yes or no, and whether anybody can answer."""

from __future__ import annotations

import sys

import click

from provisioner.cli.output import is_terminal
from provisioner.foundation.errors import UsageError

_YES = ("y", "yes")


def can_ask() -> bool:
    """Whether somebody sees what is shown, sees the question, and can answer it."""
    return all(map(is_terminal, (sys.stdin, sys.stdout, sys.stderr)))


def require_answer(yes: bool) -> None:
    """Raises UsageError where neither `--yes` was given nor anybody can be asked."""
    if not yes and not can_ask():
        raise UsageError(
            "nobody can be asked here, so nothing was written",
            fix="Pass --yes to agree beforehand, or run it on a terminal without redirection.",
        )


def agreed(question: str, *, yes: bool = False) -> bool:
    """Whether `--yes` was given, or somebody answers `y` or `yes`; any other answer is no.

    Raises UsageError where nobody can be asked, click.Abort at Ctrl-C and where the input ends instead of an answer.
    """
    require_answer(yes)
    if yes:
        return True
    answer: str = click.prompt(f"{question} [y/N]", default="", show_default=False, err=True)
    return answer.strip().lower() in _YES

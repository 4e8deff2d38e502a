"""The repository around the project: which commit a promotion comes from, and the branch that carries it.

Git is called with lists of arguments, never through a shell.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from provisioner.foundation.errors import ConflictError, ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable

_MOST_CHANGES = 100


class GitError(ProvisionerError):
    """Git is not there, or said no."""


def source_commit(root: Path, environment: str) -> str:
    """The commit that the environment's files and the templates are of; '' without Git, or where they were edited."""
    try:
        if _git(root, "status", "--porcelain", "--", f"environments/{environment}", "templates"):
            return ""
        return _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        return ""


def changes(root: Path, since: str, files: Iterable[str]) -> list[str] | None:
    """Commits that touched `files` after `since` ('': ever), newest first, as `hash subject`; None where unknown."""
    known = f"{since}..HEAD" if since else "HEAD"
    try:
        log = _git(root, "log", f"--max-count={_MOST_CHANGES}", "--format=%h %s", known, "--", *files)
    except GitError:
        return None
    return [printable(line) for line in log.splitlines()]


def check_branch(root: Path, branch: str) -> None:
    """Raises UsageError for a name that is none or is taken, ConflictError where the work tree is not clean."""
    try:
        _git(root, "check-ref-format", "--branch", branch)
    except GitError:
        raise UsageError(f'"{printable(branch)}" is no name for a branch') from None
    if _git(root, "branch", "--list", "--format=%(refname:short)", branch):
        raise UsageError(f"the branch {branch} exists already", fix="Choose another name, or delete that branch first.")
    if dirty := _git(root, "status", "--porcelain"):
        first = printable(dirty.splitlines()[0])
        raise ConflictError(
            f"the work tree is not clean ({first})", fix="Commit or stash first: the branch starts here."
        )


def commit_on(root: Path, branch: str, files: Sequence[str], message: str) -> None:
    """Commit `files`, which are written already, on a new `branch`. Raises GitError, back on the branch before."""
    before = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    before = before if before != "HEAD" else _git(root, "rev-parse", "HEAD")
    _git(root, "switch", "--quiet", "--create", branch)
    try:
        _git(root, "add", "--", *files)
        _git(root, "commit", "--quiet", "--file=-", given=message)
    except GitError:
        _git(root, "reset", "--quiet")
        detached = [] if before and _is_branch(root, before) else ["--detach"]
        _git(root, "switch", "--quiet", *detached, before)
        _git(root, "branch", "--quiet", "-D", branch)
        raise


def _is_branch(root: Path, name: str) -> bool:
    return bool(_git(root, "branch", "--list", "--format=%(refname:short)", name))


def _git(root: Path, *arguments: str, given: str | None = None) -> str:
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *arguments]
    try:
        ran = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", errors="replace", check=False)
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror or error}", fix="Install Git.") from None
    if ran.returncode:
        words = printable(ran.stderr.strip().replace("\n", "; ")) or f"exit code {ran.returncode}"
        raise GitError(f"git {arguments[0]}: {words}", where=str(root))
    return ran.stdout.rstrip("\n")

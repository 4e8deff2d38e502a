"""The specs as a Git commit has them, without touching the work tree."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.specs.documents.environment import Environment
from provisioner.specs.files import ENVIRONMENTS, TEMPLATES
from provisioner.specs.workspace import SpecErrors, Workspace

_LINK = b"120000"


@dataclass(frozen=True, slots=True)
class Revision:
    """One environment as commit `commit` (40 hex digits) has it, which people called `ref`.

    `environment` is None where the commit has no such environment, or where `errors` stand against it.
    """

    ref: str
    commit: str
    environment: Environment | None
    errors: SpecErrors | None = None


def revision(workspace: Workspace, ref: str, name: str) -> Revision:
    """The environment `name` of the workspace's repository as of `ref`. Raises UsageError where Git has no `ref`."""
    commit = commit_of(workspace.root, ref)
    with checked_out(workspace.root, commit, workspace.clock) as base:
        if name not in base.environment_names():
            return Revision(ref, commit, None)
        try:
            return Revision(ref, commit, base.environment(name))
        except SpecErrors as errors:
            return Revision(ref, commit, None, errors)


def commit_of(root: Path, ref: str) -> str:
    """The commit that `ref` names, as 40 hex digits. Raises UsageError."""
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except FileNotFoundError:
        raise UsageError("git is not on the path", fix="Install Git; --base reads the specs of a commit.") from None
    except subprocess.CalledProcessError:
        raise UsageError(
            f'Git knows no commit "{printable(ref)}" here',
            where=str(root),
            fix="Name a branch, tag or commit; in CI fetch it first (`git fetch origin main`, or fetch-depth: 0).",
        ) from None
    return found.decode().strip()


@contextmanager
def checked_out(root: Path, commit: str, clock: Clock = system_clock) -> Iterator[Workspace]:
    """A workspace of its own with the spec files of `commit`, in a folder that goes away afterwards."""
    with TemporaryDirectory(prefix="trtc-base-") as folder:
        target = Path(folder)
        (target / ENVIRONMENTS).mkdir()
        _copy(root, commit, target)
        yield Workspace(target, clock)


def _copy(root: Path, commit: str, target: Path) -> None:
    # Not `git archive`: attributes may leave files out of it, or rewrite them.
    listing = _git(root, "ls-tree", "-r", "-z", commit, "--", ENVIRONMENTS, TEMPLATES)
    entries = [entry.partition(b"\t") for entry in listing.split(b"\0") if entry]
    blobs = [(head.split(), path.decode("utf-8", "surrogateescape")) for head, _, path in entries]
    wanted = [(fields[0], fields[2], path) for fields, path in blobs if fields[1] == b"blob"]
    contents = _contents(root, [digest for _, digest, _ in wanted])
    for (mode, _, path), content in zip(wanted, contents, strict=True):
        file = target / PurePosixPath(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            file.symlink_to(content.decode("utf-8", "surrogateescape"))
        else:
            file.write_bytes(content)


def _contents(root: Path, digests: list[bytes]) -> Iterator[bytes]:
    """The blobs' bytes, in order, from one process."""
    answer = _git(root, "cat-file", "--batch", given=b"\n".join(digests) + b"\n") if digests else b""
    start = 0
    for _ in digests:
        head, _, _ = answer[start : start + 200].partition(b"\n")
        size = int(head.split()[2])
        start += len(head) + 1
        yield answer[start : start + size]
        start += size + 1


def _git(root: Path, *arguments: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=True).stdout

"""The specs as a Git commit has them, without touching the work tree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.foundation import git
from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.git import LINK, Blob, commit_of
from provisioner.specs.application_cache import ApplicationCache, Snapshot
from provisioner.specs.codeowners.owners import owners_at
from provisioner.specs.documents.commit_files import CommitFiles
from provisioner.specs.documents.environment import Environment
from provisioner.specs.files import NO_DRAFTS
from provisioner.specs.layout import ENVIRONMENT_FILE, ENVIRONMENTS, POLICIES, TEMPLATES
from provisioner.specs.workspace import SpecErrors, Workspace
from provisioner.specs.yaml.reader import Malformed, read


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
    """The environment `name` of the workspace's repository as of `ref`. Raises GitError."""
    commit = commit_of(workspace.root, ref)
    with checked_out(workspace.root, commit, workspace.clock, workspace.cache) as base:
        if name not in base.environment_names():
            return Revision(ref, commit, None)
        try:
            return Revision(ref, commit, base.environment(name))
        except SpecErrors as errors:
            return Revision(ref, commit, None, errors)


@contextmanager
def checked_out(
    root: Path, commit: str, clock: Clock = system_clock, cache: ApplicationCache | None = None
) -> Iterator[Workspace]:
    """A workspace of its own with the spec files of `commit`, which a `cache` spares looking up again.

    They are read when somebody asks; where one is a link, all stand in a folder that goes away afterwards.
    """
    snapshots: dict[str, Snapshot] = {} if cache is None else cache.snapshots
    snapshot = snapshots.get(commit) or snapshots.setdefault(commit, _snapshot(root, commit))
    with TemporaryDirectory(prefix="trtc-base-") as folder:
        target = Path(folder)
        drafts = snapshot.files
        if drafts is None:
            (target / ENVIRONMENTS).mkdir()
            _write(git.read_files(root, snapshot.listed), target)
        yield Workspace(target, clock, drafts or NO_DRAFTS, cache=cache, owners=snapshot.owners)


def _snapshot(root: Path, commit: str) -> Snapshot:
    listed = git.listed_files(root, commit, [ENVIRONMENTS, TEMPLATES, POLICIES])
    own = CommitFiles(root, [file for file in listed if ENVIRONMENT_FILE.holds(file.path) and file.mode != LINK])
    if named := sorted({named for file, data in own.items() for named in _named(data, file)}):
        listed += git.listed_files(root, commit, named)
    linked = any(file.mode == LINK for file in listed)
    return Snapshot(tuple(listed), None if linked else CommitFiles(root, listed), owners_at(root, commit))


def _write(blobs: list[Blob], target: Path) -> None:
    # Links last, so that no file is written through one.
    for blob in sorted(blobs, key=lambda blob: blob.mode == LINK):
        file = target / blob.path
        file.parent.mkdir(parents=True, exist_ok=True)
        if blob.mode == LINK:
            file.symlink_to(os.fsdecode(blob.content))
        else:
            file.write_bytes(blob.content)


def _named(data: bytes, path: str) -> Iterator[str]:
    """The price list that an environment's file names: without it the environment could not be read."""
    try:
        document = read(data, path).plain()
    except Malformed:
        return  # told where the environment is read
    file = document.get("prices") if isinstance(document, dict) else None
    if isinstance(file, str) and file and not file.startswith("/") and ".." not in file.split("/"):
        yield file

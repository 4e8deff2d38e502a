"""The specs as a Git commit has them, without touching the work tree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.git import LINK, Blob, commit_of, files_of
from provisioner.specs.application_cache import ApplicationCache
from provisioner.specs.codeowners.owners import owners_at
from provisioner.specs.documents.environment import Environment
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
    """A workspace of its own with the spec files of `commit`.

    They are held in memory; where one is a link, all stand in a folder that goes away afterwards.
    """
    blobs = _spec_blobs(root, commit)
    with TemporaryDirectory(prefix="trtc-base-") as folder:
        target = Path(folder)
        drafts = {} if any(blob.mode == LINK for blob in blobs) else {blob.path: blob.content for blob in blobs}
        if not drafts:
            (target / ENVIRONMENTS).mkdir()
            _write(blobs, target)
        yield Workspace(target, clock, drafts, cache=cache, owners=owners_at(root, commit))


def _spec_blobs(root: Path, commit: str) -> list[Blob]:
    blobs = files_of(root, commit, [ENVIRONMENTS, TEMPLATES, POLICIES])
    if named := sorted({file for blob in blobs for file in _named(blob)}):
        blobs += files_of(root, commit, named)
    return blobs


def _write(blobs: list[Blob], target: Path) -> None:
    # Links last, so that no file is written through one.
    for blob in sorted(blobs, key=lambda blob: blob.mode == LINK):
        file = target / blob.path
        file.parent.mkdir(parents=True, exist_ok=True)
        if blob.mode == LINK:
            file.symlink_to(os.fsdecode(blob.content))
        else:
            file.write_bytes(blob.content)


def _named(blob: Blob) -> Iterator[str]:
    """The price list that an environment's file names: without it the environment could not be read."""
    if not ENVIRONMENT_FILE.holds(blob.path) or blob.mode == LINK:
        return
    try:
        document = read(blob.content, blob.path).plain()
    except Malformed:
        return  # told where the environment is read
    file = document.get("prices") if isinstance(document, dict) else None
    if isinstance(file, str) and file and not file.startswith("/") and ".." not in file.split("/"):
        yield file

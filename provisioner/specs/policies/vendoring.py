"""Copies policies of others into `policies/vendor/`: the only place that fetches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from provisioner.foundation import git
from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.named_files import named_folder
from provisioner.recording.findings import Finding
from provisioner.specs.documents.policy import read_policy
from provisioner.specs.documents.policy_sources import (
    LockedSource,
    PolicySource,
    policy_lock_text,
    read_policy_lock,
    read_sources,
    vendored_file,
)
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import NAME, POLICY_LOCK, POLICY_SOURCES
from provisioner.specs.policies.policy_files import digest_of
from provisioner.specs.yaml.reader import MAX_BYTES, Malformed

_MOST_FILES = 200


class BrokenSource(ProvisionerError):
    """A source whose policies are not to be used, with every reason."""

    def __init__(self, source: PolicySource, findings: Sequence[Finding]) -> None:
        super().__init__(
            "\n".join(map(str, findings)),
            fix=f"Nothing was copied: {source.name} is broken at {source.text}. Name another in {POLICY_SOURCES}.",
        )


def vendor(root: Path, chosen: Sequence[str] = ()) -> dict[str, FileChange]:
    """What changes once the chosen sources, or all, are copied and locked. Raises ProvisionerError where one is broken.

    Files come first and the lock last: no reader takes a copy that the lock does not hold.
    """
    files = SpecFiles(root)
    try:
        sources, locked = read_sources(files), read_policy_lock(files)
    except Malformed as error:
        raise ProvisionerError("\n".join(map(str, error.findings))) from None
    if not sources:
        raise UsageError("there is no source to copy from", where=POLICY_SOURCES, fix="docs/policies.md shows one.")
    known = {source.name: source for source in sources}
    for name in chosen:
        if name not in known:
            raise UsageError(f'there is no source "{name}"{did_you_mean(name, known)}', where=POLICY_SOURCES)
    fetched = {source.name: _checked(root, source) for source in sources if not chosen or source.name in chosen}
    kept = {name: entry for name, entry in locked.items() if name in known and name not in fetched}
    for name, copies in fetched.items():
        digests = {policy: digest_of(data) for policy, data in copies.items()}
        kept[name] = LockedSource(known[name].text, digests)
    return _changes(files, fetched, kept, set(known))


def _changes(
    files: SpecFiles,
    fetched: Mapping[str, Mapping[str, bytes]],
    locked: Mapping[str, LockedSource],
    known: set[str],
) -> dict[str, FileChange]:
    wanted = {vendored_file(name, policy): data for name, copies in fetched.items() for policy, data in copies.items()}
    wanted[POLICY_LOCK] = policy_lock_text(locked).encode()
    there = {name: files.vendored_policies(name).names for name in files.policy_sources().names}
    stale = [
        vendored_file(name, policy)
        for name, policies in there.items()
        for policy in policies
        if name not in known or (name in fetched and policy not in fetched[name])
    ]
    before = {file: (files.root / file).read_bytes() if files.has(file) else None for file in [*stale, *wanted]}
    changes = {file: FileChange(before[file], wanted.get(file)) for file in before}  # the lock is the last of them
    return {file: change for file, change in changes.items() if change.before != change.after}


def _checked(root: Path, source: PolicySource) -> Mapping[str, bytes]:
    """A source's files by their policy's name, each one read as it will be."""
    copies = _fetched(root, source)
    drafts = {vendored_file(source.name, policy): data for policy, data in copies.items()}
    files, findings = SpecFiles(root, drafts), []
    for policy in copies:
        try:
            read_policy(files, f"{source.name}.{policy}")
        except Malformed as error:
            findings += error.findings
    if findings:
        raise BrokenSource(source, findings)
    return copies


def _fetched(root: Path, source: PolicySource) -> Mapping[str, bytes]:
    found = _of_git(source) if source.commit else _of_folder(named_folder(root, source.folder, {}), source)
    copies = {
        name: data
        for file, data in sorted(found.items())
        if file.endswith(".yaml") and NAME.fullmatch(name := file.removesuffix(".yaml"))
    }
    if not copies:
        raise ProvisionerError(f"holds no policy: no NAME.yaml in {source.text}", where=source.where)
    if len(copies) > _MOST_FILES or any(len(data) > MAX_BYTES for data in copies.values()):
        raise ProvisionerError(f"holds more than {_MOST_FILES} policies, or one above 1 MiB", where=source.where)
    return copies


def _of_git(source: PolicySource) -> dict[str, bytes]:
    start = f"{source.folder}/" if source.folder else ""
    blobs = git.fetched_files(source.url, source.commit, source.folder)
    own = (blob for blob in blobs if blob.path.startswith(start) and "/" not in blob.path[len(start) :])
    return {blob.path[len(start) :]: blob.content for blob in own if blob.mode != git.LINK}


def _of_folder(folder: Path, source: PolicySource) -> dict[str, bytes]:
    files = SpecFiles(folder)
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
        return {name: files.read(name) for name in names[: _MOST_FILES + 1]}
    except OSError as error:
        raise ProvisionerError(f"{source.text} cannot be read: {error.strerror}", where=source.where) from None
    except Malformed as error:
        raise BrokenSource(source, error.findings) from None

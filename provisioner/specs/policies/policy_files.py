"""All policies of a project: its own, and the copied ones as their lock has them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding
from provisioner.specs.documents.policy import read_policy
from provisioner.specs.documents.policy_sources import (
    LockedSource,
    read_policy_lock,
    read_sources,
    stale,
    unlocked,
    vendored_file,
)
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import POLICY_LOCK, VENDORED
from provisioner.specs.policies.policy_set import Policies
from provisioner.specs.yaml.reader import Malformed


def read_policies(files: SpecFiles) -> Policies:
    """The policies below `policies/`; a copied one that is not as locked is an error and is not read."""
    listing = files.policies()
    findings = list(listing.findings)
    names = [*listing.names, *_vendored(files, findings)]
    found = []
    for name in sorted(names):
        try:
            found.append(read_policy(files, name))
        except Malformed as error:
            findings += error.findings
    return Policies(tuple(found), tuple(findings))


def digest_of(data: bytes) -> str:
    """The digest of a copied file, as the lock holds it."""
    return f"sha256:{sha256(data).hexdigest()}"


def _vendored(files: SpecFiles, findings: list[Finding]) -> Iterator[str]:
    folders = files.policy_sources()
    findings += folders.findings
    try:
        sources, locked = read_sources(files), read_policy_lock(files)
    except Malformed as error:
        findings += error.findings
        return
    findings += stale(sources, locked)
    for name in sorted({*folders.names, *locked}):
        if name not in locked:
            findings.append(unlocked("this folder is not locked", Location(f"{VENDORED}/{name}")))
            continue
        listing = files.vendored_policies(name)
        findings += listing.findings
        yield from _as_locked(files, name, locked[name], set(listing.names), findings)


def _as_locked(
    files: SpecFiles, source: str, locked: LockedSource, there: set[str], findings: list[Finding]
) -> Iterator[str]:
    for policy in sorted({*there, *locked.digests}):
        file = vendored_file(source, policy)
        if policy not in locked.digests:
            findings.append(unlocked(f"is not among the files of {source} in {POLICY_LOCK}", Location(file)))
        elif policy not in there:
            findings.append(unlocked(f"is locked in {POLICY_LOCK} and is not there", Location(file)))
        else:
            try:
                data = files.read(file)
            except Malformed as error:
                findings += error.findings
                continue
            if digest_of(data) != locked.digests[policy]:
                findings.append(unlocked(f"is not the file that {POLICY_LOCK} has the digest of", Location(file)))
            else:
                yield f"{source}.{policy}"

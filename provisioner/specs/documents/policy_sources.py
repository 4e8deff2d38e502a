"""Policies of others: `policies/vendor/sources.yaml` says where from, `sources.lock` what was copied.

A source in Git is pinned by its commit, and every copied file by its digest: nothing is fetched but by `provisioner
policy vendor`, and whoever reads a copied policy checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.document import DocumentKind, read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import (
    POLICY_LOCK,
    POLICY_LOCK_FILE,
    POLICY_SOURCES_FILE,
    VENDORED_POLICY_FILE,
)
from provisioner.specs.layout import POLICY_SOURCES as SOURCES
from provisioner.specs.schema.shapes import DIGEST, NAME, Schema, by_name, document, header, mapping
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Malformed

VENDORED_BY = "provisioner policy vendor"

_FOLDER = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_GIT = re.compile(
    r"git\+(?P<url>(https://[A-Za-z0-9.-]+(:[0-9]+)?|ssh://([A-Za-z0-9_.-]+@)?[A-Za-z0-9.-]+(:[0-9]+)?|file://)"
    rf"/[A-Za-z0-9_./~-]+)@(?P<commit>[0-9a-f]{{40}}([0-9a-f]{{24}})?)(#(?P<folder>({_FOLDER}/)*{_FOLDER}))?"
)
_PATH = re.compile(rf"(\.\./)*({_FOLDER}/)*{_FOLDER}")
_TAKES = (
    "takes git+https://HOST/REPOSITORY.git@COMMIT#FOLDER, COMMIT of 40 digits and #FOLDER where the files lie in one; "
    "git+ssh://, git+file://; or a folder's path from the project's root"
)
_FROM: Schema = {"type": "string", "minLength": 1, "maxLength": 500}


@dataclass(frozen=True, slots=True)
class PolicySource:
    """Where policies come from: a folder of a commit in a repository, or a folder beside the project.

    `url` and `commit` are empty for a folder of the file system.
    """

    name: str
    text: str
    where: Location
    folder: str
    url: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class LockedSource:
    """What was copied of a source: from where, and the digest of each file by its policy's own name."""

    text: str
    digests: Mapping[str, str]


def schema() -> Schema:
    """The schema of sources.yaml."""
    entry = mapping({"from": {**_FROM, "description": f"The policies' place: {_TAKES}."}}, "from")
    properties = {
        **header("PolicySources"),
        "sources": by_name(
            entry, propertyNames={**NAME, "description": "The source's name."}, description="Sources by name."
        ),
    }
    about = f"Where policies of others come from; `{VENDORED_BY}` copies them beside this file."
    return document("PolicySources", about, mapping(properties, *properties))


def lock_schema() -> Schema:
    """The schema of sources.lock."""
    digests = by_name({**DIGEST, "description": "Digest of the file."}, description="Digests by policy.")
    entry = mapping({"from": {**_FROM, "description": "Where the files were copied from."}, "files": digests})
    properties = {
        **header("PolicyLock"),
        "sources": by_name({**entry, "required": ["from", "files"]}, description="What was copied, by source."),
    }
    about = f"Digests of the policies that were copied. Written by `{VENDORED_BY}`."
    return document("PolicyLock", about, mapping(properties, *properties))


POLICY_SOURCES = DocumentKind("policy-sources", schema, place=POLICY_SOURCES_FILE, migrates=True)
POLICY_LOCKED = DocumentKind("policy-lock", lock_schema, place=POLICY_LOCK_FILE, migrates=True)


def read_sources(files: SpecFiles) -> tuple[PolicySource, ...]:
    """The sources, by name; none where there is no such file. Raises Malformed."""
    if not files.has(SOURCES):
        return ()
    node = read_document(files, SOURCES, POLICY_SOURCES).node
    found, findings = [], []
    for name, entry in sorted(node.value["sources"].value.items()):
        place = entry.below("from")
        source = _source(name, place.plain(), entry.key_at(SOURCES))
        if source is None:
            findings.append(unfit(f"from {_TAKES}", place, SOURCES, f"/sources/{name}/from"))
        else:
            found.append(source)
    if findings:
        raise Malformed(findings)
    return tuple(found)


def _source(name: str, text: str, where: Location) -> PolicySource | None:
    if git := _GIT.fullmatch(text):
        if "/../" in f"{git['url']}/":
            return None
        return PolicySource(name, text, where, git["folder"] or "", git["url"], git["commit"])
    if _PATH.fullmatch(text):
        return PolicySource(name, text, where, text)
    return None


def read_policy_lock(files: SpecFiles) -> Mapping[str, LockedSource]:
    """What was copied, by source; nothing where there is no lock. Raises Malformed."""
    if not files.has(POLICY_LOCK):
        return {}
    plain = read_document(files, POLICY_LOCK, POLICY_LOCKED).node.plain()
    return {name: LockedSource(entry["from"], entry["files"]) for name, entry in plain["sources"].items()}


def policy_lock_text(locked: Mapping[str, LockedSource]) -> str:
    """The lock file."""
    lines = [
        f"# Policies of others, each with the digest of its file. `{VENDORED_BY}` writes this file.",
        "apiVersion: recording/v1",
        "kind: PolicyLock",
        "sources:" if locked else "sources: {}",
    ]
    for name, source in sorted(locked.items()):
        lines += [f"  {name}:", f"    from: {source.text}", "    files:" if source.digests else "    files: {}"]
        lines += [f"      {policy}: {digest}" for policy, digest in sorted(source.digests.items())]
    return "\n".join(lines) + "\n"


def vendored_file(source: str, policy: str) -> str:
    """Where a copied policy lies."""
    return VENDORED_POLICY_FILE.of(source=source, name=policy)


def unlocked(message: str, where: Location) -> Finding:
    """REC101 against copies that are not what the lock says."""
    return Finding("REC101", Severity.ERROR, f"{message}; `{VENDORED_BY}` copies what the source holds", where)


def stale(sources: tuple[PolicySource, ...], locked: Mapping[str, LockedSource]) -> Iterator[Finding]:
    """Findings where sources.yaml and the lock disagree."""
    for source in sources:
        if source.name not in locked:
            yield unlocked(f"{source.name} has not been copied", source.where)
        elif locked[source.name].text != source.text:
            yield unlocked(f"{source.name} was copied from another place than this", source.where)
    known = {source.name for source in sources}
    for name in sorted(set(locked) - known):
        yield unlocked(f"{name} is locked and stands in no {SOURCES}", Location(POLICY_LOCK))

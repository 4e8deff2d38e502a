"""What a promotion moved, as a file in Git: `environments/<env>/promotions/<time>-<digest>.yaml`.

Of each application it holds what moved, what the source's file said (the base of the next three-way merge) and what
the target's file says since (what a rollback restores). Values stand by path as in `promotion/written.py`: null
deletes, `{}` is a block that holds nothing itself. The digest covers everything else in the file. It shows that a
record was edited; it is no signature: who may promote is decided by who may merge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.lock import digest
from provisioner.specs.files import ENVIRONMENTS, SpecFiles
from provisioner.specs.schema import checking
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.reader import Malformed, read

API_VERSION = "promotion/v1"
MAX_BYTES = 16 << 20
"""A record of thousands of applications; people write none."""

_NOTE = "# Written by `provisioner promote`. Never edited: promote again, or go back with `provisioner promote --to`."


@dataclass(frozen=True, slots=True)
class Promoted:
    """One application's share. `source` is its name there; `moved` has `before` and `after` by path, where they are."""

    source: str
    moved: Mapping[str, Mapping[str, Any]]
    base: Mapping[str, Any]
    leaves: Mapping[str, Any]

    def statement(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "moved": {path: dict(self.moved[path]) for path in sorted(self.moved)},
            "base": {path: self.base[path] for path in sorted(self.base)},
            "leaves": {path: self.leaves[path] for path in sorted(self.leaves)},
        }


@dataclass(frozen=True, slots=True)
class Bypass:
    """Why a gate was passed over, and the last day (YYYY-MM-DD) on which that counts."""

    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class JudgedGate:
    """What a gate said: `pass`, `fail` or `unknown`, what it saw, and why it was passed over, if it was."""

    verdict: str
    evidence: str
    bypass: Bypass | None = None

    def statement(self) -> dict[str, Any]:
        said: dict[str, Any] = {"verdict": self.verdict, "evidence": self.evidence}
        by = self.bypass
        return {**said, "bypass": {"reason": by.reason, "expires": by.expires}} if by else said


@dataclass(frozen=True, slots=True)
class Record:
    """One promotion into `environment`. `commit` is the source's, '' where there is none to name.

    `restores` names the record that a rollback went back to. `templates` are digests by pin of the versions that the
    promoted applications record by since; `gates` are by id.
    """

    environment: str
    source: str
    commit: str
    when: datetime
    who: str
    applications: Mapping[str, Promoted]
    templates: Mapping[str, str]
    gates: Mapping[str, JudgedGate] = field(default_factory=dict)
    restores: str = ""

    def statement(self) -> dict[str, Any]:
        """What was done, as JSON: everything that the file holds except the digest."""
        optional = {"commit": self.commit, "restores": self.restores}
        return {
            "apiVersion": API_VERSION,
            "kind": "Promotion",
            "environment": self.environment,
            "source": self.source,
            **{key: value for key, value in optional.items() if value},
            "when": timestamp(self.when),
            "who": self.who,
            "applications": {name: self.applications[name].statement() for name in sorted(self.applications)},
            "templates": {pin: self.templates[pin] for pin in sorted(self.templates)},
            "gates": {gate: self.gates[gate].statement() for gate in sorted(self.gates)},
        }

    @property
    def digest(self) -> str:
        return digest(self.statement())

    @property
    def name(self) -> str:
        """The file's, without its suffix: `20260131T120000Z-3141b8e6a0b4`; names sort by time."""
        return f"{self.when.astimezone(UTC):%Y%m%dT%H%M%SZ}-{self.digest.removeprefix('sha256:')[:12]}"

    @property
    def file(self) -> str:
        return file_of(self.environment, self.name)

    @property
    def data(self) -> bytes:
        """The file's bytes: the same promotion gives the same ones."""
        document = self.statement()
        head = {key: document.pop(key) for key in [*document][: [*document].index("who") + 1]}
        return f"{_NOTE}\n{dump({**head, 'digest': self.digest, **document})}".encode()


def file_of(environment: str, name: str) -> str:
    return f"{ENVIRONMENTS}/{environment}/promotions/{name}.yaml"


def parse(data: bytes, file: str) -> Record:
    """The record in `data`; `file` says whose it is. Raises Malformed where it is none, or was edited."""
    node = read(data, file, MAX_BYTES)
    if findings := checking.check(node, "promotion", file):
        raise Malformed(findings)
    plain = node.plain()
    try:
        when = datetime.strptime(plain["when"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        message = f'"{plain["when"]}" is no moment'
        raise Malformed([Finding("REC011", Severity.ERROR, message, node.below("when").at(file))]) from None
    record = Record(
        plain["environment"],
        plain["source"],
        plain.get("commit", ""),
        when,
        plain["who"],
        {name: Promoted(**share) for name, share in plain["applications"].items()},
        plain["templates"],
        {gate: _judged(**said) for gate, said in plain["gates"].items()},
        plain.get("restores", ""),
    )
    if plain["digest"] != record.digest:
        raise Malformed(
            [_edited("was edited after it was written: its digest is another", node.below("digest").at(file))]
        )
    if file != record.file:
        raise Malformed([_edited(f"is not called as it was written, {record.file}", Location(file))])
    return record


def _judged(verdict: str, evidence: str, bypass: Mapping[str, str] | None = None) -> JudgedGate:
    return JudgedGate(verdict, evidence, Bypass(**bypass) if bypass else None)


def _edited(message: str, where: Location) -> Finding:
    fix = "take it back from Git"
    return Finding("REC025", Severity.ERROR, f"{message}; {fix}", where)


def read_records(files: SpecFiles, environment: str) -> tuple[list[Record], list[Finding]]:
    """Every promotion into an environment, oldest first, and what is wrong with those that cannot be trusted."""
    listing = files.promotions(environment)
    records, findings = [], list(listing.findings)
    for name in listing.names:
        file = file_of(environment, name)
        try:
            records.append(parse(files.read(file, MAX_BYTES), file))
        except Malformed as error:
            findings += error.findings
    return records, findings

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
from provisioner.specs.documents.digest import digest
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import PROMOTION_FILE, promotion_file
from provisioner.specs.schema import checking
from provisioner.specs.schema.shapes import DAY, DIALECT, DIGEST, MOMENT, NAME, PIN, Schema, header, mapping
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.checks import moment
from provisioner.specs.yaml.reader import Malformed, read

API_VERSION = "promotion/v1"
MAX_BYTES = 16 << 20
"""A record of thousands of applications; people write none."""

_NOTE = "# Written by `provisioner promote`. Never edited: promote again, or go back with `provisioner promote --to`."


_TEXT = {"type": "string", "minLength": 1, "maxLength": 4000}
_LEAF: Schema = {
    "type": ["string", "integer", "boolean", "null", "array", "object"],
    "items": {"type": "string"},
    "maxProperties": 0,
    "description": "Canonical spec text. null deletes, {} is a block that holds nothing itself.",
}


def schema() -> Schema:
    """A record is written by the tool only, so that everything in it is required and nothing else may stand there."""
    leaves = _by(_LEAF, "^/recording/", "Values of the application's own file, by path.")
    moved = _block({"before": _LEAF, "after": _LEAF}, "What the file said before and says since; none: nothing.")
    application = _block(
        {
            "source": {**NAME, "description": "The application's name in the source."},
            "moved": _by(moved, "^/recording/", "What moved, by path."),
            "base": {**leaves, "description": "What the source's file said: the base of the next promotion."},
            "leaves": {**leaves, "description": "What the target's file says since: what a rollback restores."},
        },
        "One application's share.",
        "source",
        "moved",
        "base",
        "leaves",
    )
    bypass = _block(
        {
            "reason": {**_TEXT, "description": "Why."},
            "expires": {**DAY, "description": "Its last day."},
        },
        "Why the gate was passed over.",
        "reason",
        "expires",
    )
    gate = _block(
        {
            "verdict": {"enum": ["pass", "fail", "unknown"], "description": "What the gate said."},
            "evidence": {**_TEXT, "description": "What it saw."},
            "bypass": bypass,
        },
        "A gate that was asked.",
        "verdict",
        "evidence",
    )
    properties: Schema = {
        **header("Promotion", API_VERSION),
        "environment": {**NAME, "description": "Where to."},
        "source": {**NAME, "description": "Where from."},
        "commit": {"type": "string", "pattern": "^[0-9a-f]{40,64}$", "description": "The source's commit."},
        "restores": {"type": "string", "description": "The record that a rollback went back to."},
        "when": {**MOMENT, "description": "When, in UTC."},
        "who": {**_TEXT, "description": "Who promoted."},
        "digest": {**DIGEST, "description": "Over everything else in this file: an edit by hand shows."},
        "applications": _by(application, NAME["pattern"], "What was promoted, by the name in this environment."),
        "templates": _by(DIGEST, PIN["pattern"], "Digests by version."),
        "gates": _by(gate, "^[a-z-]+$", "What was asked before, by the gate's id."),
    }
    optional = ("commit", "restores")
    document = _block(properties, "One promotion, as it was.", *(key for key in properties if key not in optional))
    return {"$schema": DIALECT, "title": "Promotion", **document}


def _block(properties: Schema, about: str, *required: str) -> Schema:
    return mapping(properties, *required, description=about)


def _by(entry: Schema, names: str, about: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": entry,
        "propertyNames": {"pattern": names, "description": about},
        "properties": {},
        "description": about,
    }


PROMOTION = DocumentKind("promotion", schema, place=PROMOTION_FILE)


@dataclass(frozen=True, slots=True)
class Promoted:
    """One application's share. `source` is its name there; `moved` has `before` and `after` by path, where they are."""

    source: str
    moved: Mapping[str, Mapping[str, Any]]
    base: Mapping[str, Any]
    leaves: Mapping[str, Any]

    def statement(self) -> dict[str, Any]:
        """What the record's digest is made of: this application's share."""
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
        """What the record's digest is made of: this gate's verdict."""
        said: dict[str, Any] = {"verdict": self.verdict, "evidence": self.evidence}
        by = self.bypass
        return {**said, "bypass": {"reason": by.reason, "expires": by.expires}} if by else said


@dataclass(frozen=True, slots=True)
class PromotionRecord:
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
        """SHA-256 over the statement: everything that the file holds but this."""
        return digest(self.statement())

    @property
    def name(self) -> str:
        """The file's, without its suffix: `20260131T120000Z-3141b8e6a0b4`; names sort by time."""
        return f"{self.when.astimezone(UTC):%Y%m%dT%H%M%SZ}-{self.digest.removeprefix('sha256:')[:12]}"

    @property
    def file(self) -> str:
        """Where the record is kept, from the project's root."""
        return promotion_file(self.environment, self.name)

    @property
    def data(self) -> bytes:
        """The file's bytes: the same promotion gives the same ones."""
        document = self.statement()
        head = {key: document.pop(key) for key in [*document][: [*document].index("who") + 1]}
        return f"{_NOTE}\n{dump({**head, 'digest': self.digest, **document})}".encode()


def parse(data: bytes, file: str) -> PromotionRecord:
    """The record in `data`; `file` says whose it is. Raises Malformed where it is none, or was edited."""
    node = read(data, file, MAX_BYTES)
    if findings := checking.check(node, PROMOTION.name, file):
        raise Malformed(findings)
    plain = node.plain()
    when = moment(node.below("when"), file)
    record = PromotionRecord(
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


def read_records(files: SpecFiles, environment: str) -> tuple[list[PromotionRecord], list[Finding]]:
    """Every promotion into an environment, oldest first, and what is wrong with those that cannot be trusted."""
    listing = files.promotions(environment)
    records, findings = [], list(listing.findings)
    for name in listing.names:
        file = promotion_file(environment, name)
        try:
            records.append(parse(files.read(file, MAX_BYTES), file))
        except Malformed as error:
            findings += error.findings
    return records, findings

"""What an environment asks before anything is promoted into it: `gates`, `freeze` and `ladder` of environment.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Amount
from provisioner.specs.keys.freeze import Freeze, parse_freeze
from provisioner.specs.yaml.reader import Node

SOAK = Amount(Dimension.TIME, "1s", "365d")
"""How long the source must have lived with what moves."""


@dataclass(frozen=True, slots=True)
class Gating:
    """`soak` in seconds, 0 where none is asked for; `evidence` is how many recordings must have been seen.

    `ladder` names the environments that may be promoted into this one; None: those of the tier below.
    """

    soak: int = 0
    evidence: int = 0
    freezes: tuple[Freeze, ...] = ()
    ladder: tuple[str, ...] | None = None


def gating_schema(name: dict[str, Any]) -> dict[str, Any]:
    """The three keys, by the schema of a name."""
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    window = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "from": {**text, "description": "Fri 16:00 for every week, 2026-12-20T00:00 for once."},
            "until": {**text, "description": "As from; the window ends there."},
            "zone": {**text, "description": "Whose clock: a name such as Europe/Berlin."},
            "reason": {**text, "description": "Why, in a sentence."},
        },
        "required": ["from", "until", "zone"],
    }
    return {
        "gates": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "soak": {**SOAK.schema(), "description": f"How long the source must run what moves; {SOAK.takes}."},
                "evidence": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 1000,
                    "description": "How many recordings of the source must have been seen since it runs that.",
                },
            },
            "description": "What is asked before something is promoted into this environment, beside what always is.",
        },
        "freeze": {
            "type": "object",
            "properties": {},
            "additionalProperties": window,
            "description": "Windows in which nothing is promoted into this environment, by name.",
        },
        "ladder": {
            "type": "array",
            "items": {**name, "description": "An environment."},
            "minItems": 1,
            "uniqueItems": True,
            "description": "Which environments may be promoted into this one; by default those of the tier below.",
        },
    }


def gating(document: Mapping[str, Any]) -> Gating:
    """What an environment's document says that has passed `check_gating`."""
    gates = document.get("gates", {})
    ladder = document.get("ladder")
    return Gating(
        _seconds(gates.get("soak")),
        gates.get("evidence", 0),
        tuple(_freeze(name, entry) for name, entry in document.get("freeze", {}).items()),
        None if ladder is None else tuple(ladder),
    )


def check_gating(node: Node, file: str) -> Iterator[Finding]:
    """What the schema cannot say: ranges, time zones, windows that end before they begin."""
    plain = node.plain()
    if "soak" in plain.get("gates", {}):
        try:
            SOAK.parse(plain["gates"]["soak"])
        except ValueError as reason:
            yield _finding(node.below("gates", "soak"), f"gates.soak {reason}", "/gates/soak", file)
    for name, entry in plain.get("freeze", {}).items():
        try:
            _freeze(name, entry)
        except ValueError as reason:
            yield _finding(node.below("freeze", name), f"freeze.{name}.{reason}", f"/freeze/{name}", file)


def _finding(node: Node, message: str, path: str, file: str) -> Finding:
    return Finding("REC011", Severity.ERROR, printable(message), node.at(file), path=path)


def _freeze(name: str, entry: Mapping[str, str]) -> Freeze:
    return parse_freeze(name, entry["from"], entry["until"], entry["zone"], entry.get("reason", ""))


def _seconds(text: str | None) -> int:
    value = SOAK.parse(text) if text else None
    return value.amount or 0 if isinstance(value, Quantity) else 0

"""`gates`: what an environment asks before anything is promoted into it, beside what always is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.recording.findings import Finding
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Amount
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema, mapping
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node

_SOAK = Amount(Dimension.TIME, "1s", "365d")
"""How long the source must have lived with what moves."""


@dataclass(frozen=True, slots=True)
class GateDemands:
    """`soak` in seconds, 0 where none is asked for; `evidence` is how many recordings must have been seen."""

    soak: int = 0
    evidence: int = 0


def _schema() -> Schema:
    soak = {**_SOAK.schema(), "description": f"How long the source must run what moves; {_SOAK.takes}."}
    evidence = {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "description": "How many recordings of the source must have been seen since it runs that.",
    }
    about = "What is asked before something is promoted into this environment, beside what always is."
    return mapping({"soak": soak, "evidence": evidence}, description=about)


def _check(node: Node, file: str) -> Iterator[Finding]:
    """The range of a soak time."""
    if "soak" in node.plain()["gates"]:
        soak = node.below("gates", "soak")
        try:
            _SOAK.parse(soak.plain())
        except ValueError as reason:
            yield unfit(f"gates.soak {reason}", soak, file, "/gates/soak")


def _read(source: KeySource) -> GateDemands:
    gates = source.get("gates", {})
    soak = _SOAK.parse(gates["soak"]) if "soak" in gates else None
    return GateDemands(soak.amount or 0 if isinstance(soak, Quantity) else 0, gates.get("evidence", 0))


GATES: Key[GateDemands] = Key("gates", _schema, _read, _check)

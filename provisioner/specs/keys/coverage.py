"""`coverage`: what share of an environment's rooms must have been recorded, over how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from provisioner.recording.findings import Finding
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Amount
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema, mapping
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node

_OVER = Amount(Dimension.TIME, "1h", "31d")
_USUALLY = "7d"


@dataclass(frozen=True, slots=True)
class CoverageObjective:
    """At least so many percent of the rooms created within `over` are recorded as a whole."""

    at_least: Decimal
    over: timedelta

    def __str__(self) -> str:
        days, seconds = self.over.days, self.over.seconds
        return f"at least {self.at_least}% over {f'{days}d' if not seconds else f'{days * 24 + seconds // 3600}h'}"


def _schema() -> Schema:
    share = {
        "type": "string",
        "pattern": r"^(100|[1-9]?[0-9]([.][0-9]{1,3})?)%$",
        "description": "The share of rooms that must have been recorded as a whole, such as 99.5%.",
    }
    over = {**_OVER.schema(), "description": f"Over how long; {_OVER.takes}. Without it {_USUALLY}."}
    about = "How many of the rooms that were to be recorded must have been: an objective of coverage, gates and drift."
    return mapping({"atLeast": share, "over": over}, required=["atLeast"], description=about)


def _check(node: Node, file: str) -> Iterator[Finding]:
    """The range of a time."""
    if "over" in node.plain()["coverage"]:
        over = node.below("coverage", "over")
        try:
            _OVER.parse(over.plain())
        except ValueError as reason:
            yield unfit(f"coverage.over {reason}", over, file, "/coverage/over")


def _read(source: KeySource) -> CoverageObjective | None:
    block = source.get("coverage")
    if block is None:
        return None
    over = _OVER.parse(block.get("over", _USUALLY))
    seconds = over.amount or 0 if isinstance(over, Quantity) else 0
    return CoverageObjective(Decimal(block["atLeast"].rstrip("%")), timedelta(seconds=seconds))


COVERAGE: Key[CoverageObjective | None] = Key("coverage", _schema, _read, _check)
"""None where the environment sets no objective."""

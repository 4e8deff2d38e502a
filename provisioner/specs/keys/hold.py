"""`hold`: nothing is promoted into an application, or an environment, until somebody takes it away."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Hold
from provisioner.recording.findings import Finding
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import DAY, REASON, Schema, mapping
from provisioner.specs.yaml.checks import no_such_day
from provisioner.specs.yaml.reader import Node


def _schema() -> Schema:
    since = {**DAY, "description": "The day it was set, YYYY-MM-DD."}
    about = "Nothing is promoted here until this is taken away. A rollback sets it."
    return {**mapping({"reason": REASON, "since": since}, "reason", "since"), "description": about}


def _check(node: Node, file: str) -> Iterator[Finding]:
    yield from no_such_day("hold.since", node.below("hold", "since"), file, "/hold/since")


def _read(source: KeySource) -> Hold | None:
    entry = source.get("hold")
    return Hold(entry["reason"], entry["since"], source.node.below("hold").key_at(source.file)) if entry else None


HOLD: Key[Hold | None] = Key("hold", _schema, _read, _check)

"""`hold`: nothing is promoted into an application, or an environment, until somebody takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from provisioner.recording.application import Hold
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml.reader import Node


def hold_schema(reason: dict[str, Any], day: dict[str, Any]) -> dict[str, Any]:
    """What stands at `hold`, by the schemas of a reason and a day."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"reason": reason, "since": {**day, "description": "The day it was set, YYYY-MM-DD."}},
        "required": ["reason", "since"],
        "description": "Nothing is promoted here until this is taken away. A rollback sets it.",
    }


def read_hold(node: Node, file: str) -> Hold | None:
    """The hold of a document in the shape of its schema."""
    entry = node.plain().get("hold")
    return Hold(entry["reason"], entry["since"], node.below("hold").key_at(file)) if entry else None


def check_hold(node: Node, file: str) -> Iterator[Finding]:
    """What the schema cannot say: that the day is one."""
    if not (hold := read_hold(node, file)):
        return
    try:
        date.fromisoformat(hold.since)
    except ValueError:
        message = f"hold.since takes a day as YYYY-MM-DD, and there is no {hold.since}"
        where = node.below("hold", "since").at(file)
        yield Finding("REC011", Severity.ERROR, message, where, path="/hold/since")

"""What a file excepts itself from: intents and waivers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from provisioner.foundation.errors import Location
from provisioner.recording.application import Intent, Waiver
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml.reader import Node


def read_exceptions(node: Node, file: str) -> tuple[dict[str, Intent], dict[str, Waiver], list[Finding]]:
    """Intents by consequence, waivers by rule, and a finding for each last day that no calendar has.

    `node` is an application's or environment's document in the shape of its schema.
    """
    intents = {
        name: Intent(name, entry["reason"].plain(), entry["expires"].plain(), where)
        for name, entry, where in _entries(node, "intent", file)
    }
    waivers = {
        rule: Waiver(rule, entry["reason"].plain(), entry["owner"].plain(), entry["expires"].plain(), where)
        for rule, entry, where in _entries(node, "waive", file)
    }
    days = [
        (f"/{key}/{name}/expires", entry["expires"])
        for key in ("intent", "waive")
        for name, entry, _ in _entries(node, key, file)
    ]
    return intents, waivers, [_no_day(path, day, file) for path, day in days if not _is_day(day.plain())]


def _entries(node: Node, key: str, file: str) -> Iterator[tuple[str, dict[str, Node], Location]]:
    """What stands below `key`, each with the place of its name."""
    if key in node.plain():
        for name, entry in node.value[key].value.items():
            yield name, entry.value, entry.key_at(file)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _no_day(path: str, day: Node, file: str) -> Finding:
    message = f"expires takes a day as YYYY-MM-DD, and there is no {day.plain()}"
    return Finding("REC011", Severity.ERROR, message, day.at(file), path=path)

"""What no schema can say of a value: findings against single nodes, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml.reader import Malformed, Node


def unfit(message: str, node: Node, file: str, path: str = "") -> Finding:
    """REC011 against a value that its place does not take; `path` is the pointer to it."""
    return Finding("REC011", Severity.ERROR, printable(message), node.at(file), path=path)


def no_such_day(called: str, day: Node, file: str, path: str) -> Iterator[Finding]:
    """A finding where no calendar has the day, which is written as YYYY-MM-DD; `called` is its key."""
    try:
        date.fromisoformat(day.plain())
    except ValueError:
        yield unfit(f"{called} takes a day as YYYY-MM-DD, and there is no {day.plain()}", day, file, path)


def moment(node: Node, file: str) -> datetime:
    """The moment in UTC that a node of the schema's form holds. Raises Malformed where there is none such."""
    try:
        return datetime.strptime(node.plain(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed([unfit(f'"{node.plain()}" is no moment', node, file)]) from None

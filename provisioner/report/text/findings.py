"""Findings one below the other: what concerns many is told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from provisioner.recording.findings import Finding, Severity

_FEW = 3
"""Places of one message that are shown by themselves before the rest is only counted."""


class ToldFinding(NamedTuple):
    """A finding, and at how many more places the same is to be said."""

    finding: Finding
    more: int

    @property
    def places(self) -> str:
        """` (here and at 499 more places)`, or nothing."""
        return f" (here and at {self.more:,} more places)" if self.more else ""


def told_once(findings: Iterable[Finding], *, every: bool = False) -> list[ToldFinding]:
    """In order. What stands at more than a few places is told at its first, unless `every` place is asked for.

    An error is always told where it stands: each has to be mended.
    """
    groups: dict[tuple[str, Severity, str], dict[str, Finding]] = {}
    for finding in findings:
        key = (finding.id, finding.severity, finding.message)
        groups.setdefault(key, {}).setdefault(str(finding), finding)
    told: list[ToldFinding] = []
    for (_, severity, _), at in groups.items():
        one_by_one = every or severity is Severity.ERROR or len(at) <= _FEW
        first, *others = at.values()
        told.append(ToldFinding(first, 0 if one_by_one else len(others)))
        told += [ToldFinding(other, 0) for other in others if one_by_one]
    return told

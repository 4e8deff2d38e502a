"""Findings one below the other: what concerns many is told once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from provisioner.recording.findings import Finding, Severity

_FEW = 3
"""Places of one message that are shown by themselves before the rest is only counted."""


class ToldFinding(NamedTuple):
    """A finding, and the others that say the same at other places."""

    finding: Finding
    others: tuple[Finding, ...] = ()

    @property
    def places(self) -> str:
        """` (also at a.yaml:3:1)`, ` (here and at 499 more places)`, or nothing."""
        if len(self.others) > _FEW:
            return f" (here and at {len(self.others):,} more places)"
        where = dict.fromkeys(str(other.where) for other in self.others if other.where)
        return f" (also at {', '.join(where)})" if where else ""


def told_once(findings: Sequence[Finding], *, every: bool = False) -> list[ToldFinding]:
    """In order. What stands at more than a few places is told at its first, and information at any two of them; unless
    `every` place is asked for. An error is always told where it stands: each has to be mended.
    """
    groups: dict[tuple[str, Severity, str], dict[str, Finding]] = {}
    for finding in findings:
        groups.setdefault(_same(finding), {}).setdefault(str(finding), finding)
    order = {id(finding): number for number, finding in enumerate(findings)}
    told: list[ToldFinding] = []
    for (_, severity, _), at in groups.items():
        few = len(at) <= _FEW and severity is not Severity.INFO
        first, *others = at.values()
        if every or few or severity is Severity.ERROR:
            told += map(ToldFinding, at.values())
        else:
            told.append(ToldFinding(first, tuple(others)))
    return sorted(told, key=lambda one: order[id(one.finding)])


def _same(finding: Finding) -> tuple[str, Severity, str]:
    return finding.id, finding.severity, finding.message

"""The rule registry: everything that is checked beyond shape.

`legal/` holds what the service refuses or silently drops. A rule that needs the console to judge is no rule of
specs but a consequence (`reconcile/consequence.py`).
"""

from __future__ import annotations

from provisioner.recording.findings import Finding
from provisioner.specs.environment import Environment
from provisioner.specs.rules import legal
from provisioner.specs.rules.rule import Rule

RULES: tuple[Rule, ...] = legal.RULES


def check(environments: tuple[Environment, ...]) -> list[Finding]:
    """Findings of every rule, in file order."""
    return sorted((finding for rule in RULES for finding in rule.findings(environments)), key=Finding.sort_key)

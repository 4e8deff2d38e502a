"""What the service refuses, or silently does not do: one module a subject."""

from __future__ import annotations

from provisioner.specs.rules.legal import files, picture, site, streams, whole
from provisioner.specs.rules.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted((*whole.RULES, *streams.RULES, *files.RULES, *picture.RULES, *site.RULES), key=lambda rule: rule.id)
)

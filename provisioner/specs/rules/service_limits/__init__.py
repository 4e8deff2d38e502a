"""What the service refuses, or silently does not do: one module a subject."""

from __future__ import annotations

from provisioner.specs.rules.rule import Rule
from provisioner.specs.rules.service_limits import formats, picture, site_options, streams, whole

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*whole.RULES, *streams.RULES, *formats.RULES, *picture.RULES, *site_options.RULES), key=lambda rule: rule.id
    )
)

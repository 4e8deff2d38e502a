"""`tier`: how careful to be with an environment."""

from __future__ import annotations

from provisioner.specs.keys.key import Key
from provisioner.specs.schema.shapes import words

TIERS = ("development", "staging", "production")
"""The least careful first; promotion climbs them in this order."""

TIER: Key[str] = Key(
    "tier", lambda: words("How careful to be.", *TIERS), lambda source: str(source.get("tier")), required=True
)

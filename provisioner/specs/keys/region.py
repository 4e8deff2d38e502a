"""`region`: where the API is called."""

from __future__ import annotations

from provisioner.specs.keys.key import Key

REGION: Key[str] = Key(
    "region",
    lambda: {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "API region such as ap-singapore."},
    lambda source: str(source.get("region")),
    required=True,
)

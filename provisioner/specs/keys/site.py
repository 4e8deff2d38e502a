"""`site`: China or international site."""

from __future__ import annotations

from provisioner.recording.sites import SITES
from provisioner.specs.keys.key import Key
from provisioner.specs.schema.shapes import words

SITE: Key[str] = Key(
    "site",
    lambda: words("China or international site; decides what is legal.", *SITES),
    lambda source: str(source.get("site")),
    required=True,
)

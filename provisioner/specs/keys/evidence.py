"""`evidence`: where an environment's recording callbacks are kept."""

from __future__ import annotations

from provisioner.specs.keys.key import Key
from provisioner.specs.schema.shapes import FOLDER_OF_PROJECT, Schema


def _schema() -> Schema:
    about = "Folder of the project in which callbacks are kept; by default .provisioner/NAME/evidence."
    return {**FOLDER_OF_PROJECT, "description": about}


EVIDENCE: Key[str | None] = Key("evidence", _schema, lambda source: source.get("evidence"))
"""The folder relative to the project; None for the usual one."""

"""Files go to one storage: choosing it empties the others."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value

STORAGE = f"{SETTINGS}/storage"
VENDOR = f"{STORAGE}/vendor"


def of_another(path: str, vendor: Value | None) -> bool:
    """Whether `path` belongs to a storage that is not `vendor`; False where none is chosen."""
    block = FIELDS[path].block
    return vendor is not None and block.startswith(STORAGE + "/") and block != f"{STORAGE}/{vendor}"

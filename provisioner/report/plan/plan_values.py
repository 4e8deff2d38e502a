"""Values of a plan document as people may see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from provisioner.recording.fields import find
from provisioner.recording.value_types import Reference, text

HIDDEN = "(hidden)"


def shown(path: str, value: bool | int | str | Sequence[str] | None) -> str | None:
    """A value as one line of spec text, hidden where its field is a secret or is none that this tool knows."""
    if value is None:
        return None
    if _secret(path):
        return HIDDEN
    return text(value if isinstance(value, (bool, int, str)) else tuple(value))


def reference(path: str, value: object) -> str | None:
    """Where a secret field's value is kept; None for every other field, and for what is no reference."""
    if not _secret(path):
        return None
    try:
        return str(Reference().parse(value))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _secret(path: str) -> bool:
    known = find(path)
    return known is None or known.secret

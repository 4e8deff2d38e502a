"""Values of a plan document as people may see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from provisioner.foundation.text_safety import LONGEST_SHOWN
from provisioner.recording.fields import find, secret_reference
from provisioner.recording.value_types import text

HIDDEN = "(hidden)"


def shown(path: str, value: bool | int | str | Sequence[str] | None, *, by_specs: bool = True) -> str | None:
    """A value as one line of spec text, hidden where its field is a secret or is none that this tool knows.

    Where a secret is kept may be seen, if specs say it: what a console shows may be anything, and is cut where it is
    long.
    """
    if value is None:
        return None
    if _secret(path):
        return (secret_reference(path, value) if by_specs else None) or HIDDEN
    words = text(value if isinstance(value, (bool, int, str)) else tuple(value))
    return words if by_specs or len(words) <= LONGEST_SHOWN else f"{words[: LONGEST_SHOWN - 1]}…"


@lru_cache(maxsize=4096)
def _secret(path: str) -> bool:
    known = find(path)
    return known is None or known.secret

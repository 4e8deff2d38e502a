"""What a console shows, made complete by the documented defaults: the same for every driver."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from provisioner.console.port import Shown, Unreadable
from provisioner.recording.fields import with_defaults
from provisioner.recording.value_types import Value


def normalised(fields: Mapping[str, Shown]) -> dict[str, Shown]:
    """`fields` with the documented default wherever one holds because nothing else is set."""
    known = (path for path, shown in fields.items() if shown is not None and not isinstance(shown, Unreadable))
    defaults = _defaults(frozenset(known))
    return {path: defaults.get(path) if shown is None else shown for path, shown in fields.items()}


@lru_cache(maxsize=1 << 10)
def _defaults(known: frozenset[str]) -> Mapping[str, Value]:
    """Alike for all applications of which the same fields are set."""
    return with_defaults(known)

"""What of an application's state moves on promotion and stands in a console, as a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from provisioner.reconcile.plan.diff import managed
from provisioner.recording.field import Moves
from provisioner.recording.fields import find
from provisioner.recording.value_types import Value, canonical


def moving_digest(values: Mapping[str, Value]) -> str:
    """SHA-256 over canonical JSON of what the console is told and what promotion moves; ids and storage do not count.

    The journal keeps it with each apply, so that a gate can tell since when an environment runs exactly this.
    """
    told = {path: canonical(value) for path, value in values.items() if managed(values, path) and _moves(path)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _moves(path: str) -> bool:
    field = find(path)
    return field is not None and field.moves is Moves.ON_PROMOTION

"""`templates/templates.lock`: the digest of every template version that a production environment has pinned.

A version is never edited once production runs on it: what was tried elsewhere would no longer be what production
records by. The lock makes such an edit visible.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.foundation.errors import Location
from provisioner.specs.yaml.reader import Node

LOCK = "templates/templates.lock"
WRITTEN_BY = "provisioner template lock"
_HEAD = f"""\
# Versions that production has pinned, each with the digest of its content. `{WRITTEN_BY}` writes this file.
apiVersion: recording/v1
kind: TemplateLock
templates:"""


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one template version: of its file, or as the lock holds it in the line `where`."""

    text: str
    where: Location


def read_lock(node: Node) -> dict[str, Digest]:
    """What a lock file of the right shape holds, by pin (`call@v1`)."""
    return {pin: Digest(entry.plain(), entry.at(LOCK)) for pin, entry in node.value["templates"].value.items()}


def digest(template: Any) -> str:
    """SHA-256 over the canonical JSON of a template document, as `sha256:` and 64 hex digits.

    Comments, order of keys and layout do not count; every value does.
    """
    canonical = json.dumps(template, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def lock_text(digests: Mapping[str, str]) -> str:
    """The lock file for the given digests by pin (`call@v1`)."""
    lines = [f"  {pin}: {digests[pin]}" for pin in sorted(digests, key=_by_name_and_number)]
    return "\n".join([_HEAD, *lines] if lines else [f"{_HEAD} {{}}"]) + "\n"


def _by_name_and_number(pin: str) -> tuple[str, int]:
    name, _, number = pin.partition("@v")
    return name, int(number)

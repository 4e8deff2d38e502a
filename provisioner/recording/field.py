"""What is known of one leaf of an effective application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.recording.kinds import Kind, Value


class Moves(Enum):
    """Whether a leaf travels on promotion or belongs to its environment. The value is its schema keyword."""

    ON_PROMOTION = "x-promote"
    NEVER = "x-env"


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf: RFC 6901 `path` into the effective document, its kind, and what people should know of it."""

    path: str
    kind: Kind
    about: str
    source: str
    moves: Moves = Moves.ON_PROMOTION
    default: Value | None = None
    required: bool = False
    secret: bool = False

    @property
    def block(self) -> str:
        """The mapping that holds the leaf."""
        return self.path.rpartition("/")[0]

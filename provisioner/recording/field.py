"""What is known of one leaf of an effective application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.recording.value_types import Kind, Value
from provisioner.recording.wire_codecs import Wire


class Moves(Enum):
    """Whether a leaf travels on promotion or belongs to its environment. The value is its schema keyword."""

    ON_PROMOTION = "x-promote"
    NEVER = "x-env"


class Mode(Enum):
    """How recordings start. The value is the word that specs use."""

    AUTO = "auto"
    MANUAL = "manual"


EVERY_MODE = frozenset(Mode)
MANUAL_ONLY = frozenset({Mode.MANUAL})


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf: RFC 6901 `path` into the effective document, its kind, and what people should know of it.

    A `*` in the path stands for the names of a collection's members. `modes` are those that have the field: what
    only REST calls know is no part of the console's template. `disputed` says where pages disagree, and what was
    chosen. `default` is the documented one; a `required` leaf has none and must be written wherever its block is.
    `wire` is its name and codec on the public wire, None for what only specs know.
    """

    path: str
    kind: Kind
    about: str
    source: str
    moves: Moves = Moves.ON_PROMOTION
    default: Value | None = None
    required: bool = False
    secret: bool = False
    modes: frozenset[Mode] = EVERY_MODE
    disputed: str = ""
    wire: Wire | None = None

    @property
    def block(self) -> str:
        """The mapping that holds the leaf."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The leaf's own key."""
        return self.path.rpartition("/")[2]

"""What a guardrail is: one thing that protects, and how two commits are compared in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class Shift:
    """How one guardrail moved. `files` are those whose owners at the base are asked.

    `environment` is the one that was protected, as of the base; None for what all environments share.
    """

    weakened: bool
    before: str | None
    after: str | None
    files: tuple[str, ...]
    where: Location
    environment: Environment | None = None
    applications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One guardrail. `title` is what it is called in front of `before -> after`, `attack` what somebody would do to it.

    `compare` takes the policy of the base and that of the head, `asked` says whose owners are asked, for the docs.
    """

    id: str
    title: str
    attack: str
    compare: Callable[[GuardrailPolicy, GuardrailPolicy], Iterable[Shift]]
    asked: str = "owners of the application's file"

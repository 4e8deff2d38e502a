"""The `console:` block of an environment as values: which console, as whom, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.credentials.registry import VARIABLES, CredentialChoice, chosen


@dataclass(frozen=True, slots=True)
class ConsoleChoice:
    """Which console to talk to. `accept` names binding entries weaker than documented that writes may use.

    `binding` is a shipped binding's name or a file of the project, `page` likewise (None: the site's own);
    `ca_file` a PEM bundle of the project; `calls_per_second` holds for each action.
    """

    driver: str
    read_only: bool = False
    endpoint: str | None = None
    binding: str = "default"
    page: str | None = None
    ca_file: str | None = None
    calls_per_second: float = 20.0
    accept: frozenset[str] = frozenset()
    credentials: CredentialChoice = VARIABLES


def console_choice(block: Mapping[str, Any]) -> ConsoleChoice:
    """The values of a `console:` block that has passed its schema."""
    ((source, given),) = block.get("credentials", {VARIABLES.source: {}}).items()
    return ConsoleChoice(
        driver=block["driver"],
        read_only=block.get("readOnly", False),
        endpoint=block.get("endpoint"),
        binding=block.get("binding", "default"),
        page=block.get("page"),
        ca_file=block.get("caFile"),
        calls_per_second=float(block.get("callsPerSecond", 20)),
        accept=frozenset(block.get("accept", ())),
        credentials=chosen(source, given),
    )


# A console that people change by hand is still asked for usage and files, which are public actions.
_WITHOUT_EFFECT = {
    "embedded": ("endpoint", "binding", "caFile", "accept", "credentials", "page"),
    "tencent": ("page",),
    "runbook": ("binding", "accept", "readOnly"),
}


def without_effect(block: Mapping[str, Any]) -> list[str]:
    """Keys of a `console:` block that its driver does not look at: they are refused rather than ignored."""
    return [key for key in _WITHOUT_EFFECT[block["driver"]] if key in block]

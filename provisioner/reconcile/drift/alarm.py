"""What was last told about an environment's drift, so that nobody is told twice, and everybody of each change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from provisioner.reconcile.apply.state import EnvironmentState

NAME = "watch.json"


@dataclass(frozen=True, slots=True)
class LastTold:
    """What one channel (`issue`, `webhook`) was last told: the alarm's digest, '' for none, and how many times."""

    digest: str = ""
    number: int = 0

    def kind(self, digest: str) -> str | None:
        """What an alarm of `digest` means after this: `detected`, `changed`, `resolved`, None where nothing is new."""
        if digest == self.digest:
            return None
        if not digest:
            return "resolved"
        return "changed" if self.digest else "detected"

    def next(self, digest: str) -> LastTold:
        """After it was told."""
        return LastTold(digest, self.number + 1)


@dataclass(slots=True)
class Alarms:
    """What all channels of one environment were told; kept in its state after each, so that a kill repeats at most
    the last message, under the same id."""

    state: EnvironmentState
    channels: dict[str, LastTold] = field(default_factory=dict)

    @classmethod
    def of(cls, state: EnvironmentState) -> Alarms:
        """As kept; what cannot be read counts as nothing told. Raises ProvisionerError where the state is broken."""
        data = state.kept(NAME)
        try:
            return cls(state, _read(json.loads(data)) if data else {})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls(state)

    def told(self, channel: str) -> LastTold:
        """What it was last told."""
        return self.channels.get(channel, LastTold())

    def keep(self, channel: str, told: LastTold) -> None:
        """It was told. Raises ProvisionerError where that cannot be kept."""
        self.channels[channel] = told
        document = {name: {"digest": one.digest, "number": one.number} for name, one in self.channels.items()}
        self.state.keep(NAME, json.dumps(document).encode())


def _read(document: dict[str, Any]) -> dict[str, LastTold]:
    return {str(name): LastTold(str(one["digest"]), int(one["number"])) for name, one in document.items()}

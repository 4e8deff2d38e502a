"""What an environment's own file says, as values."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.specs.console_choice import ConsoleChoice


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment with its effective applications, sorted by name."""

    name: str
    tier: str
    site: str
    region: str
    console: ConsoleChoice
    where: Location
    applications: tuple[Application, ...]

    @property
    def production(self) -> bool:
        return self.tier == "production"

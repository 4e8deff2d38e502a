"""The public API: what other people's rules, programs and tests may import, and all that they may.

Everything here keeps its name, its arguments and its meaning between two major versions (CHANGELOG.md); any other
module may change in each release. docs/api.md says what each name is for, and examples/ uses nothing else.

Names are loaded when they are first asked for: a rule needs no Pulumi, and a Pulumi program no simulator.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.cli.main import run
    from provisioner.foundation.errors import Location, ProvisionerError
    from provisioner.provider.program import main as pulumi_program
    from provisioner.provider.resource import (
        Provider,
        RecordingConfiguration,
        get_application,
        get_applications,
        get_plan,
    )
    from provisioner.recording.application import Application
    from provisioner.recording.findings import Finding, Severity
    from provisioner.simulator import Account, Call, ConsoleServer, ConsoleState, Fault, Room, SeedApplication
    from provisioner.specs.documents.environment import Environment
    from provisioner.specs.rules.rule import Rule, Specs, Violation, each, within
    from provisioner.specs.workspace import SpecErrors, Workspace

__all__ = [
    "Account",
    "Application",
    "Call",
    "ConsoleServer",
    "ConsoleState",
    "Environment",
    "Fault",
    "Finding",
    "Location",
    "Provider",
    "ProvisionerError",
    "RecordingConfiguration",
    "Room",
    "Rule",
    "SeedApplication",
    "Severity",
    "SpecErrors",
    "Specs",
    "Violation",
    "Workspace",
    "each",
    "get_application",
    "get_applications",
    "get_plan",
    "pulumi_program",
    "run",
    "within",
]

_MODULES = {
    "provisioner.cli.main": ("run",),
    "provisioner.foundation.errors": ("Location", "ProvisionerError"),
    "provisioner.provider.resource": (
        "Provider",
        "RecordingConfiguration",
        "get_application",
        "get_applications",
        "get_plan",
    ),
    "provisioner.recording.application": ("Application",),
    "provisioner.recording.findings": ("Finding", "Severity"),
    "provisioner.simulator": ("Account", "Call", "ConsoleServer", "ConsoleState", "Fault", "Room", "SeedApplication"),
    "provisioner.specs.documents.environment": ("Environment",),
    "provisioner.specs.rules.rule": ("Rule", "Specs", "Violation", "each", "within"),
    "provisioner.specs.workspace": ("SpecErrors", "Workspace"),
}
_HOME = {name: (module, name) for module, names in _MODULES.items() for name in names}
_HOME["pulumi_program"] = ("provisioner.provider.program", "main")


def __getattr__(name: str) -> Any:
    """Load `name` from the module that defines it. Raises AttributeError for anything that is not public."""
    if name not in _HOME:
        raise AttributeError(f"provisioner.api has no {name!r}; docs/api.md lists what is public")
    module, attribute = _HOME[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__

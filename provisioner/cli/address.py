"""What `ENV` and `ENV/APP` name."""

from __future__ import annotations

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.redaction import printable
from provisioner.recording.application import Application
from provisioner.specs.environment import Environment
from provisioner.specs.workspace import Workspace


def find(workspace: Workspace, address: str) -> tuple[Environment, Application | None]:
    """The environment, and the application where the address names one. Raises SpecErrors, UsageError."""
    name, _, app = address.partition("/")
    environment = workspace.environment(name)
    known = {application.name: application for application in environment.applications}
    if app and app not in known:
        raise UsageError(
            f'{name} has no application "{printable(app)}"{did_you_mean(app, known)}',
            where=f"environments/{name}/apps/",
            fix=f"Known: {', '.join(known) or 'none'}.",
        )
    return environment, known.get(app)


def find_application(workspace: Workspace, address: str) -> tuple[Environment, Application]:
    """The one application that `ENV/APP` names. Raises SpecErrors, UsageError."""
    environment, application = find(workspace, address)
    if application is None:
        raise UsageError(
            f'"{printable(address)}" names no application',
            fix=f"Known: {', '.join(f'{environment.name}/{app.name}' for app in environment.applications) or 'none'}.",
        )
    return environment, application


def check_environment(workspace: Workspace, name: str) -> None:
    """Raises UsageError where there is no such environment."""
    known = workspace.environment_names()
    if name not in known:
        raise UsageError(
            f'there is no environment "{printable(name)}"{did_you_mean(name, known)}',
            where="environments/",
            fix=f"Known: {', '.join(known) or 'none'}.",
        )

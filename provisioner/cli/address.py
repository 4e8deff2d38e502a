"""What `ENV`, `ENV/APP` and `ENV/PATTERN` name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.git import place_of
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import applications_folder
from provisioner.specs.workspace import Workspace


def project_folder() -> str:
    """Where in its repository the project lies that one stands in: '' for the root, else such as `infra/rec/`.

    `report` needs no project: without one, the folder that one stands in is meant.
    """
    try:
        folder = Workspace.containing(Path.cwd()).root
    except UsageError:
        folder = Path.cwd()
    return place_of(folder).below


def find(workspace: Workspace, address: str) -> tuple[Environment, Application | None]:
    """The environment, and the application where the address names one. Raises SpecErrors, UsageError."""
    name, _, app = address.partition("/")
    environment = workspace.environment(name)
    known = {application.name: application for application in environment.applications}
    if app and app not in known:
        raise UsageError(
            f'{name} has no application "{printable(app)}"{did_you_mean(app, known)}',
            where=f"{applications_folder(name)}/",
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


_WILD = re.compile(r"[*?\[]")
"""What makes a word a pattern; no environment's name holds it."""


def select(
    workspace: Workspace, addresses: Sequence[str], owners: Sequence[str] = ()
) -> tuple[Environment, frozenset[str] | None]:
    """The environment that all addresses name, and the chosen applications' names, None for all of them.

    An application is named or matched by a shell pattern (`live-*`), which needs no environment before it where another
    address names that: `prod 'live-*'`. `owners` keeps those of the given owners.
    Raises SpecErrors, and UsageError where an address or an owner chooses nothing.
    """
    alone = [address for address in addresses if "/" not in address and _WILD.search(address)]
    named = [address for address in addresses if address not in alone]
    names = {address.partition("/")[0] for address in named}
    if not names:
        raise UsageError("a pattern without an environment", fix=f"Write ENV/{printable(alone[0])}.")
    if len(names) != 1:
        raise UsageError("addresses of several environments", fix="Name one environment at a time.")
    environment = workspace.environment(names.pop())
    patterns = [app for _, _, app in (address.partition("/") for address in named)]
    if alone:  # what stands beside patterns names the environment, not all of it
        patterns = [*alone, *filter(None, patterns)]
    chosen = environment.applications
    if all(patterns):
        found = {name for pattern in patterns for name in _matching(environment, pattern)}
        chosen = tuple(app for app in chosen if app.name in found)
    if owners:
        _check_owners(environment, owners)
        chosen = tuple(app for app in chosen if app.owner in owners)
        if not chosen:
            raise UsageError("none of the named applications belongs to the given owner")
    everything = not owners and not all(patterns)
    return environment, None if everything else frozenset(app.name for app in chosen)


def _matching(environment: Environment, pattern: str) -> Iterator[str]:
    names = [app.name for app in environment.applications]
    found = [name for name in names if fnmatchcase(name, pattern)]
    if not found:
        raise UsageError(
            f'{environment.name} has no application "{printable(pattern)}"{did_you_mean(pattern, names)}',
            where=f"{applications_folder(environment.name)}/",
            fix=f"Known: {', '.join(names) or 'none'}.",
        )
    yield from found


def _check_owners(environment: Environment, owners: Sequence[str]) -> None:
    known = sorted({app.owner for app in environment.applications})
    for owner in owners:
        if owner not in known:
            raise UsageError(
                f'{environment.name} has no application owned by "{printable(owner)}"{did_you_mean(owner, known)}',
                fix=f"Known: {printable(', '.join(known)) or 'none'}.",
            )


def check_environment(workspace: Workspace, name: str) -> None:
    """Raises UsageError where there is no such environment."""
    known = workspace.environment_names()
    if name not in known:
        raise UsageError(
            f'there is no environment "{printable(name)}"{did_you_mean(name, known)}',
            where="environments/",
            fix=f"Known: {', '.join(known) or 'none'}.",
        )

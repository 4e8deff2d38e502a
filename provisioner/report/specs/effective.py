"""The effective spec of an application: every layer merged, every default written out, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.recording.application import Application
from provisioner.recording.document import nest
from provisioner.specs.yaml import canonical


def effective(application: Application) -> dict[str, Any]:
    """The document that `schema/effective.json` describes; secrets are in it by reference only."""
    return nest({path: value for path in application.leaves if (value := application.value(path)) is not None})


def render_yaml(applications: Iterable[Application]) -> str:
    """One YAML document an application, each headed by its address."""
    return "---\n".join(
        f"# {app.environment}/{app.name}, effective\n{canonical.dump(effective(app))}" for app in applications
    )

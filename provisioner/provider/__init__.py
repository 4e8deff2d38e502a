"""The Pulumi side: our provider plugin, its resource class, and the program's code.

`from provisioner.provider import Provider, RecordingConfiguration` is what a Python program needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provisioner.provider.resource import (
        Provider,
        RecordingConfiguration,
        get_application,
        get_applications,
        get_plan,
    )

__all__ = ["Provider", "RecordingConfiguration", "get_application", "get_applications", "get_plan"]


def __getattr__(name: str) -> Any:
    """Pulumi's SDK is loaded by those who declare something."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from provisioner.provider import resource

    return getattr(resource, name)

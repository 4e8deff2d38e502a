"""The document that `pulumi import --file` reads: resources that the console has already, for an empty state.

Its format is the CLI's (pulumi/pulumi: pkg/cmd/pulumi/operations/import.go). `providerInputs` lets the CLI make the
explicit provider that the program declares; a default provider would name no environment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provisioner.provider import tokens


def import_file(project: str, environment: str, applications: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """The document for `applications` (name, SDKAppId) in the stack that is called like its environment."""
    provider = f"pulumi:providers:{tokens.PACKAGE}"
    return {
        "nameTable": {environment: f"urn:pulumi:{environment}::{project}::{provider}::{environment}"},
        "resources": [
            {"type": tokens.RESOURCE, "name": name, "id": str(sdk_app_id), "provider": environment}
            for name, sdk_app_id in applications
        ],
        "providerInputs": {environment: {"environment": environment}},
    }

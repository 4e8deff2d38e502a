"""The resource that Pulumi programs declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from provisioner.provider import tokens


class Provider(pulumi.ProviderResource):
    """The provider of one environment: `environment` names the folder below `environments/`."""

    def __init__(self, name: str, environment: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(tokens.PACKAGE, name, {"environment": environment}, opts)


class RecordingConfiguration(pulumi.CustomResource):
    """The recording settings of one SDKAppId.

    `document` is an effective application: `sdkAppId`, `name`, `owner`, `onRemove` and `recording` with its
    `settings`, each value as specs write it (`10s`, `1200kbps`).
    """

    def __init__(self, name: str, document: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(tokens.RESOURCE, name, {**document, "effectiveAfter": None}, opts)

    @property
    @pulumi.getter(name="effectiveAfter")
    def effective_after(self) -> pulumi.Output[str]:
        """Rooms created after this moment (RFC 3339, UTC) follow the last change; empty before the first."""
        output: pulumi.Output[str] = pulumi.get(self, "effectiveAfter")
        return output

"""Which console an environment talks to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provisioner.console.port import Console
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.redaction import Secret
from provisioner.recording.sites import SITES
from provisioner.specs.environment import Environment

_ENDPOINTS = {name: site.endpoint for name, site in SITES.items()}


def open_console(environment: Environment, root: Path, variables: Mapping[str, str]) -> Console:
    """The console of `environment`; `variables` are the process's, read for credentials. The caller closes it."""
    # Imported where chosen: the SDK and the simulator's server take longer to load than most verbs to run.
    if environment.console.driver == "embedded":
        from provisioner.console.embedded import EmbeddedConsole

        return EmbeddedConsole(environment, root)
    return _tencent(environment, root, variables)


def _tencent(environment: Environment, root: Path, variables: Mapping[str, str]) -> Console:
    from provisioner.console.binding import load
    from provisioner.console.tencent import Access, TencentClient, TencentConsole

    missing = [name for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY") if not variables.get(name)]
    if missing:
        raise ProvisionerError(
            f"{environment.name} needs credentials: {', '.join(missing)} not set",
            where=environment.where,
            fix="Export both, and TENCENTCLOUD_TOKEN too where they are temporary.",
        )
    scheme, _, host = (environment.console.endpoint or _ENDPOINTS[environment.site]).rpartition("://")
    token = variables.get("TENCENTCLOUD_TOKEN")
    access = Access(
        variables["TENCENTCLOUD_SECRET_ID"],
        Secret(variables["TENCENTCLOUD_SECRET_KEY"]),
        Secret(token) if token else None,
        environment.region,
        host,
        scheme or "https",
    )
    binding = load()
    return TencentConsole(
        TencentClient(access, binding.service, binding.version),
        binding,
        f"TRTC console at {host}",
        root,
        read_only=environment.console.read_only,
        accept=environment.console.accept,
    )

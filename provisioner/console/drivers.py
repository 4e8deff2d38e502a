"""Which console an environment talks to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.console.port import Console
from provisioner.credentials.source import Caller
from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.named_files import named_path
from provisioner.recording.sites import SITES
from provisioner.specs.documents.environment import Environment

if TYPE_CHECKING:
    from provisioner.console.tencent.client import Endpoint

_ENDPOINTS = {name: site.endpoint for name, site in SITES.items()}


def open_console(
    environment: Environment, root: Path, variables: Mapping[str, str], clock: Clock = system_clock
) -> Console:
    """The console of `environment`; `variables` are the process's, read for credentials. The caller closes it."""
    # Imported where chosen: the SDK and the simulator's server take longer to load than most commands to run.
    if environment.console.driver == "embedded":
        from provisioner.console.embedded.embedded_driver import EmbeddedConsole

        return EmbeddedConsole(environment, root)
    if environment.console.by_people:
        from provisioner.console.runbook.runbook_driver import RunbookConsole

        return RunbookConsole(environment, root, clock)
    return _tencent(environment, root, variables)


def _tencent(environment: Environment, root: Path, variables: Mapping[str, str]) -> Console:
    from provisioner.console.tencent.binding import load
    from provisioner.console.tencent.client import TencentClient
    from provisioner.console.tencent.credentials import account_of, open_credentials
    from provisioner.console.tencent.limiter import limiter_of
    from provisioner.console.tencent.tencent_driver import TencentConsole

    choice = environment.console
    binding, endpoint = load(choice.binding, root), endpoint_of(environment, root)
    caller = Caller.of(variables, root)
    credentials = open_credentials(environment, caller)
    account = (binding.service, endpoint.host, account_of(environment, caller))
    client = TencentClient(
        binding.service,
        binding.version,
        environment.region,
        endpoint,
        credentials,
        limiter=limiter_of(account, choice.calls_per_second),
    )
    label = f"TRTC console at {endpoint.host}"
    return TencentConsole(client, binding, label, root, read_only=choice.read_only, accept=choice.accept)


def endpoint_of(environment: Environment, root: Path) -> Endpoint:
    """Where the tencent driver reaches the API: the site's own host unless the environment names another."""
    from provisioner.console.tencent.client import Endpoint

    choice = environment.console
    scheme, _, host = (choice.endpoint or _ENDPOINTS[environment.site]).rpartition("://")
    ca_file = str(named_path(root, choice.ca_file)) if choice.ca_file else None
    return Endpoint(host, scheme or "https", ca_file=ca_file)

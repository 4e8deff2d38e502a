"""The embedded console: the simulator inside the calling process, its state in a file, the real SDK in front."""

from __future__ import annotations

import os
from pathlib import Path

from provisioner.console.binding import load
from provisioner.console.seeds import read_seeds
from provisioner.console.simulator import Account, ConsoleServer, ConsoleState
from provisioner.console.tencent import Access, TencentClient, TencentConsole
from provisioner.foundation.redaction import Secret
from provisioner.specs.environment import Environment

# Not secret: they open nothing but a simulator on loopback.
_ACCOUNT = Account(secret_id="AKIDembedded", secret_key="embedded-console", owner_uin="100000000001")


class EmbeddedConsole(TencentConsole):
    """A TencentConsole whose other end lives as long as this object."""

    def __init__(self, environment: Environment, root: Path) -> None:
        """Raises SpecErrors-like ProvisionerError where `embedded.yaml` cannot be read."""
        file = root / ".provisioner" / environment.name / "console.sqlite"
        file.parent.mkdir(parents=True, exist_ok=True)
        state = ConsoleState(file)
        state.seed(read_seeds(root, environment.name))
        self._server = ConsoleServer(state, accounts=[_ACCOUNT])
        self._server.start()
        _keep_off_proxies(self._server.endpoint)
        access = Access(
            _ACCOUNT.secret_id,
            Secret(_ACCOUNT.secret_key),
            None,
            environment.region,
            self._server.endpoint,
            "http",
        )
        binding = load()
        client = TencentClient(access, binding.service, binding.version)
        label = f"simulated console ({file.relative_to(root).as_posix()})"
        super().__init__(client, binding, label, root, read_only=environment.console.read_only, accept=None)

    def close(self) -> None:
        self._server.stop()


def _keep_off_proxies(endpoint: str) -> None:
    """A proxy variable captures loopback unless NO_PROXY names the host with and without its port."""
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [entry for entry in known.split(",") if entry]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([*hosts, endpoint.partition(":")[0], endpoint])

"""The embedded console: the simulator inside the calling process, its state in a file, the real SDK in front."""

from __future__ import annotations

from pathlib import Path

from tencentcloud.common.credential import Credential

from provisioner.console.binding import load
from provisioner.console.client import Endpoint, TencentClient
from provisioner.console.limiter import Limiter
from provisioner.console.seeds import read_seeds
from provisioner.console.simulator import SITES, Account, ConsoleServer, ConsoleState
from provisioner.console.tencent import TencentConsole
from provisioner.specs.environment import Environment

# Not secret: they open nothing but a simulator on loopback.
_ACCOUNT = Account(secret_id="AKIDembedded", secret_key="embedded-console", owner_uin="100000000001")


class EmbeddedConsole(TencentConsole):
    """A TencentConsole whose other end lives as long as this object."""

    def __init__(self, environment: Environment, root: Path) -> None:
        """Raises ProvisionerError where `embedded.yaml` cannot be read."""
        file = root / ".provisioner" / environment.name / "console.sqlite"
        file.parent.mkdir(parents=True, exist_ok=True)
        self._state = state = ConsoleState(file, site=SITES[environment.site])
        state.seed(read_seeds(root, environment.name))
        rate = environment.console.calls_per_second
        self._server = ConsoleServer(state, accounts=[_ACCOUNT], calls_per_second=rate)
        self._server.start()
        binding = load("default", root)
        client = TencentClient(
            binding.service,
            binding.version,
            environment.region,
            Endpoint(self._server.endpoint, "http", direct=True),  # a proxy variable would capture loopback
            Credential(_ACCOUNT.secret_id, _ACCOUNT.secret_key),
            limiter=Limiter(rate),
        )
        label = f"simulated console ({file.relative_to(root).as_posix()})"
        super().__init__(client, binding, label, root, read_only=environment.console.read_only, accept=None)

    def close(self) -> None:
        super().close()
        self._server.stop()
        self._state.close()

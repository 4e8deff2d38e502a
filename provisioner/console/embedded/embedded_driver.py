"""The embedded console: the simulator inside the calling process, its state in a file, the real SDK in front."""

from __future__ import annotations

from pathlib import Path

from tencentcloud.common.credential import Credential

from provisioner.console.embedded.local_server import local_server
from provisioner.console.embedded.state_file import ACCOUNT, open_state
from provisioner.console.tencent.binding import load
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.tencent_driver import TencentConsole
from provisioner.specs.documents.environment import Environment


class EmbeddedConsole(TencentConsole):
    """A TencentConsole whose other end lives as long as this object."""

    def __init__(self, environment: Environment, root: Path) -> None:
        """Raises ProvisionerError where `embedded.yaml` cannot be read."""
        self._state = state = open_state(root, environment)
        self._server = local_server(state, environment).start()
        binding = load("default", root)
        client = TencentClient(
            binding.service,
            binding.version,
            environment.region,
            Endpoint(self._server.endpoint, "http", direct=True),  # a proxy variable would capture loopback
            Credential(ACCOUNT.secret_id, ACCOUNT.secret_key),
            limiter=Limiter(environment.console.calls_per_second),
        )
        self.endpoint = Endpoint(self._server.endpoint, "http", direct=True)
        """Where other services of the same simulator answer."""
        label = f"simulated console ({state.path.relative_to(root).as_posix()})"
        super().__init__(client, binding, label, root, read_only=environment.console.read_only, accept=None)

    def close(self) -> None:
        """Stop the server inside this process and release its state file."""
        super().close()
        self._server.stop()
        self._state.close()

"""The vendor's documented actions, called for an environment whatever drives its console: usage, media.

A console that people change by hand has no API for its template, and still answers these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.console.drivers import endpoint_of
from provisioner.specs.environment import Environment

if TYPE_CHECKING:
    from provisioner.console.client import Credentials, Endpoint, TencentClient


@dataclass(frozen=True, slots=True)
class Service:
    """A service's name, its API version and the region to ask in; `calls_per_second` is its limit for each action."""

    name: str
    version: str
    region: str
    calls_per_second: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers: `label` names it in every output, and says so where it is simulated."""

    client: TencentClient
    label: str


@contextmanager
def open_service(
    environment: Environment, root: Path, variables: Mapping[str, str], service: Service
) -> Iterator[Asked]:
    """A client of `service` with the environment's credentials; embedded environments ask their simulator.

    `variables` are the process's, read for credentials. Raises ProvisionerError where there are none.
    """
    if environment.console.driver == "embedded":
        with _simulated(environment, root, service) as asked:
            yield asked
        return
    from provisioner.console.credentials import Caller, credentials

    endpoint = _endpoint(environment, root, service)
    client = _client(environment, service, endpoint, credentials(environment, Caller(variables, Path.home(), root)))
    try:
        yield Asked(client, f"{service.name.upper()} API at {endpoint.host}")
    finally:
        client.close()


@contextmanager
def _simulated(environment: Environment, root: Path, service: Service) -> Iterator[Asked]:
    from tencentcloud.common.credential import Credential

    from provisioner.console.client import Endpoint
    from provisioner.console.local import ACCOUNT, open_state
    from provisioner.console.simulator.server import ConsoleServer

    with (
        open_state(root, environment) as state,
        ConsoleServer(state, [ACCOUNT], environment.console.calls_per_second) as server,
    ):
        endpoint = Endpoint(server.endpoint, "http", direct=True)  # a proxy variable would capture loopback
        client = _client(environment, service, endpoint, Credential(ACCOUNT.secret_id, ACCOUNT.secret_key))
        try:
            yield Asked(client, f"simulated console ({state.path.relative_to(root).as_posix()})")
        finally:
            client.close()


def _client(environment: Environment, service: Service, endpoint: Endpoint, held: Credentials) -> TencentClient:
    from provisioner.console.client import TencentClient
    from provisioner.console.limiter import Limiter

    limiter = Limiter(min(service.calls_per_second, environment.console.calls_per_second))
    return TencentClient(service.name, service.version, service.region, endpoint, held, limiter=limiter)


def _endpoint(environment: Environment, root: Path, service: Service) -> Endpoint:
    """The host that the vendor gives each service; any other host that the environment names answers them all."""
    known = endpoint_of(environment, root)
    first, dot, rest = known.host.partition(".")
    return replace(known, host=f"{service.name}{dot}{rest}") if first == "trtc" else known

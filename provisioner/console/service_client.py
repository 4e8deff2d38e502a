"""Services beside the console's own, such as VOD: asked at the environment's site, as its caller, at its rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tencentcloud.common.credential import Credential

from provisioner.console.drivers import endpoint_of
from provisioner.console.tencent.client import PATIENT, Endpoint, Patience, TencentClient
from provisioner.console.tencent.credentials import open_credentials
from provisioner.console.tencent.limiter import Limiter
from provisioner.credentials.source import Caller, Credentials
from provisioner.specs.documents.environment import Environment

_CONSOLE = "trtc."


@contextmanager
def open_service(
    environment: Environment,
    root: Path,
    variables: Mapping[str, str],
    service: str,
    version: str,
    *,
    region: str = "",
    calls_per_second: float | None = None,
    patience: Patience = PATIENT,
    back_off: tuple[float, ...] | None = None,
) -> Iterator[TencentClient]:
    """A client of `service` while the block lasts; by default at the rate of the environment's console.

    Public services answer a caller whatever the console's driver; the embedded console answers for all of them.
    `back_off` are the seconds between attempts where they are not the client's own.
    Raises ProvisionerError where credentials are missing.
    """
    with _reached(environment, root, variables, service) as (endpoint, caller):
        limiter = Limiter(calls_per_second or environment.console.calls_per_second)
        client = TencentClient(
            service, version, region, endpoint, caller, limiter=limiter, patience=patience, back_off=back_off
        )
        try:
            yield client
        finally:
            client.close()


@contextmanager
def _reached(
    environment: Environment, root: Path, variables: Mapping[str, str], service: str
) -> Iterator[tuple[Endpoint, Credentials]]:
    if environment.console.driver != "embedded":
        endpoint = service_endpoint(endpoint_of(environment, root), service)
        yield endpoint, open_credentials(environment, Caller.of(variables, root))
        return
    from provisioner.console.embedded.local_server import local_server  # the simulator's server loads long
    from provisioner.console.embedded.state_file import ACCOUNT, open_state

    with open_state(root, environment) as state, local_server(state, environment) as server:
        yield Endpoint(server.endpoint, "http", direct=True), Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)


def answering(environment: Environment, root: Path, service: str) -> str:
    """Who answers for `service`, as every output names it; a simulated one says so."""
    if environment.console.driver == "embedded":
        from provisioner.console.embedded.state_file import state_file

        return f"simulated console ({state_file(root, environment.name).relative_to(root).as_posix()})"
    return f"{service.upper()} API at {service_endpoint(endpoint_of(environment, root), service).host}"


def service_endpoint(console: Endpoint, service: str) -> Endpoint:
    """Where `service` is reached: the console's host with the service's name in front.

    A host that is not named after the console's service, such as a gateway, answers for all services.
    """
    if not console.host.startswith(_CONSOLE):
        return console
    return replace(console, host=f"{service}.{console.host.removeprefix(_CONSOLE)}")

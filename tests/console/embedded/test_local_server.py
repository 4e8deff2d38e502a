"""The console in this process is as slow as the service: what people see of it is what waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.console.embedded import local_server
from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.simulator import ConsoleServer, ConsoleState
from tests.project import Project
from tests.simulator.conftest import MovableClock
from tests.simulator.support import call, refused, sdk


def test_it_refuses_calls_beyond_the_environments_rate(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_server, "ConsoleServer", ConsoleServer)  # other tests wait for nobody
    project.edit("environments/dev/environment.yaml", "{driver: embedded", "{driver: embedded, callsPerSecond: 2")
    with (
        ConsoleState(tmp_path / "console.sqlite", clock=MovableClock()) as state,
        local_server.local_server(state, project.environment("dev")) as server,
    ):
        client = sdk(server.endpoint, secret_id=ACCOUNT.secret_id, secret_key=ACCOUNT.secret_key)
        for _ in range(2):
            call(client, "DescribeAppStatList")
        assert refused(client, "DescribeAppStatList").code == "RequestLimitExceeded"

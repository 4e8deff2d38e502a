"""A VOD account on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.console.tencent.client import TencentClient
from provisioner.simulator import ConsoleServer, ConsoleState
from tests.archive.support import ACCOUNT, vod_client


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable of the machine would capture loopback calls, too."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ConsoleState]:
    with ConsoleState(tmp_path / "console.sqlite") as opened:
        yield opened


@pytest.fixture
def vod(state: ConsoleState) -> Iterator[TencentClient]:
    """VOD as the simulator answers for it, without a rate limit."""
    with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server:
        client = vod_client(server.endpoint)
        yield client
        client.close()

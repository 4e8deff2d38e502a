"""A console on loopback for each test, with a clock the test may move."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tencentcloud.common.common_client import CommonClient

from provisioner.simulator import ConsoleServer, ConsoleState
from tests.simulator.support import ACCOUNT, SEEDS, sdk


@dataclass
class MovableClock:
    """Epoch seconds that stand still; the SDK's own timestamps lie within the five minutes allowed."""

    now: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable of the machine would capture loopback calls, too."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def state(tmp_path: Path, clock: MovableClock) -> Iterator[ConsoleState]:
    with ConsoleState(tmp_path / "console.sqlite", clock=clock) as opened:
        opened.seed(SEEDS)
        yield opened


@pytest.fixture
def server(state: ConsoleState) -> Iterator[ConsoleServer]:
    """Without a rate limit; tests of the limit start their own."""
    with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as running:
        yield running


@pytest.fixture
def client(server: ConsoleServer) -> Iterator[CommonClient]:
    opened = sdk(server.endpoint)
    yield opened
    opened.request.conn._session.close()

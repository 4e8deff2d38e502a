"""A served forge, and the port to it in both dialects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.forge.port import Forge
from provisioner.forge.registry import open_forge
from tests.forge.fake import FakeForge, FakeServer, served
from tests.forge.jobs import variables


@pytest.fixture(scope="session")
def server() -> Iterator[FakeServer]:
    with served() as running:
        yield running


@pytest.fixture
def fake(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> FakeForge:
    """A forge without history, reached past any proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return server.fresh()


@pytest.fixture(params=["github", "gitlab"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def forge(kind: str, fake: FakeForge, tmp_path: Path) -> Forge:
    """The port, in a job that runs for change 7."""
    return open_forge(kind, variables(kind, fake, tmp_path))


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long anything wanted to sleep; nothing does."""
    wanted: list[float] = []
    monkeypatch.setattr(time, "sleep", wanted.append)
    return wanted

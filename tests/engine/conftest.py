"""Stacks: one is brought up once for all tests of a worker, and each test gets a copy that it may spoil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stack import FirstUp, Stack


@pytest.fixture(scope="session")
def first_up(tmp_path_factory: pytest.TempPathFactory) -> FirstUp:
    """The whole of `make up`: its preview and the update."""
    stack = Stack.create(tmp_path_factory.mktemp("first-up"))
    run = stack.command("up", "--yes")
    stack.end()
    assert run.code == 0, run.text
    return FirstUp(stack, run)


@pytest.fixture
def stack(first_up: FirstUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that is up, in the current folder. No process of it may outlive the test."""
    copy = first_up.stack.copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield copy
    copy.end()


@pytest.fixture
def new_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that was never up, in the current folder."""
    created = Stack.create(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield created
    created.end()

"""Stacks: one is brought up once for all tests of a worker, and each test gets a copy that it may spoil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.stack import FirstUp, Stack


@pytest.fixture(scope="session")
def first_up(never_up: Stack, tmp_path_factory: pytest.TempPathFactory) -> FirstUp:
    """The whole of `make up`: its preview and the update."""
    stack = never_up.copied(tmp_path_factory.mktemp("first-up"))
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


@pytest.fixture(scope="session")
def never_up(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A stack that was never up, which nobody may change."""
    return Stack.create(tmp_path_factory.mktemp("never-up"))


@pytest.fixture
def new_stack(never_up: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack that was never up, in the current folder."""
    copy = never_up.copied(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield copy
    copy.end()

"""Fixtures that every room's tests share."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from provisioner.specs.codeowners.owners import DIALECTS
from tests.no_waiting import nobody_waits
from tests.profiles import register
from tests.project import Project

register()
nobody_waits()

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_finish() -> None:
    """Thousands of tests are held to the end: looking through them finds no garbage, and forks share them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test runs in no forge's CI unless it says so, wherever the suite runs: a job's forge chooses CODEOWNERS."""
    for dialect in DIALECTS:
        monkeypatch.delenv(dialect.job, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the shipped specs in a folder of its own, which is the current one."""
    for folder in ("environments", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "CODEOWNERS", tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Project(tmp_path)

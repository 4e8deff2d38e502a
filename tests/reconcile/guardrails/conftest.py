"""A folder with templates, on which surfaces are read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("surface")
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "environments").mkdir()
    return root

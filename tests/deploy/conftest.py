"""The release files, built once, and an environment that knows the wheel and not this checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy import dist
from tests.engine.conftest import new_stack

__all__ = ["new_stack"]


@dataclass(frozen=True, slots=True)
class Clean:
    """A virtual environment with our wheel and the libraries of the one that runs the tests."""

    root: Path

    def bin(self, name: str) -> str:
        return str(self.root / "bin" / name)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the release files."""
    folder = tmp_path_factory.mktemp("dist")
    dist.build(folder)
    return folder


@pytest.fixture(scope="session")
def clean(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    root = tmp_path_factory.mktemp("clean") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    # Libraries come by path. What an editable installation adds stands in .pth files there, which nobody reads.
    (site,) = root.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(root), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, *release.glob("*.whl")], check=True)
    return Clean(root)

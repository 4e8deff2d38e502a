"""The release files, built once; an environment that knows the wheel and not this checkout; an installed plugin."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy import dist
from provisioner import __version__
from provisioner.provider.local_run import pulumi_environment
from provisioner.starter.tool_requirement import PACKAGE
from tests.engine.conftest import never_up, new_stack

__all__ = ["never_up", "new_stack"]


@dataclass(frozen=True, slots=True)
class Clean:
    """A virtual environment with our wheel and the libraries of the one that runs the tests."""

    root: Path

    def bin(self, name: str) -> str:
        return str(self.root / "bin" / name)


@dataclass(frozen=True, slots=True)
class Installed:
    """The real engine with the plugin in its PULUMI_HOME, and a backend of its own."""

    variables: Mapping[str, str]

    def run(self, *command: str, **variables: str) -> str:
        """A command of the CLI in the current folder, which has to succeed; its stdout."""
        ran = subprocess.run(
            ["pulumi", *command, "--non-interactive"],
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


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
    return _with_wheel(root, release)


@pytest.fixture(scope="session")
def bare(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """A virtual environment with our wheel, the libraries that it asks for without an extra, and nothing else."""
    root = tmp_path_factory.mktemp("bare") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
    (site,) = root.glob("lib/python*/site-packages")
    for library in _required(PACKAGE):
        for entry in {file.parts[0] for file in distribution(library).files or ()} - {"..", "__pycache__"}:
            if not (site / entry).exists():  # several share a namespace, such as google
                (site / entry).symlink_to(str(distribution(library).locate_file(entry)))
    return _with_wheel(root, release)


def _with_wheel(root: Path, release: Path) -> Clean:
    """The virtual environment at `root`, with our wheel in it."""
    pip = [sys.executable, "-m", "pip", "--python", str(root), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, *release.glob("*.whl")], check=True)
    return Clean(root)


def _required(package: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Every library that installing `package` brings, without itself."""
    found: set[str] = set()
    asked = [(package, extras)]
    while asked:
        name, wanted = asked.pop()
        for text in requires(name) or ():
            one = Requirement(text)
            holds = [one.marker.evaluate({"extra": extra}) if one.marker else True for extra in ("", *wanted)]
            if any(holds) and canonicalize_name(one.name) not in found:
                found.add(canonicalize_name(one.name))
                asked.append((one.name, frozenset(one.extras)))
    return found


@pytest.fixture(scope="session")
def installed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The plugin as other people get it: from its tarball, with libraries from the package registry."""
    home = tmp_path_factory.mktemp("installed")
    caller = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "TENCENTCLOUD_"))}
    own = {
        "PULUMI_HOME": str(home / "home"),
        "PULUMI_BACKEND_URL": home.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "dev",  # what the committed salt was made with
        "PIP_NO_COMPILE": "1",
        "NO_COLOR": "1",
    }
    engine = Installed(pulumi_environment(caller | own, Path(shutil.which("pulumi") or "pulumi")))
    tarball = release / f"{dist.PLUGIN}-linux-amd64.tar.gz"
    engine.run("plugin", "install", "resource", "trtc", __version__, "--file", str(tarball))
    return engine

"""The images' definitions. Nothing here builds them: that needs a daemon and the bases."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import dist
from provisioner import __version__
from provisioner.provider.cli_install import VERSION

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/image"
BASES = {
    "Dockerfile": f"pulumi/pulumi-python-3.13:{VERSION}",
    "program.Dockerfile": f"pulumi/pulumi:{VERSION}-nonroot",
}


def _text(file: str) -> str:
    return (FOLDER / file).read_text("utf-8")


@pytest.mark.parametrize("file", BASES)
def test_the_linter_has_nothing_to_say(file: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run([hadolint, FOLDER / file], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.parametrize(("file", "base"), BASES.items())
def test_the_base_is_the_cli_that_the_provider_was_tried_on(file: str, base: str) -> None:
    assert re.findall(r"^FROM (.*)$", _text(file), re.MULTILINE) == [base + "@${BASE}"]
    assert re.search(rf"--tag \S+:{re.escape(__version__)} ", _text(file))


@pytest.mark.parametrize(
    "file", ["deploy/image/Dockerfile", "deploy/image/program.Dockerfile", "deploy/controller/Dockerfile"]
)
def test_nothing_is_built_on_a_base_that_can_be_moved(file: str) -> None:
    """Without a digest `NAME:TAG@` is no reference, and the build ends there: the argument has no default."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    assert lines[lines.index("ARG BASE") + 1].endswith("@${BASE}")
    assert all("--require-hashes" in line or "--no-deps" in line for line in lines if "pip install" in line)
    assert not [line for line in lines if re.search(r"\b(curl|wget)\b", line)]


def test_what_is_copied_is_there_and_installed_by_hash() -> None:
    copied = re.findall(r"requirements/\S+\.txt", _text("Dockerfile"))
    assert [path for path in copied if not (ROOT / path).is_file()] == []
    for line in _text("Dockerfile").splitlines():
        if "--requirement" in line:
            assert "--require-hashes" in line
    assert f"COPY {dist.PLUGIN}-linux-amd64.tar.gz " in _text("program.Dockerfile")
    assert f"plugin install resource trtc {__version__} " in _text("program.Dockerfile")


def test_they_end_as_nobody_special() -> None:
    assert re.findall(r"^USER (.*)$", _text("Dockerfile"), re.MULTILINE) == ["1000:1000"]
    assert "USER" not in _text("program.Dockerfile")  # nor is its base's user anybody


def test_local_state_and_secrets_stay_out() -> None:
    ignored = _text("Dockerfile.dockerignore").splitlines()
    # `.*` covers .env, .git, .provisioner, .pulumi-state and .venv at the root.
    assert {".*", "*.env", "dist"} <= set(ignored)

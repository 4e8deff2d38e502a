"""The image's definition. Nothing here builds it: that needs a daemon and the base."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from provisioner import __version__
from provisioner.provider.cli_install import VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy/image/Dockerfile"


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    linted = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_base_is_the_cli_that_the_provider_was_tried_on() -> None:
    text = DOCKERFILE.read_text("utf-8")
    assert re.findall(r"^FROM (.*)$", text, re.MULTILINE) == [f"pulumi/pulumi-python-3.13:{VERSION}"]
    assert f"/trtc-recording:{__version__} ." in text


def test_what_is_copied_is_there_and_installed_by_hash() -> None:
    text = DOCKERFILE.read_text("utf-8")
    copied = re.findall(r"requirements/\S+\.txt", text)
    assert [path for path in copied if not (ROOT / path).is_file()] == []
    for line in text.splitlines():
        if "--requirement" in line:
            assert "--require-hashes" in line


def test_it_ends_as_nobody_special() -> None:
    users = re.findall(r"^USER (.*)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    assert users == ["1000:1000"]


def test_local_state_and_secrets_stay_out() -> None:
    ignored = (ROOT / "deploy/image/Dockerfile.dockerignore").read_text("utf-8").splitlines()
    # `.*` covers .env, .git, .provisioner, .pulumi-state and .venv at the root.
    assert {".*", "*.env", "dist"} <= set(ignored)

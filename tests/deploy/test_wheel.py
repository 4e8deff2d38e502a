"""The wheel alone, in an environment that knows nothing of this checkout: from an empty folder to an applied plan."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.deploy.conftest import Clean


class Shell:
    """Somebody's folder, in which the bare environment's `provisioner` runs."""

    def __init__(self, environment: Clean, folder: Path) -> None:
        self.environment, self.folder = environment, folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        self.variables = {**kept, "NO_COLOR": "1"}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.environment.bin("provisioner"), *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def shell(bare: Clean, tmp_path: Path) -> Shell:
    return Shell(bare, tmp_path)


def test_from_an_empty_folder_to_an_applied_plan_and_a_report(shell: Shell, release: Path) -> None:
    (wheel,) = release.glob("*.whl")
    assert shell("init", "--forge", "github", "--tool", str(wheel)).returncode == 0
    assert (shell.folder / "requirements" / wheel.name).read_bytes() == wheel.read_bytes()
    for arguments, words in (
        (("validate",), "prod: 1 application is valid."),
        (("plan", "dev", "--out", "plan.json"), "dev: 1 to change, 0 unchanged."),
        (("report", "plan.json", "--format", "html"), "<!doctype html>"),
        (("apply", "--plan", "plan.json", "--yes"), "applied video-call"),
        (("drift", "dev", "--exit-code"), ""),
        (("docs", "REC052"), "### REC052"),
        (("policy", "test"), ""),
    ):
        ran = shell(*arguments)
        assert (ran.returncode, words in ran.stdout) == (0, True), (arguments, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("controller", "serve", "dev"), "controller"),
        (("files", "dev/video-call", "--storage", "cos"), "archive"),
        (("report", "plan.json", "--format", "junit"), "review"),
    ],
)
def test_what_an_extra_is_needed_for_says_which(shell: Shell, arguments: tuple[str, ...], extra: str) -> None:
    shell("init")
    shell("plan", "dev", "--out", "plan.json")
    if arguments[0] == "files":
        file = shell.folder / "environments/dev/environment.yaml"
        own = "bucket: calls-1250000000, region: ap-singapore, accessKeyRef: env:K, secretKeyRef: env:K"
        bucket = f"{{vendor: cos, cos: {{{own}}}}}"
        file.write_text(
            "\n".join(f"  storage: {bucket}" if "storage:" in line else line for line in file.read_text().splitlines())
        )
        shell.variables["K"] = "key"
        arguments = arguments[:2]
    ran = shell(*arguments)
    assert ran.returncode == 1
    assert f"pip install 'trtc-recording[{extra}]'" in ran.stderr, ran.stderr
    assert "internal error" not in ran.stderr


def test_the_wheel_carries_what_commands_print_and_write(release: Path) -> None:
    (wheel,) = release.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"provisioner/docs/rules.md", "provisioner/starter/files/libraries.txt"} <= names
    assert "provisioner/starter/files/github/recording-apply.yaml" in names

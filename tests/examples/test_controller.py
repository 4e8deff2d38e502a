"""The eighth example: a controller at home, by the commands of its README."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.fork_server import provisioner

EXAMPLE = ROOT / "examples/08-controller"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [provisioner(), *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the example, and its controller on a free port."""
    folder = tmp_path_factory.mktemp("example") / "controller"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".provisioner"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = folder / "environments/dev/environment.yaml"
    environment.write_text(environment.read_text().replace(":8480", f":{port}"))
    command = [sys.executable, "-m", "provisioner", "controller", "serve", "dev", "--port", port]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            deadline = time.monotonic() + 30
            while run(folder, "controller", "reload", "dev").returncode and time.monotonic() < deadline:
                time.sleep(0.1)
            yield folder
        finally:
            process.terminate()
            process.wait(30)


def test_the_specs_are_valid_and_nothing_differs(served: Path) -> None:
    assert "dev: 1 application is valid." in run(served, "validate").stdout
    assert run(served, "drift", "dev", "--exit-code").returncode == 0


def test_a_lost_answer_records_the_call_once(served: Path) -> None:
    run(served, "console", "fault", "dev", "reset-after", "--action", "CreateCloudRecording", "--count", "1")
    ran = run(served, "console", "call", "dev/support-desk", "--controller")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("recording started") == ran.stdout.count("  file ") == 1
    evidence = run(served, "evidence", "dev/support-desk").stdout
    assert re.search(r"recording\.mode +behaves as declared +recorded over REST, 1 call", evidence)


def test_the_readme_names_commands_that_there_are() -> None:
    commands = re.findall(r"^provisioner (\w+ \w+)", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    assert set(commands) == {"controller serve", "console call", "console fault", "evidence dev"}

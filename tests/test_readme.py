"""The README's tour does what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.fork_server import provisioner

Steps = list[tuple[str, list[str]]]
"""Commands, each with the lines that its output must hold."""


def steps_of(page: str) -> Steps:
    """The commands of a page's console blocks."""
    steps: Steps = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def follow(steps: Steps, folder: Path, **variables: str) -> None:
    """Run the commands in one shell, as somebody would, and look for the lines that each is said to print.

    `…` stands for anything. What a command prints after none is shown has to be nothing only where `git status` asks.
    """
    path = os.pathsep.join((str(provisioner().parent), str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, **variables}
    script = "".join(f"{command}\necho {_MARK}\n" for command, _ in steps)
    ran = subprocess.run(
        ["sh"],
        input=script,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    answers = ran.stdout.split(f"{_MARK}\n")
    assert len(answers) == len(steps) + 1, ran.stdout
    for (command, expected), answer in zip(steps, answers, strict=False):
        shown = answer.splitlines()
        for line in expected:
            pattern = re.escape(line).replace("…", ".*")
            assert any(re.fullmatch(pattern, seen) for seen in shown), f"{command} does not print: {line}\n{shown}"
        assert shown == [] or not command.startswith("git status")


_MARK = "@@ next command @@"


def clone(folder: Path) -> Path:
    """A fresh clone whose set-up is done: what is committed, changed or new here, and this environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith(("docs/", "tests/", "bench/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv/.runtime").touch()
    return folder


def test_the_tour_is_what_it_shows_from_make_up_to_a_clean_work_tree(tmp_path: Path) -> None:
    tour = (ROOT / "README.md").read_text("utf-8").split("## Five-minute tour")[1].split("\n## ")[0]
    steps = steps_of(tour)
    assert len(steps) >= 20
    assert [steps[0][0], steps[-1][0]] == ["make up", "git status --short"]
    # No engine: tests/engine has what `make up` does with one.
    follow(
        steps, clone(tmp_path), XDG_CACHE_HOME=str(tmp_path / ".provisioner/cache"), HTTPS_PROXY="http://127.0.0.1:9"
    )


def test_two_commands_lead_from_an_empty_folder_to_a_plan(tmp_path: Path) -> None:
    (block,) = re.findall(r"two commands lead.*?```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    first, second = block.splitlines()
    follow([(first, []), (second, ["dev: 1 to change, 0 unchanged."])], tmp_path)

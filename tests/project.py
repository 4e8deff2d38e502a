"""A project folder that tests edit and run commands in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from provisioner.cli.main import cli, run
from provisioner.simulator import ConsoleState
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and answered."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was printed, without the line breaks that a terminal's width asks for."""
        return " ".join(self.out.split())


@dataclass(frozen=True, slots=True)
class Project:
    root: Path

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace exactly one occurrence."""
        text = (self.root / path).read_text("utf-8")
        assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def commit(self, message: str = "specs") -> str:
        """Everything as a commit on `main`, in a repository that is made where there is none; its id."""
        name = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        commands = [["add", "-A"], ["commit", "-q", "--allow-empty", "-m", message], ["rev-parse", "HEAD"]]
        if not (self.root / ".git").exists():
            self.write(".gitignore", ".provisioner/\n/*.json\n/summary.md\n")
            commands.insert(0, ["init", "-q", "-b", "main", "--template="])
        for command in commands:
            ran = subprocess.run([*name, *command], cwd=self.root, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    def environment(self, name: str) -> Environment:
        return Workspace(self.root).environment(name)

    def run(self, *arguments: str, stdin: str | None = None) -> Ran:
        """One command in this process, its streams captured; `stdin` is what is piped in."""
        with _captured(stdin) as streams:
            code = run(list(arguments))
        return Ran(code, *streams())

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--format", "json").out)

    def console(self, environment: str) -> ConsoleState:
        """The embedded console's state, for changes behind the tool's back."""
        return ConsoleState(self.root / ".provisioner" / environment / "console.sqlite")


@contextmanager
def _captured(stdin: str | None) -> Iterator[Any]:
    with CliRunner().isolation(stdin) as streams:
        yield lambda: (streams[0].getvalue().decode(), streams[1].getvalue().decode())


__all__ = ["Project", "Ran", "cli"]

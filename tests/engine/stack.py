"""A Pulumi project in a folder of its own, driven by the real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from provisioner.provider import cli_install, tokens
from provisioner.provider.local_run import pulumi_environment
from provisioner.simulator.applications import SimulatedApplication
from tests.project import Project

ROOT = Path(__file__).resolve().parents[2]
NAME = "dev"

_FOUND = cli_install.find()
_PULUMI = str(_FOUND) if _FOUND else None
# Tests name `pulumi` as people do, wherever it was found.
os.environ["PATH"] = os.pathsep.join([*([str(_FOUND.parent)] if _FOUND else []), os.environ.get("PATH", os.defpath)])
needs_pulumi = pytest.mark.skipif(_FOUND is None, reason="no Pulumi CLI (`make engine`), so the engine is not tried")


def needs_host(language: str) -> pytest.MarkDecorator:
    """For what only an official language host does, such as generating code or installing a plugin's libraries."""
    host = f"pulumi-language-{language}"
    return pytest.mark.skipif(shutil.which(host) is None, reason=f"no {host} beside the CLI")


def _generates(host: str) -> bool:
    """Whether a host is Pulumi's own, a program: ours is a script, which runs programs and generates no code."""
    found = shutil.which(host)
    return found is not None and not Path(found).read_bytes().startswith(b"#!")


def needs_own_host(language: str) -> pytest.MarkDecorator:
    """For what only Pulumi's own language host does: generating code, running policy packs."""
    host = f"pulumi-language-{language}"
    reason = f"no {host} of Pulumi's own release, which alone does this"
    return pytest.mark.skipif(not _generates(host), reason=reason)


_COMMAND_SECONDS = 120
# What a CLI that came without a language host says of ours; one from `make engine` has it beside it.
_AMBIENT = "using pulumi-language-python from $PATH"
_EXIT_SECONDS = 10
# Commands that run the program or ask the provider, and write down what they did.
_OPERATIONS = frozenset({"preview", "up", "refresh", "destroy"})


@dataclass(frozen=True, slots=True)
class Run:
    """One command of the engine: its exit code, the text that a user saw, and the engine's own events."""

    code: int
    text: str
    events: list[dict[str, Any]]

    @property
    def steps(self) -> dict[str, list[str]]:
        """What was done to each application, in order: `import`, `update`, `same`, `delete`. Reads are left out."""
        steps: dict[str, list[str]] = {}
        for step in self._steps():
            if step["op"] != "refresh":
                steps.setdefault(_name(step), []).append(step["op"])
        return steps

    @property
    def changes(self) -> dict[str, dict[str, tuple[Any, Any]]]:
        """The fields that updates name in their detailed diff, with old and new input, by application."""
        return {
            _name(step): {
                path: (_input(step["old"], path), _input(step["new"], path)) for path in step["detailedDiff"] or {}
            }
            for step in self._steps()
            if step["op"] == "update"
        }

    def told(self, severity: str) -> list[str]:
        """The messages of one severity, such as `error`."""
        diagnostics = (event["diagnosticEvent"] for event in self.events if "diagnosticEvent" in event)
        return [told["message"].rstrip("\n") for told in diagnostics if told["severity"] == severity]

    def _steps(self) -> Iterator[dict[str, Any]]:
        for event in self.events:
            step = event.get("resourcePreEvent", {}).get("metadata")
            if step and step["type"] == tokens.RESOURCE:
                yield step


@dataclass(frozen=True, slots=True)
class Stack(Project):
    """A copy of the shipped specs around links to this checkout's code, with state and PULUMI_HOME of its own."""

    variables: Mapping[str, str]
    """What commands find in their environment beside what a local run sets."""

    served: str = NAME
    """Whose embedded console it is; the stack is called `dev` all the same."""

    @classmethod
    def create(cls, root: Path, variables: Mapping[str, str] | None = None) -> Self:
        for folder in ("environments", "templates"):
            shutil.copytree(ROOT / folder, root / folder)
        for file in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / file, root)
        for link in ("provisioner", ".venv"):
            (root / link).symlink_to(ROOT / link)
        (root / "state").mkdir()
        stack = cls(root, variables or {})
        created = stack.command("stack", "init")
        assert created.code == 0, created.text
        return stack

    @classmethod
    def of_example(cls, root: Path, example: str) -> Self:
        """A copy of an example program where it finds this checkout's code."""
        (source,) = (ROOT / "examples").glob(f"[0-9]*-{example}")
        folder = root / "examples" / source.name
        shutil.copytree(source, folder)
        for link in ("provisioner", ".venv"):
            (root / link).symlink_to(ROOT / link)
        (folder / "state").mkdir()
        stack = cls(folder, {}, served="example")
        created = stack.command("stack", "init")
        assert created.code == 0, created.text
        return stack

    def copied(self, root: Path) -> Self:
        """The same project in the same state, in another folder."""
        around = next(folder for folder in (self.root, *self.root.parents) if (folder / ".venv").is_symlink())
        shutil.copytree(around, root, symlinks=True, dirs_exist_ok=True)
        return replace(self, root=root / self.root.relative_to(around))

    def preview(self, *flags: str) -> Run:
        return self.command("preview", *flags)

    def up(self, *flags: str) -> Run:
        """The update alone: the preview that `make up` shows first is a run of its own."""
        return self.command("up", "--yes", "--skip-preview", *flags)

    def refresh(self, *flags: str) -> Run:
        return self.command("refresh", "--yes", "--skip-preview", *flags)

    def destroy(self, *flags: str) -> Run:
        """As `make down` does."""
        return self.command("destroy", "--yes", *flags)

    def command(self, *command: str) -> Run:
        """Run to the end. A traceback in the output is an error whatever the command was to show."""
        with self.start(*command) as process:
            try:
                text, _ = process.communicate(timeout=_COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert "Traceback" not in text, text
        text = "".join(line for line in text.splitlines(keepends=True) if _AMBIENT not in line)
        return Run(process.returncode, text, self._events() if command[0] in _OPERATIONS else [])

    def make(self, target: str) -> Run:
        """A target of the Makefile, which looks for the engine by itself."""
        assert _PULUMI is not None
        command = [sys.executable, "-m", "provisioner.provider.local_run", target, NAME]
        own = self._environment(_PULUMI, target)
        ran = subprocess.run(command, cwd=self.root, env=own, capture_output=True, text=True, check=False)
        assert "Traceback" not in ran.stderr, ran.stderr
        return Run(ran.returncode, ran.stdout + ran.stderr, [])

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command of the CLI. A text pipe is its stdout and stderr."""
        assert _PULUMI is not None
        self._log.unlink(missing_ok=True)
        logged = ["--event-log", str(self._log)] if command[0] in _OPERATIONS else []
        return subprocess.Popen(
            [_PULUMI, *command, "--stack", NAME, "--non-interactive", "--color", "never", *logged],
            cwd=self.root,
            env=self._environment(_PULUMI, "down" if command[0] == "destroy" else "up"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def state(self) -> Any:
        """The deployment as `pulumi stack export` shows it."""
        return json.loads(self.command("stack", "export").text)["deployment"]

    def application(self, sdk_app_id: int) -> SimulatedApplication:
        """What the embedded console holds of one application."""
        with self.console(self.served) as console:
            return console.application(sdk_app_id)

    def accepted_writes(self) -> int:
        with self.console(self.served) as console:
            return console.accepted_writes()

    def set(self, sdk_app_id: int, **fields: Any) -> None:
        """Change fields of an application's template in the embedded console, behind the tool's back."""
        with self.console(self.served) as console:
            console.edit(sdk_app_id, template={**(console.application(sdk_app_id).template or {}), **fields})

    def processes(self) -> dict[int, str]:
        """This project's processes that still run, the engine's children included: command lines by id."""
        return {pid: command for pid, command in _processes() if f"{self.root}/" in command}

    def kill(self) -> None:
        """What a power cut does to this project's processes."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """Asserts that no process is left once they had the time to end; what is left is killed."""
        deadline = time.monotonic() + _EXIT_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.kill()
        assert not left, left

    @property
    def _log(self) -> Path:
        return self.root / "events.jsonl"

    def _events(self) -> list[dict[str, Any]]:
        lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        return [json.loads(line) for line in lines if _AMBIENT not in line]

    def _environment(self, pulumi: str, command: str) -> dict[str, str]:
        # Python keeps what it compiles, as it does wherever nobody forbids it: each command starts three or four.
        foreign = ("PULUMI_", "TENCENTCLOUD_", "PYTHONDONTWRITEBYTECODE")
        caller = {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            "PULUMI_BACKEND_URL": (self.root / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "dev",  # what the committed salt was made with
            "PULUMI_HOME": str(self.root / "home"),
            "PULUMI_DEBUG_COMMANDS": "true",  # offers --event-log
            "NO_COLOR": "1",
            **self.variables,
        }
        return pulumi_environment(caller, Path(pulumi), command)


@dataclass(frozen=True, slots=True)
class FirstUp:
    """A stack after its first `up`, which nobody may change, and what that run did."""

    stack: Stack
    run: Run


def _name(step: Mapping[str, Any]) -> str:
    return str(step["urn"]).rpartition("::")[2]


def _input(state: Mapping[str, Any], path: str) -> Any:
    value: Any = state["inputs"]
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _processes() -> Iterator[tuple[int, str]]:
    if Path("/proc/self/cmdline").exists():  # slim images have no ps
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has ended
                yield int(file.parent.name), file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return
    listed = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command

"""Runs a workflow's steps as the forge's runner would: what `init` writes, in bash, with the job's variables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from provisioner.starter.choices import Choices
from provisioner.starter.repository import surrounding_files
from provisioner.starter.tool_requirement import ToolRequirement
from tests.fork_server import provisioner

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_JOINED = re.compile(r"join\((.*), ' '\)")
_LIST = re.compile(r"fromJSON\((.*)\)")
_GITLAB_INPUT = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def read_gitlab(path: Path) -> Any:
    """GitLab's file as an include without inputs makes it: the defaults of its head, in its body."""
    head, body = path.read_text("utf-8").split("\n---\n")
    inputs = {name: one["default"] for name, one in yaml.safe_load(head)["spec"]["inputs"].items()}
    return yaml.safe_load(_GITLAB_INPUT.sub(lambda found: inputs[found[1]], body))


def write_jobs(top: Path, below: str, forge: str) -> None:
    """What `provisioner init --forge` adds to a project of the environments dev and prod in the folder `below`."""
    tool = ToolRequirement("trtc-recording==0.1.0", pinned=False)
    choices = Choices(below, ("dev", "prod"), "", "intl", "@acme/platform", forge, tool)
    for path, data in surrounding_files(choices).items():
        if not (top / path).exists():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_bytes(data)


@dataclass
class Runner:
    """A machine with the tool on its path and a checkout at `top`. `seen` holds what each step printed."""

    top: Path
    job: Mapping[str, str]
    expressions: dict[str, str]
    seen: list[tuple[str, int, str]] = field(default_factory=list)

    def github(self, workflow: str, job: str, **instead: str) -> int:
        """The steps of a job up to the first that fails; its exit code. `instead` replaces the job's variables."""
        content = read(self.top / f".github/workflows/recording-{workflow}")
        chosen = content["jobs"][job]
        run = chosen["defaults"]["run"]
        assert run["shell"] == "bash"
        around = {**content.get("env", {}), **chosen.get("env", {}), **instead}
        for step in chosen["steps"]:
            if "run" in step:
                own = {name: self._resolved(value) for name, value in {**around, **step.get("env", {})}.items()}
                code = self.bash(step["name"], step["run"], own, self._resolved(run["working-directory"]))
                if code:
                    return code
        return 0

    def gitlab(self, job: str, **variables: str) -> int:
        """A job's script, which GitLab runs as one, after the part of its set-up that enters the project's folder."""
        content = read_gitlab(self.top / ".gitlab/recording.gitlab-ci.yml")
        chosen = {**content[".recording"], **content[job]}
        own = {**chosen["variables"], **variables}
        return self.bash(job, "\n".join([chosen["before_script"][0], *chosen["script"]]), own)

    def bash(self, name: str, script: str, variables: Mapping[str, str], folder: str = ".") -> int:
        """As both forges call it."""
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.top / folder,
            env={**self._machine(), **self.job, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        self.seen.append((name, ran.returncode, ran.stdout + ran.stderr))
        return ran.returncode

    def printed(self, step: str) -> str:
        """What the last run of a step said."""
        return next(text for name, _, text in reversed(self.seen) if name == step)

    def _resolved(self, value: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), str(value))

    def _value(self, expression: str) -> str:
        """As far as the shipped workflows need GitHub's expressions: names, literals, `||`, join(fromJSON(…), ' ')."""
        if joined := _JOINED.fullmatch(expression):
            return " ".join(json.loads(self._value(joined[1])))
        if listed := _LIST.fullmatch(expression):
            return self._value(listed[1])
        named, _, other = expression.partition(" || ")
        if named.startswith("'"):
            return named[1:-1]
        return self.expressions[named] or (self._value(other) if other else "")

    def _machine(self) -> dict[str, str]:
        path = (self.top / ".venv/engine", provisioner().parent, Path(sys.executable).parent, "/usr/bin", "/bin")
        return {
            "PATH": os.pathsep.join(map(str, path)),
            "HOME": str(self.top / ".venv"),
            "NO_PROXY": "127.0.0.1",
            "GITHUB_WORKSPACE": str(self.top),
            "CI": "true",
        }

"""Runs a workflow's steps as the forge's runner would: the shipped text, in bash, with the job's variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

GITHUB = ROOT / "deploy/workflows/github"
GITLAB = ROOT / "deploy/workflows/gitlab/recording.gitlab-ci.yml"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@dataclass
class Runner:
    """A machine with the tool on its path, in the folder of a checkout. `seen` holds what each step printed."""

    folder: Path
    job: Mapping[str, str]
    expressions: Mapping[str, str]
    seen: list[tuple[str, int, str]] = field(default_factory=list)

    def github(self, workflow: str, job: str, **instead: str) -> int:
        """The steps of a job up to the first that fails; its exit code. `instead` replaces the job's variables."""
        content = read(GITHUB / workflow)
        chosen = content["jobs"][job]
        assert content["defaults"]["run"]["shell"] == "bash"
        around = {**content.get("env", {}), **chosen.get("env", {}), **instead}
        for step in chosen["steps"]:
            if "run" in step:
                own = {name: self._resolved(value) for name, value in {**around, **step.get("env", {})}.items()}
                code = self.bash(step["name"], step["run"], own)
                if code:
                    return code
        return 0

    def gitlab(self, job: str, **variables: str) -> int:
        """A job's script, which GitLab runs as one."""
        content = read(GITLAB)
        chosen = {**content[".recording"], **content[job]}
        own = {**chosen["variables"], **variables}
        return self.bash(job, "\n".join(chosen["script"]), own)

    def bash(self, name: str, script: str, variables: Mapping[str, str]) -> int:
        """As both forges call it."""
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
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
        return _EXPRESSION.sub(lambda found: self.expressions[found[1]], str(value))

    def _machine(self) -> dict[str, str]:
        path = [str(self.folder / ".venv/engine"), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
        return {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.folder / ".venv"),
            "NO_PROXY": "127.0.0.1",
            "GITHUB_WORKSPACE": str(self.folder),
            "CI": "true",
        }

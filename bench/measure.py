"""One command's wall time, processor time and peak memory."""

from __future__ import annotations

import math
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SCRATCH = Path(__file__).resolve().parents[1] / ".bench"
"""Where trees and peers live; ignored by Git."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and processor time; `peak` is the largest resident set in MiB."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str | Path], folder: Path, extra: Mapping[str, str] | None = None) -> Cost:
    """Run a command that must succeed, with `extra` environment variables.

    Its own and its children's figures come from wait4. Linux counts what the parent held at the moment of the fork
    as the child's peak, so this process stays small.
    """
    began = time.perf_counter()
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={**_environment(), **(extra or {})}, stdout=log, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = (folder / "output.log").read_text(errors="replace")[-2000:]
        raise SystemExit(f"{command[0]} failed in {folder} with {process.returncode}:\n{tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _environment() -> dict[str, str]:
    """Ours, but that Python keeps what it compiles, as it does wherever nobody forbids it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def best(costs: Sequence[Cost]) -> Cost:
    """The least disturbed of several runs: the fastest, with the highest peak of all."""
    fastest = min(costs, key=lambda cost: cost.wall)
    return Cost(fastest.wall, fastest.cpu, max(cost.peak for cost in costs))


def print_growth(walls: Mapping[int, float]) -> None:
    """How wall time grows from the second largest size to the largest: 1 is linear."""
    if len(walls) > 1:
        small, large = sorted(walls)[-2:]
        exponent = math.log(walls[large] / walls[small]) / math.log(large / small)
        print(f"growth from {small} to {large}: exponent {exponent:.2f}")

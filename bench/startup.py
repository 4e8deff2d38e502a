"""How long commands take to start, in processor time of `python -c pass`: in turn, so that all of it falls on each.

python -m bench.startup --runs 20
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from bench import measure, trees


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="runs of each; the median counts")
    options = parser.parse_args()
    few, many = _tree(3), _tree(1_000)
    ours = Path(sys.executable).with_name("provisioner")
    completing = {"_PROVISIONER_COMPLETE": "bash"}
    commands: dict[str, tuple[list[str | Path], Path, dict[str, str]]] = {
        "python -c pass": ([sys.executable, "-c", "pass"], few, {}),
        "python -c 'import click'": ([sys.executable, "-c", "import click"], few, {}),
        "provisioner --help": ([ours, "--help"], few, {}),
        "validate, 3 applications": ([ours, "validate"], few, {}),
        "completion, 1,000 applications": ([ours, "render", "prod/app-009"], many, completing),
    }
    costs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            costs[name].append(_cpu(*command))
    base = statistics.median(costs["python -c pass"])
    print(f"load {os.getloadavg()[0]:.1f}; processor time, median of {options.runs}")
    for name, seconds in costs.items():
        middle = statistics.median(seconds)
        print(f"{name:<30} | {1000 * middle:4.0f} ms | {middle / base:4.1f} x | least {1000 * min(seconds):.0f} ms")


def _tree(size: int) -> Path:
    tree = measure.SCRATCH / f"startup-{size}"
    if not tree.exists():
        trees.write_specs(tree, size)
    return tree


def _cpu(command: list[str | Path], folder: Path, variables: dict[str, str]) -> float:
    """Processor seconds, of which `measure.run` would show too few digits."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, cwd=folder, env={**environment, **variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

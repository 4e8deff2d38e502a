"""Commands over a fleet: applications in 20 environments on 200 templates, one of them on a simulator without a limit.

python -m bench.fleet                                # 1,000 and 10,000 applications
python -m bench.fleet --sizes 100000 --only validate # one command of a large fleet
python -m bench.fleet --octodns 10000                # octodns-validate beside validate

The other environments' consoles are people's: nothing is asked of them. Wall time counts where nothing else runs.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import measure, octodns, trees
from bench.served import VARIABLES, served

FIRST, SECOND = map(trees.fleet_environment, range(2))
REACHED = 3
COMMANDS: dict[str, Sequence[str]] = {
    "validate": ("validate",),
    "validate, one process": ("validate", "--jobs", "1"),
    "validate one environment": ("validate", FIRST),
    "one of a known account": ("validate", SECOND),
    "the same without the others": ("validate", FIRST),
    "render one environment": ("render", FIRST, "--format", "json"),
    "plan one --changed": ("plan", FIRST, "--changed", "HEAD", "--out", "plan.json"),
    "report": ("report", "plan.json", "--format", "markdown"),
    "promote --dry-run": ("promote", FIRST, SECOND, "--dry-run"),
    "status of one environment": ("status", FIRST),
    "status": ("status",),
}
_ALONE = "the same without the others"
_SERVED = ("plan one --changed", "status of one environment", "status")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], help="applications of the fleet")
    parser.add_argument("--only", nargs="+", default=list(COMMANDS), choices=list(COMMANDS), metavar="COMMAND")
    parser.add_argument("--runs", type=int, default=1, help="runs of each command; the fastest counts")
    parser.add_argument("--octodns", type=int, metavar="ZONES", help="only octodns-validate beside validate")
    options = parser.parse_args()
    load = f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores"
    print(f"{load}; files of {trees.LINES} lines, {trees.FLEET_ENVIRONMENTS} environments")
    if options.octodns:
        _beside_octodns(options.octodns, options.runs)
        return
    costs: dict[str, dict[int, measure.Cost]] = {}
    for size in options.sizes:
        for name in options.only:
            cost = _measure(name, size, options.runs)
            costs.setdefault(name, {})[size] = cost
            print(
                f"{size:>7} | {name:<27} | {cost.wall:7.2f} s | {cost.cpu:7.2f} s CPU | {cost.peak:4.0f} MiB",
                flush=True,
            )
    for name, of_sizes in costs.items():
        print(f"{name}: {_growth(of_sizes)}")


def _growth(costs: dict[int, measure.Cost]) -> str:
    """How processor time grows from the second largest size to the largest: 1 is linear."""
    if len(costs) < 2:
        return "one size, so no exponent"
    small, large = sorted(costs)[-2:]
    exponent = math.log(costs[large].cpu / costs[small].cpu) / math.log(large / small)
    return f"CPU grows by the exponent {exponent:.2f} from {small} to {large}"


def _measure(name: str, size: int, runs: int) -> measure.Cost:
    tree = _tree(size, 1 if name == _ALONE else trees.FLEET_ENVIRONMENTS)
    command: list[str | Path] = [Path(sys.executable).with_name("provisioner"), *COMMANDS[name]]
    if name not in _SERVED:
        return measure.best([measure.run(command, tree, VARIABLES) for _ in range(runs)])
    with served(tree, size, environment=FIRST), _changed(tree):
        return measure.best([measure.run(command, tree, VARIABLES) for _ in range(runs)])


def _tree(size: int, environments: int) -> Path:
    """The fleet, written once."""
    tree = measure.SCRATCH / f"fleet-{size}-{environments}"
    if not (tree / "whole").exists():
        shutil.rmtree(tree, ignore_errors=True)
        trees.write_fleet(tree, size, environments)
        (tree / "whole").touch()
    return tree


@contextmanager
def _changed(tree: Path) -> Iterator[None]:
    """All committed, and then three applications changed."""
    shutil.rmtree(tree / ".git", ignore_errors=True)
    git = ("git", "-C", str(tree), "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0")
    for line in (("init", "-q"), ("add", "environments", "templates"), ("commit", "-qm", "base")):
        subprocess.run([*git, *line], check=True)
    files = [tree / f"environments/{FIRST}/apps/app-{number:05}.yaml" for number in range(REACHED)]
    before = [file.read_text("utf-8") for file in files]
    for file, text in zip(files, before, strict=True):
        file.write_text(text.replace("maxFileDuration: 2h", "maxFileDuration: 3h"), "utf-8")
    try:
        yield
    finally:
        for file, text in zip(files, before, strict=True):
            file.write_text(text, "utf-8")


def _beside_octodns(zones: int, runs: int) -> None:
    """Both in turn, so that whatever else the machine does falls on both."""
    theirs, folder = octodns.command("octodns-validate"), measure.SCRATCH / f"fleet-zones-{zones}"
    shutil.rmtree(folder, ignore_errors=True)
    trees.write_zones(folder, zones)
    tree, ours = _tree(zones, trees.FLEET_ENVIRONMENTS), Path(sys.executable).with_name("provisioner")
    pairs = [
        (measure.run([theirs, "--config-file", "config.yaml"], folder), measure.run([ours, "validate"], tree))
        for _ in range(runs)
    ]
    peer, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
    print(f"octodns-validate of {zones} zones: {peer.wall:.2f} s, {peer.cpu:.2f} s CPU, {peer.peak:.0f} MiB")
    print(f"validate of {zones} applications: {own.wall:.2f} s, {own.cpu:.2f} s CPU, {own.peak:.0f} MiB")
    print(f"1/{peer.wall / own.wall:.1f} of the time, 1/{peer.cpu / own.cpu:.1f} of the processor time")


if __name__ == "__main__":
    main()

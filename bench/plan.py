"""`provisioner plan` beside `octodns-sync`'s, with a tenth of everything drifted; then under the service's own limit.

Over loopback the console is a process of its own and has no limit. The second part lets it enforce 20 calls a second.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench import measure, octodns, trees
from bench.served import VARIABLES, served

SIZES = (100, 1_000, 5_000)
DRIFTED = 10
LIMIT = 20


def main(
    command: tuple[str, ...] = ("plan",), theirs: tuple[str, ...] = (), reads: Callable[[int], float] = float
) -> None:
    """Measure a command of ours beside octodns-sync. `reads` says how many it makes of so many applications."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of applications")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; the fastest counts")
    parser.add_argument("--limited", type=int, default=1_000, help="applications under the limit; 0 leaves it out")
    options = parser.parse_args()
    ours: list[str | Path] = [Path(sys.executable).with_name("provisioner"), command[0], "prod", *command[1:]]
    peer: list[str | Path] = [octodns.command("octodns-sync"), "--config-file", "config.yaml", *theirs]
    print(
        f"applications | octodns-sync {' '.join(theirs)} | provisioner {' '.join(command)} | ratio | CPU ratio | peak"
    )
    walls: dict[int, float] = {}
    for size in options.sizes:
        pairs = [_pair(peer, ours, size) for _ in range(options.runs)]
        other, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
        walls[size] = own.wall
        print(
            f"{size:>12} | {other.wall:>7.2f} s | {own.wall:>7.2f} s | 1/{other.wall / own.wall:<4.1f}| "
            f"1/{other.cpu / own.cpu:<4.1f} | {own.peak:.0f} MiB against {other.peak:.0f}"
        )
    measure.print_growth(walls)
    if options.limited:
        ideal = reads(options.limited) / LIMIT
        wall = _ours(ours, options.limited, LIMIT).wall
        print(f"{options.limited} under {LIMIT} calls/s: {wall:.2f} s = {wall / ideal:.3f} x {ideal:.0f} s")


def _pair(peer: list[str | Path], ours: list[str | Path], size: int) -> tuple[measure.Cost, measure.Cost]:
    zones = fresh("zones", size, trees.write_zones)
    return measure.run(peer, zones), _ours(ours, size)


def _ours(command: list[str | Path], size: int, rate: int | None = None) -> measure.Cost:
    tree = fresh("served", size, trees.write_specs)
    with served(tree, DRIFTED, rate):
        return measure.run(command, tree, VARIABLES)


def fresh(kind: str, size: int, write: Callable[[Path, int], None]) -> Path:
    """A new tree in the scratch folder."""
    folder = measure.SCRATCH / f"{kind}-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, size)
    return folder


if __name__ == "__main__":
    main()

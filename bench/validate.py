"""`provisioner validate` beside `octodns-validate`, on trees of the same size, in one run."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from bench import measure, octodns, trees

SIZES = (100, 1_000, 5_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of files")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; the fastest counts")
    options = parser.parse_args()
    ours, theirs = Path(sys.executable).with_name("provisioner"), octodns.command("octodns-validate")
    print(f"files of {trees.LINES} lines | octodns-validate | provisioner validate | ratio | CPU ratio | peak")
    walls: dict[int, float] = {}
    _measure(ours, theirs, min(options.sizes), 1)  # compiles both
    for size in options.sizes:
        pairs = _measure(ours, theirs, size, options.runs)
        peer, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
        walls[size] = own.wall
        print(
            f"{size:>20} | {peer.wall:>14.2f} s | {own.wall:>18.2f} s | 1/{peer.wall / own.wall:<4.1f}| "
            f"1/{peer.cpu / own.cpu:<6.1f} | {own.peak:.0f} MiB against {peer.peak:.0f}"
        )
    measure.print_growth(walls)


def _measure(ours: Path, theirs: Path, size: int, runs: int) -> list[tuple[measure.Cost, measure.Cost]]:
    """Costs of theirs and of ours, in turn, so that whatever else the machine does falls on both."""
    specs, zones = measure.SCRATCH / f"specs-{size}", measure.SCRATCH / f"zones-{size}"
    for folder, write in ((specs, trees.write_specs), (zones, trees.write_zones)):
        shutil.rmtree(folder, ignore_errors=True)
        write(folder, size)
    return [
        (measure.run([theirs, "--config-file", "config.yaml"], zones), measure.run([ours, "validate"], specs))
        for _ in range(runs)
    ]


if __name__ == "__main__":
    main()

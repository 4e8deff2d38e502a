"""`provisioner validate` beside `octodns-validate`, on trees of the same size, in one run."""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bench import measure, trees

SIZES = (100, 1_000, 5_000)
ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / ".bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of files")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; the fastest counts")
    options = parser.parse_args()
    ours, theirs = Path(sys.executable).with_name("provisioner"), _octodns()
    print(f"files of {trees.LINES} lines | octodns-validate | provisioner validate | ratio | CPU ratio | peak")
    walls: dict[int, float] = {}
    for size in options.sizes:
        specs, zones = SCRATCH / f"specs-{size}", SCRATCH / f"zones-{size}"
        for folder, write in ((specs, trees.write_specs), (zones, trees.write_zones)):
            shutil.rmtree(folder, ignore_errors=True)
            write(folder, size)
        pairs = [
            (measure.run([theirs, "--config-file", "config.yaml"], zones), measure.run([ours, "validate"], specs))
            for _ in range(options.runs)
        ]
        peer, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
        walls[size] = own.wall
        print(
            f"{size:>20} | {peer.wall:>14.2f} s | {own.wall:>18.2f} s | 1/{peer.wall / own.wall:<4.1f}| "
            f"1/{peer.cpu / own.cpu:<6.1f} | {own.peak:.0f} MiB against {peer.peak:.0f}"
        )
    if len(walls) > 1:
        small, large = sorted(walls)[-2:]
        exponent = math.log(walls[large] / walls[small]) / math.log(large / small)
        print(f"growth from {small} to {large} files: exponent {exponent:.2f}")
    _start_up(ours, options.runs)


def _start_up(ours: Path, runs: int) -> None:
    pairs = [
        (measure.run([sys.executable, "-c", "pass"], SCRATCH), measure.run([ours, "--help"], SCRATCH))
        for _ in range(5 * runs)
    ]
    python, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
    print(f"--help: {1000 * own.wall:.0f} ms, {own.wall / python.wall:.1f} x `python -c pass`")


def _octodns() -> Path:
    """octoDNS from PyPI in a virtual environment of its own, made once."""
    folder = SCRATCH / "octodns"
    command = folder / "bin" / "octodns-validate"
    if not command.exists():
        print("Installing octoDNS into", folder, file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip: list[str | Path] = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "octodns"]
        subprocess.run(pip, check=True)
    return command


if __name__ == "__main__":
    main()

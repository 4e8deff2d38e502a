"""`plan --changed` beside the full plan under the service's rate: 5,000 applications, three of which a change reaches.

python -m bench.changed                     # both; the full plan takes 250 s
python -m bench.changed --ideal             # the full plan's time by arithmetic: N/20 s
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from bench import measure, trees
from bench.served import VARIABLES, served

RATE = 20
REACHED = 3
DRIFTED = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=5_000, help="applications")
    parser.add_argument("--runs", type=int, default=3, help="runs of plan --changed; the fastest counts")
    parser.add_argument("--ideal", action="store_true", help="reckon the full plan's time instead of waiting for it")
    options = parser.parse_args()
    tree = measure.SCRATCH / f"changed-{options.size}"
    shutil.rmtree(tree, ignore_errors=True)
    trees.write_specs(tree, options.size)
    shutil.rmtree(tree / ".git")
    ours = Path(sys.executable).with_name("provisioner")
    with served(tree, DRIFTED, RATE):
        _commit(tree)
        for number in range(REACHED):
            file = tree / f"environments/prod/apps/app-{number:05}.yaml"
            file.write_text(file.read_text("utf-8").replace("maxFileDuration: 2h", "maxFileDuration: 3h"), "utf-8")
        command: list[str | Path] = [ours, "plan", "prod", "--changed", "HEAD"]
        changed = measure.best([measure.run(command, tree, VARIABLES) for _ in range(options.runs)])
        full = options.size / RATE if options.ideal else measure.run([ours, "plan", "prod"], tree, VARIABLES).wall
    print(f"{options.size} applications under {RATE} calls/s, {REACHED} reached")
    print(f"plan --changed: {changed.wall:.2f} s, {changed.cpu:.2f} s CPU, {changed.peak:.0f} MiB")
    print(f"plan: {full:.1f} s{' by arithmetic' if options.ideal else ''}; ratio 1/{full / changed.wall:.0f}")


def _commit(tree: Path) -> None:
    git = ("git", "-C", str(tree), "-c", "user.name=bench", "-c", "user.email=bench@example.com")
    for line in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base")):
        subprocess.run([*git, *line], check=True)


if __name__ == "__main__":
    main()

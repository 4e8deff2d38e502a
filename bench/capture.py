"""How long `console learn` takes for a large capture, and how much memory: a day's session, mostly pages and pictures.

`python -m bench.capture [MEGABYTES]` writes one beside the calls of a typed sheet, learns from it, and prints a line.
"""

from __future__ import annotations

import base64
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.console.tencent.binding import load
from tests.console.learning.session import entry, session


def large(path: Path, megabytes: int, calls: list[dict[str, object]]) -> None:
    """A HAR of that size: scripts as escaped text and pictures as base64, with the calls spread over it."""
    chance = random.Random(7)
    picture = base64.b64encode(chance.randbytes(300_000)).decode()
    script = "".join(f'var a{n} = {{"k": "\\u00e9\\n", "v": [1, 2]}};\n' for n in range(9_000))
    kinds = [json.dumps(entry("https://static.example/x.js", {}, body, 0)) for body in (picture, script)]
    waiting = [json.dumps(call) for call in calls]
    gap = max(1, int(megabytes * 1e6 / len(kinds[0]) / (len(waiting) + 1)))
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log": {"version": "1.2", "entries": [')
        number = 0
        while file.tell() < megabytes * 1e6 or waiting:
            file.write(f"{', ' if number else ''}{kinds[number % 2]}")
            if number % gap == 0 and waiting:
                file.write(f", {waiting.pop(0)}")
            number += 1
        file.write("]}}")


def main(megabytes: int) -> None:
    """Write, learn, tell."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "day.har"
        large(path, megabytes, session(Path(folder), load("default", Path())))
        begin = time.perf_counter()
        command = [sys.executable, "-m", "provisioner", "console", "learn", str(path), "--into", f"{folder}/ours.yaml"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
        took = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = path.stat().st_size / 1e6
        last = next(line for line in ran.stdout.splitlines() if "fields observed" in line)
        print(f"{size:.0f} MB: {took:.1f} s, {peak:.0f} MiB at most; {last}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

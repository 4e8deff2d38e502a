"""A hundred thousand hostile answers of a console: internal errors, and the peak of memory.

    nice python -m bench.hostile --answers 100000

A list, a read and a write are asked, a third of the answers each. Console and generator, which holds what it makes of
lists of lists, are a process of their own: the peak is the driver's. A failure is named by its round of three.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import resource
import sys
import time
from multiprocessing.connection import Connection

from tests.console.hostile import HostileConsole, driver_of, reply
from tests.console.tencent.test_answer import hostile_outcome


def serve(seed: int, parent: Connection) -> None:
    """Answer for as long as somebody asks, and tell `parent` where."""
    numbers = itertools.count(seed)
    console = HostileConsole(lambda action: reply(random.Random(next(numbers)), action))
    parent.send(console.host)
    console.serve()


def main() -> int:
    """Print the figures; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(options.seed, theirs), daemon=True)
    server.start()
    wrong: list[str] = []
    began, asked = time.monotonic(), 0
    with driver_of(ours.recv()) as console:
        while asked * 3 < options.answers:  # three calls, and more where a list has pages
            wrong += hostile_outcome(console, asked)
            asked += 1
    for line in wrong[:20]:
        print(line, file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = time.monotonic() - began
    print(f"{asked * 3} answers or more, {len(wrong)} internal errors, peak {peak:.0f} MiB, {took:.0f} s")
    server.terminate()
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

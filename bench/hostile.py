"""A hundred thousand hostile answers of a console: internal errors, and the peak of memory.

    nice python -m bench.hostile --answers 100000

The console, its generator and the driver share this process, so that the peak is an upper bound. A list, a read and a
write are asked under each seed, a third of the answers each.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time

from tests.console.hostile import hostile_console, reply
from tests.console.tencent.test_answer import hostile_outcome


def main() -> int:
    """Print the figures; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    current, answered = random.Random(), 0

    def answer(action: str) -> bytes:
        nonlocal answered
        answered += 1
        return reply(current, action)

    wrong: list[str] = []
    began, seed = time.monotonic(), options.seed
    with hostile_console(answer) as console:
        while answered < options.answers:
            current.seed(seed)
            wrong += hostile_outcome(console, seed)
            seed += 1
    for line in wrong[:20]:
        print(line, file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = time.monotonic() - began
    print(f"{answered} answers, {len(wrong)} internal errors, peak {peak:.0f} MiB, {took:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""`provisioner apply` beside `octodns-sync --doit`, with a tenth of everything drifted (`bench/plan.py`)."""

from __future__ import annotations

from bench import plan

# The plan reads everything; of what drifted, each application is read again before its write and after it.
READS = 1 + 2 / plan.DRIFTED

if __name__ == "__main__":
    plan.main(("apply", "--yes"), ("--doit",), lambda applications: applications * READS)

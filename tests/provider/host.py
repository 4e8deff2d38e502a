"""Runs the project's program as Pulumi's language host does: `host.py ROOT STACK MONITOR ENGINE DRY_RUN`."""

from __future__ import annotations

import asyncio
import runpy
import sys
from pathlib import Path

import pulumi

root, stack, monitor, engine, dry_run = sys.argv[1:]
pulumi.runtime.configure(
    pulumi.runtime.Settings(
        project="trtc-recording", stack=stack, monitor=monitor, engine=engine, dry_run=dry_run == "true", parallel=4
    )
)


def program() -> None:
    runpy.run_path(str(Path(root) / "__main__.py"), run_name="__main__")


asyncio.run(pulumi.runtime.run_in_stack(program))

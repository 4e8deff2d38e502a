"""`killed.py STEP ARGUMENTS…`: runs a command and kills the process at its STEP-th step, as a power cut would.

A step is the moment before and the moment after each journal entry and each write to the console. Without that many
steps the command ends by itself, with exit code 0.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from provisioner.cli.main import run
from provisioner.console.tencent.client import TencentClient
from provisioner.reconcile.apply import apply
from provisioner.reconcile.apply.journal import Run

apply._WRITERS = 1  # one application after another, so that steps are numbered the same in every run
steps = int(sys.argv[1])


def step() -> None:
    global steps  # noqa: PLW0603 - this script is its own process
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def around(call: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*arguments: Any, **named: Any) -> Any:
        step()
        result = call(*arguments, **named)
        step()
        return result

    return stepped


Run.record = around(Run.record)  # type: ignore[method-assign]
TencentClient.write = around(TencentClient.write)  # type: ignore[method-assign]
sys.exit(run(sys.argv[2:]))

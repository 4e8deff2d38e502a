"""A process that dies before one of its calls to the file system, as if it were killed there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

DIED = 137
EVERY_CALL = ("open", "fchmod", "fsync", "mkdir", "rmdir", "link", "replace", "unlink")
PLACING = ("link", "replace")
"""What gives content a name: of the log, then of each file."""


def killed(action: Callable[[], object], step: int, calls: Sequence[str] = EVERY_CALL) -> bool:
    """Run `action` in a child that dies before its `step`-th of these calls of `os`; whether it got that far."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child runs no other thread, and execs nothing
        child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DIED
    try:
        _dying(step, calls)
        action()
    except BaseException:  # noqa: BLE001 - a child of a test must not go on as the test
        os._exit(1)
    os._exit(0)


def _dying(step: int, calls: Sequence[str]) -> None:
    left = step

    def dies(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(DIED)
            return call(*arguments, **named)

        return counted

    for name in calls:
        setattr(os, name, dies(getattr(os, name)))

"""The provider's plugin in a process that dies, and takes the engine along, at a moment that is named beforehand.

`TRTC_KILL` names it: `before Update 2` or `after Update 2` is around the second call of that name that the engine
makes, `write 2` around the console's second accepted write, and `end` is when the engine has done every step and lets
the plugin go, before it writes its state. SIGKILL lets no process clean up, as in a power cut.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from provisioner.provider import server
from provisioner.provider.servicer import ProviderServicer
from provisioner.simulator import ConsoleState

VARIABLE = "TRTC_KILL"
_WRITE = "write"


def power_cut() -> NoReturn:
    """End the engine and this process. What else the engine started has nothing to say without it."""
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL returned")


def dying(method: Callable[..., Any], name: str, moment: str) -> Callable[..., Any]:
    """`method` with an end at the `moment` of one of its calls."""
    lock, calls = threading.Lock(), 0

    @wraps(method)
    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        with lock:
            calls += 1
            number = calls
        if moment == f"before {name} {number}":
            power_cut()
        answer = method(*arguments, **named)
        if moment == f"after {name} {number}":
            power_cut()
        return answer

    return counted


def main() -> None:
    moment = os.environ[VARIABLE]
    if moment == "end":
        ProviderServicer.close = lambda self: power_cut()  # type: ignore[method-assign]
    elif f" {_WRITE} " in moment:
        ConsoleState.change = dying(ConsoleState.change, _WRITE, moment)  # type: ignore[method-assign]
    elif moment:
        name = moment.split()[1]
        setattr(ProviderServicer, name, dying(getattr(ProviderServicer, name), name, moment))
    server.serve()


if __name__ == "__main__":
    main()

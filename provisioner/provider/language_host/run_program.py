"""Runs one Pulumi program, as the language host's task on stdin describes it.

Exit codes: 0 done; 1 an error that was logged to the engine or printed; any other is the program's own.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pulumi
from pulumi.runtime import Settings, configure, run_in_stack, set_all_config

# As many threads wait for the engine's answers as Pulumi's own host gives a program.
_THREADS_A_RESOURCE = 4


def main() -> int:
    """Run the program; see the module for the exit code."""
    task = json.load(sys.stdin)
    _configure(task)
    program = Path(task["program"])
    sys.argv = [str(program), *task["arguments"]]
    sys.path[0] = str(program if program.is_dir() else program.parent)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(task["parallel"], 1) * _THREADS_A_RESOURCE))

    def run() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(run_in_stack(run))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except grpc.RpcError as error:
        # A monitor that is gone means that the engine is stopping: it needs no further error.
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            return 1
        pulumi.log.error(f"the engine refused a request: {error.details()}")
        return 1
    except Exception:  # noqa: BLE001 - whatever the user's program raises is the user's to read
        pulumi.log.error("Program failed with an unhandled exception:\n" + traceback.format_exc())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _configure(task: dict[str, Any]) -> None:
    configure(
        Settings(
            project=task["project"],
            stack=task["stack"],
            root_directory=task["rootDirectory"],
            monitor=task["monitor"],
            engine=task["engine"],
            parallel=task["parallel"],
            dry_run=task["preview"],
            organization=task["organization"],
        )
    )
    set_all_config(task["config"], task["secretKeys"])


if __name__ == "__main__":
    code = main()
    # Threads that still wait for the engine must not hold the process up.
    os._exit(code)

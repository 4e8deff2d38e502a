"""A warm interpreter that forks: a process of its own for a Python script, without a second spent on imports.

`run` is `subprocess.run` of Python with its output captured; `provisioner` is a command for shells and terminals. The
installed command in a fresh interpreter is tested by tests/deploy, the README's tour and what closes standard streams.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fork_client import ask, install
from tests.no_waiting import nobody_waits

ROOT = Path(__file__).resolve().parents[1]
_PROVISIONER = Path(sys.executable).with_name("provisioner")
_WARM = ("boto3", "coverage", "pulumi", "provisioner.provider.program", "tests.project")
"""What scripts import beside the commands."""


def run(
    *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A Python script, or `-m` and a module, in a process of its own with nothing to read; its exit code and output."""
    words = [str(word) for word in command]
    with Path(os.devnull).open("rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        streams = (nothing.fileno(), out.fileno(), err.fileno())
        code = ask(_address(), words, str(cwd or Path.cwd()), dict(os.environ if env is None else env), streams)
        told = [(stream.seek(0), stream.read().decode())[1] for stream in (out, err)]
    return subprocess.CompletedProcess(words, code, *told)


@functools.cache
def provisioner() -> Path:
    """A command in a folder of its own, to be called by its path or found on PATH."""
    command = Path(_address()).with_name("bin") / _PROVISIONER.name
    command.parent.mkdir()
    install(command, _PROVISIONER, _address())
    return command


@functools.cache
def _address() -> str:
    """The socket of the one server that this process has; it ends with it."""
    folder = tempfile.TemporaryDirectory(prefix="fork-")
    address = f"{folder.name}/socket"
    environment = {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_START"}
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, address],
        cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"

    def end() -> None:
        with server:  # closes its stdin, which it waits for
            pass
        folder.cleanup()

    atexit.register(end)
    return address


def _serve(address: str) -> None:
    """Fork for each request until stdin is closed."""
    from provisioner.cli.main import COMMANDS, cli

    nobody_waits()
    for name in COMMANDS:
        cli.get_command(None, name)  # type: ignore[arg-type]
    for module in _WARM:
        importlib.import_module(module)
    assert threading.active_count() == 1, "a fork would have only this one"
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        print("ready", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            _forked(lambda connection=connection: _answer(connection))  # type: ignore[misc]
            connection.close()
            _bury()


def _bury() -> None:
    """Take leave of those who have answered."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _forked(action: Callable[[], int]) -> int:
    """The id of a child that does this and ends with the answer as its exit code."""
    child = os.fork()
    if child:
        return child
    try:
        os._exit(action())
    except BaseException:  # noqa: BLE001 - a child must not go on as the server
        traceback.print_exc()
    os._exit(70)


def _answer(connection: socket.socket) -> int:
    """Runs what is asked in a child, and tells its exit code."""
    streams = socket.recv_fds(connection, 1, 3)[1]
    asked = json.loads(connection.makefile("rb").readline())
    _, status = os.waitpid(_forked(lambda: _child(asked, streams)), 0)
    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    return 0


def _child(asked: dict[str, Any], streams: list[int]) -> int:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    if "COVERAGE_PROCESS_START" in os.environ:
        importlib.import_module("coverage").process_startup()
    encoding = os.environ.get("PYTHONIOENCODING") or None
    sys.stdin = open(0, encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = asked["command"]
    code = _run()
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return code


def _run() -> int:
    """As the interpreter runs what `sys.argv` names."""
    try:
        if sys.argv[0] == "-m":
            module = sys.argv.pop(1)
            sys.modules.pop(module, None)
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, str(Path(sys.argv[0]).parent))
            runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - the interpreter's own last resort
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])

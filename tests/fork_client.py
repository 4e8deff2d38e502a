"""Asks a fork server for a process: the caller's arguments, folder, environment and standard streams; its exit code.

It imports nothing of ours, so that a command of a shell (`install`) starts in milliseconds.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_COMMAND = """\
#!{python} -ISB
import sys
sys.path.insert(0, {folder!r})
from fork_client import ask
import os
sys.exit(ask({address!r}, [{script!r}, *sys.argv[1:]], os.getcwd(), dict(os.environ), (0, 1, 2)))
"""


def ask(
    address: str, command: Sequence[str], folder: str, environment: Mapping[str, str], streams: tuple[int, int, int]
) -> int:
    """Run the Python script `command[0]` with the other words as its arguments; its exit code, -N for signal N."""
    asked = json.dumps({"command": command, "folder": folder, "environment": environment})
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"\n"], streams)
        connection.sendall(asked.encode() + b"\n")
        code = connection.makefile("rb").readline()
    return int(code)


def install(file: Path, script: Path, address: str) -> None:
    """Make `file` a command that runs the Python script `script` in a fork of the server at `address`."""
    own = str(Path(__file__).parent)
    file.write_text(_COMMAND.format(python=sys.executable, folder=own, address=address, script=str(script)), "utf-8")
    file.chmod(0o755)

"""Running a command where somebody sees what it shows and answers: at a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Sequence

from tests.fork_server import provisioner
from tests.project import Project


def at_a_terminal(
    project: Project, answers: Sequence[str], *arguments: str, redirected: Sequence[str] = ()
) -> tuple[int, str]:
    """Run a command, typing a line for each of `answers`: its exit code and what the terminal showed.

    `redirected` names streams that are no terminal: `stdin` is empty, `stdout` and `stderr` go nowhere.
    """
    master, slave = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "USER": "ada"}
    stdin, stdout, stderr = (
        subprocess.DEVNULL if name in redirected else slave for name in ("stdin", "stdout", "stderr")
    )
    process = subprocess.Popen(
        [provisioner(), *arguments], cwd=project.root, env=environment, stdin=stdin, stdout=stdout, stderr=stderr
    )
    os.close(slave)
    os.write(master, "".join(f"{answer}\n" for answer in answers).encode())
    shown = b""
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:
        pass  # the terminal is gone: Linux says so this way
    os.close(master)
    return process.wait(30), shown.decode().replace("\r\n", "\n")

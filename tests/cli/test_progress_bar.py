"""A bar on a terminal, a line a minute in CI, nothing in a pipe; after Ctrl-C the terminal is as it was."""

from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest

from provisioner.cli.progress_bar import MinuteLines, TerminalProgress, choose, duration, heading, left
from provisioner.foundation import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "stream", "kind"),
    [
        ({}, Terminal(), TerminalProgress),
        ({"CI": "true"}, Terminal(), TerminalProgress),
        ({"TERM": "dumb"}, Terminal(), type(progress.SILENT)),
        ({"CI": "true"}, io.StringIO(), MinuteLines),
        ({"CI": "false"}, io.StringIO(), type(progress.SILENT)),
        ({}, io.StringIO(), type(progress.SILENT)),
        ({}, None, type(progress.SILENT)),
    ],
)
def test_who_tells_it_depends_on_where_it_goes(
    variables: Mapping[str, str], stream: io.StringIO | None, kind: type[object]
) -> None:
    assert isinstance(choose(variables, stream), kind)


def test_the_wait_is_known_beforehand() -> None:
    assert heading("Reading", 500, 20) == "Reading 500 at 20 calls/s: about 25 s"
    assert heading("Reading", 5_000, 20) == "Reading 5,000 at 20 calls/s: about 4 min 10 s"
    assert heading("Reading", 3, 20) == "Reading 3"
    assert heading("Asking", 5_000, None) == "Asking 5,000"
    assert [duration(seconds) for seconds in (0.4, 119, 120, 125)] == ["0 s", "119 s", "2 min", "2 min 5 s"]


def test_what_is_left_goes_by_the_pace_and_by_the_service() -> None:
    assert left(0, 100, 5.0, None) is None
    assert left(0, 100, 5.0, 20) == 5.0
    assert left(50, 100, 30.0, None) == 30.0
    assert left(50, 100, 0.1, 20) == 2.5


def test_a_log_gets_a_line_a_minute() -> None:
    now = [0.0]
    told: list[str] = []
    with MinuteLines(told.append, lambda: now[0]).task("Reading", 5_000, 20) as task:
        for _ in range(50):
            now[0] += 5
            task.step(100)
    assert told == [
        "Reading 5,000 at 20 calls/s: about 4 min 10 s",
        "Reading: 1,200 of 5,000, about 3 min 10 s left",
        "Reading: 2,400 of 5,000, about 2 min 10 s left",
        "Reading: 3,600 of 5,000, about 70 s left",
        "Reading: 4,800 of 5,000, about 10 s left",
    ]


def test_where_nobody_knows_how_many_they_are_counted() -> None:
    now = [0.0]
    told: list[str] = []
    with MinuteLines(told.append, lambda: now[0]).task("Listing files", None, None) as task:
        for _ in range(3):
            now[0] += 40
            task.step(500)
    assert heading("Listing files", None, 20) == "Listing files"
    assert told == ["Listing files: 1,000 so far"]


WORK = """
import time
from provisioner.cli import progress_bar
from provisioner.foundation import progress
progress_bar.listen()
with progress.task("Reading", 500, 20) as task:
    for number in range(500):
        if number == 3:
            progress_bar.say("said meanwhile")
        task.step()
        time.sleep(0.05)
"""


def test_ctrl_c_leaves_the_terminal_clean() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = b""
    until = time.monotonic() + 60
    while b"said meanwhile" not in seen or b" left" not in seen:
        assert time.monotonic() < until, seen
        seen += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            some = os.read(ours, 4096)
        except OSError:
            break
        if not some:
            break
        seen += some
    process.wait()
    os.close(ours)
    text = seen.decode()
    assert "Reading 500 at 20 calls/s: about 25 s" in text
    assert "\nsaid meanwhile\r\n" in text.replace("\x1b[2K", "\n")
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")  # the cursor is back
    assert text.rfind("\x1b[2K") > text.rfind("/500")  # and the bar is gone


def test_a_pipe_gets_nothing() -> None:
    variables = {name: value for name, value in os.environ.items() if name != "CI"}
    work = [sys.executable, "-c", WORK.replace("sleep(0.05)", "sleep(0)")]
    ran = subprocess.run(work, capture_output=True, text=True, env=variables, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "said meanwhile\n", "")

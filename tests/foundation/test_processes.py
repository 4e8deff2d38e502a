"""Answers of several processes: in order, with their errors, and none of them left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from provisioner.foundation.errors import UsageError
from provisioner.foundation.processes import WORTH_IT, WorkerLost, in_order, jobs_of


def _square(number: int) -> tuple[int, int]:
    time.sleep(0.02 / number)  # the first take longest
    return number * number, os.getpid()


def _refuse(number: int) -> int:
    if number == 3:
        raise UsageError("three is too many", fix="Take two.")
    return number


def _die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.fixture(autouse=True)
def _copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the tests themselves run in threads."""
    monkeypatch.setattr("threading.active_count", lambda: 1)


def test_answers_come_in_order_from_several_processes() -> None:
    with in_order(_square, range(1, 20), 3) as answers:
        found = list(answers)
    assert [square for square, _ in found] == [number * number for number in range(1, 20)]
    assert 2 <= len({process for _, process in found} - {os.getpid()}) <= 3


def test_one_job_is_this_process() -> None:
    with in_order(_square, [1, 2], 1) as answers:
        assert {process for _, process in answers} == {os.getpid()}


def test_what_one_raises_is_raised_here_with_what_to_do() -> None:
    with pytest.raises(UsageError, match="three is too many") as raised, in_order(_refuse, range(9), 2) as answers:
        list(answers)
    assert raised.value.fix == "Take two."


def test_a_process_that_is_ended_from_outside_is_told_in_words() -> None:
    with pytest.raises(WorkerLost, match="was ended from outside"), in_order(_die, range(9), 2) as answers:
        list(answers)


@pytest.mark.parametrize(("asked", "files", "jobs"), [(3, 1, 3), (1, 10**6, 1), (None, WORTH_IT - 1, 1)])
def test_as_many_as_asked_for_and_one_for_few_files(asked: int | None, files: int, jobs: int) -> None:
    assert jobs_of(asked, files) == jobs


def test_many_files_take_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0, 1, 2, 3}, raising=False)
    assert jobs_of(None, WORTH_IT) == 4


_PARENT = """
import os, sys, time
from provisioner.foundation.processes import in_order
def work(number):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece: two write at a time
    time.sleep(60)
with in_order(work, range(2), 2) as answers:
    list(answers)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    """Nor says anything where somebody presses Ctrl-C, which reaches all of them."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        start_new_session=True,
    )  # fmt: skip
    assert parent.stdout
    children = [int(parent.stdout.readline()) for _ in range(2)]
    if number is signal.SIGINT:
        os.killpg(parent.pid, number)
    else:
        parent.send_signal(number)
    _, err = parent.communicate(timeout=30)  # ends when nobody holds the pipe any more
    while any(map(_lives, children)):  # its files are closed a moment before it is gone
        time.sleep(0.01)
    assert "Process" not in err


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False

"""What a process that is killed in the middle of a write leaves behind, and several of them at once."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from provisioner.simulator import ConsoleState, SeedApplication
from tests.conftest import ROOT
from tests.simulator.killed import MANUAL, TEMPLATE

ROUNDS = 4


def start(path: Path, worker: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.simulator.killed", str(path), str(worker)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(workers: list[subprocess.Popen[str]], seconds: float) -> Counter[str]:
    """Let them work for a while, kill them with SIGKILL; what they had acknowledged by then."""
    said = []
    for worker in workers:
        assert worker.stdout is not None
        said.append(worker.stdout.readline().strip())  # at work
    time.sleep(seconds)
    for worker in workers:
        worker.kill()
    said.extend(line for worker in workers for line in worker.communicate()[0].splitlines())
    assert [worker.returncode for worker in workers] == [-9] * len(workers)
    return Counter(said)


@pytest.mark.parametrize("together", [1, 3])
def test_kill_nine_loses_nothing_and_doubles_nothing(tmp_path: Path, together: int) -> None:
    path = tmp_path / "console.sqlite"
    with ConsoleState(path) as state:
        state.seed([SeedApplication(MANUAL, "calls", "new", True, "auto", TEMPLATE)])
    acknowledged: Counter[str] = Counter()
    chance = random.Random(together)
    for number in range(ROUNDS):
        workers = [start(path, number * together + worker) for worker in range(together)]
        acknowledged += killed(workers, chance.uniform(0.05, 0.3))
    assert_consistent(path)
    with ConsoleState(path) as state:
        accepted = state.accepted_writes()
        # Killed between the commit and the line that tells of it: at most one of each process.
        assert acknowledged["write"] <= accepted <= acknowledged["write"] + ROUNDS * together
        files = [file.name for file in state.media.files()]
        tasks = state.recordings.tasks(MANUAL)
    assert len(files) == len(set(files)) == len(tasks) >= acknowledged["call"]
    assert all(task.ended_at is not None for task in tasks)
    assert acknowledged["write"] > ROUNDS


def assert_consistent(path: Path) -> None:
    """The file as SQLite sees it, and what must agree in it."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        accepted = connection.execute("SELECT value FROM counters WHERE name = 'accepted_writes'").fetchone()[0]
        rows = connection.execute("SELECT version, template FROM configurations ORDER BY version").fetchall()
        (held,) = connection.execute("SELECT template FROM applications").fetchone()
        usage = connection.execute("SELECT sum(seconds) FROM usage").fetchone()[0] or 0
        recorded = connection.execute("SELECT sum(json_extract(details, '$.seconds')) FROM files").fetchone()[0] or 0
    finally:
        connection.close()
    versions = [version for version, _ in rows]
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    assert versions[-1] == accepted  # every accepted write is one version, and no version came from nowhere
    prefixes = [json.loads(template).get("UserDefineRecordPrefix") for _, template in rows]
    assert len(set(prefixes)) == len(prefixes)  # nothing was written twice
    assert held == rows[-1][1]
    assert usage == pytest.approx(recorded)

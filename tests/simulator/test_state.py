"""The file: it survives, it is private, it is never overwritten, and processes share it without loss."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.simulator import ConsoleServer, ConsoleState, SeedApplication, applications
from provisioner.simulator.schema import VERSIONS
from tests.simulator.conftest import MovableClock
from tests.simulator.support import ACCOUNT, MANUAL, NEW, OLD, SEEDS, TEMPLATE, call, recording, sdk
from tests.simulator.worker import use_console


def test_state_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / ".provisioner" / "dev" / "console.sqlite"
    for expected in (None, TEMPLATE):
        with ConsoleState(path) as state:
            assert state.seed(SEEDS) == (3 if expected is None else 0)
            with ConsoleServer(state, [ACCOUNT]) as server:
                client = sdk(server.endpoint)
                assert recording(client, MANUAL)["Template"] == expected
                call(client, "AlterRecording", SdkAppId=MANUAL, Template=TEMPLATE)
    with ConsoleState(path) as state:
        assert state.accepted_writes() == 2


def test_a_seed_never_overwrites(state: ConsoleState) -> None:
    state.edit(OLD, enabled=True, mode="auto", template=TEMPLATE)
    added = SeedApplication(20000999, "added-later", "new")
    assert state.seed([SeedApplication(OLD, "renamed", "new"), added]) == 1
    kept = state.application(OLD)
    assert (kept.name, kept.generation, kept.enabled, kept.mode) == ("legacy-live", "old", True, "auto")
    assert state.application(20000999).name == "added-later"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sdk_app_id": 10**10}, "an SDKAppId is a number from 1 to 9999999999"),
        ({"generation": "newest"}, "generation is new or old, not 'newest'"),
        ({"mode": "on"}, "mode is auto or manual, not 'on'"),
        ({"mode": "auto"}, "automatic recording needs a template"),
        ({"template": {**TEMPLATE, "MaxIdleTime": 4}}, "`template.MaxIdleTime` is not valid"),
    ],
)
def test_an_impossible_seed_plants_nothing(state: ConsoleState, change: dict[str, Any], why: str) -> None:
    fields: dict[str, Any] = {"sdk_app_id": 20000998, "name": "x", "generation": "new", **change}
    with pytest.raises(UsageError, match=why):
        state.seed([SeedApplication(20000999, "fine", "new"), SeedApplication(**fields)])
    with pytest.raises(UsageError, match="no application 20000999"):
        state.application(20000999)


def test_a_seed_may_come_with_everything(state: ConsoleState, clock: MovableClock) -> None:
    state.seed([SeedApplication(20000999, "full", "new", True, "auto", TEMPLATE)])
    planted = state.application(20000999)
    assert (planted.enabled, planted.mode, planted.template) == (True, "auto", TEMPLATE)
    assert (planted.changed_at, planted.created_at) == (None, clock.now)


def test_an_edit_changes_what_it_names(state: ConsoleState, clock: MovableClock) -> None:
    assert state.edit(NEW, enabled=True).enabled
    clock.now += 1
    state.edit(NEW, template=TEMPLATE)
    edited = state.edit(NEW, mode="auto")
    assert edited == state.application(NEW)
    assert (edited.enabled, edited.mode, edited.template, edited.changed_at) == (
        True,
        "auto",
        TEMPLATE,
        clock.now,
    )
    with pytest.raises(UsageError, match="no application 1"):
        state.edit(1, enabled=True)


def test_a_change_that_fails_leaves_everything(state: ConsoleState) -> None:
    def decide(_: object) -> Any:
        raise KeyError("no")

    with pytest.raises(KeyError):
        state.change(NEW, decide)
    assert not state.application(NEW).enabled
    assert state.accepted_writes() == 0
    state.edit(NEW, enabled=True)  # and the file is not locked


def test_only_the_owner_reads_the_file(state: ConsoleState) -> None:
    state.edit(NEW, template=TEMPLATE)
    files = sorted(state.path.parent.glob("console.sqlite*"))
    assert len(files) == 3
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * 3


def test_writes_reach_the_disk(state: ConsoleState) -> None:
    with state.database.writing() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_file_that_is_no_console(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 100)
    with pytest.raises(ProvisionerError, match="cannot be opened as the embedded console's state"):
        ConsoleState(path)
    assert path.read_text().startswith("not a database")


def test_opening_waits_for_another_opener(tmp_path: Path) -> None:
    path = tmp_path / "console.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # SQLite refuses the switch to WAL at once, whatever its timeout
    release = threading.Timer(0.05, other.close)
    release.start()
    with ConsoleState(path) as state:
        assert state.seed(SEEDS) == 3
    release.join()


def test_a_file_of_a_later_version(tmp_path: Path) -> None:
    path = tmp_path / "console.sqlite"
    ConsoleState(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(ProvisionerError, match="version 7, this tool knows version 6"):
        ConsoleState(path)


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "console.sqlite"
    connection = sqlite3.connect(path)
    for statement in (*VERSIONS[0], "PRAGMA user_version = 1"):
        connection.execute(statement)
    row = (MANUAL, "calls", "new", 1, "auto", json.dumps(TEMPLATE), 1000.0, 900.0)
    connection.execute("INSERT INTO applications VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("UPDATE counters SET value = 7")
    connection.commit()
    connection.close()
    for _ in range(2):
        with ConsoleState(path, clock=lambda: 2000.0) as state:
            assert state.accepted_writes() == 7
            assert state.application(MANUAL).template == TEMPLATE
            assert state.in_force(MANUAL).mode == "auto"
            assert state.media.files() == []


def test_history_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "KEPT_VERSIONS", 3)
    now = 1000.0
    with ConsoleState(tmp_path / "console.sqlite", clock=lambda: now, effect_seconds=0) as state:
        state.seed(SEEDS)
        for idle in range(5, 10):
            now += 10
            state.edit(MANUAL, template={**TEMPLATE, "MaxIdleTime": idle})
        shown = [state.application(MANUAL, seen_at=at).template for at in (1000.0, 1035.0, 1045.0)]
        assert [template and template["MaxIdleTime"] for template in shown] == [7, 7, 8]
        assert state.application(NEW, seen_at=0).template is None


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    writes, reads, now = 40, 15, MovableClock().now
    path = tmp_path / "console.sqlite"  # not there yet: creating it is raced for, too
    context = multiprocessing.get_context("spawn")
    together, accepted = context.Barrier(2), context.SimpleQueue()
    workers = [
        context.Process(
            target=use_console,
            args=(path, now),
            kwargs={"writes": writes, "reads": reads, "together": together, "accepted": accepted},
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert accepted.get() + accepted.get() == 20  # of 30: one bucket for both
    accepted.close()
    with ConsoleState(path) as state:
        assert state.accepted_writes() == 2 * writes
        assert state.applications()[0] == 3
        template = state.application(MANUAL).template
        assert template is not None
        assert template["MaxIdleTime"] == 5 + writes - 1

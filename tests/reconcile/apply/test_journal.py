from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply.journal import UNREADABLE, Journal, JournalEntry, holds_after, open_writes, runs_of
from provisioner.reconcile.apply.journal_folder import FolderStore
from provisioner.reconcile.apply.lock import environment_lock, owner_note
from provisioner.reconcile.plan.staleness import PlanRuns

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def test_entries_come_back_in_order_with_their_details(tmp_path: Path) -> None:
    journal = Journal(FolderStore(tmp_path / "journal"), noon)
    run = journal.begin(who="ann")
    run.record("write", name="call", sdkAppId=5)
    run.close()
    entries = list(journal.entries())
    assert [(entry.event, entry.at) for entry in entries] == [
        ("begin", "2026-01-31T12:00:00Z"),
        ("write", "2026-01-31T12:00:00Z"),
    ]
    assert entries[1].details == {"name": "call", "sdkAppId": 5}
    assert entries[0].run == entries[1].run


def test_a_line_torn_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(FolderStore(tmp_path), noon)
    run = journal.begin()
    run.close()
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"event": "wri')
    assert [entry.event for entry in journal.entries()] == ["begin"]


def test_runs_follow_each_other_in_time(tmp_path: Path) -> None:
    moments: Iterator[datetime] = (NOON + timedelta(seconds=second) for second in range(100))
    journal = Journal(FolderStore(tmp_path), lambda: next(moments))
    for who in ("ann", "bob"):
        journal.begin(who=who).close()
    assert [entry.details["who"] for entry in journal.entries()] == ["ann", "bob"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_stops_before_the_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Journal(FolderStore(tmp_path), noon).begin()
    with Path("/dev/full").open("wb") as full:
        monkeypatch.setattr(run._sink, "_descriptor", full.fileno())
        with pytest.raises(ProvisionerError, match="the journal cannot be written: No space left on device"):
            run.record("write", name="call")


def test_a_second_writer_is_told_who_has_the_lock_and_since_when(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        holder.stdout.readline()
        told = rf"dev is being written by \w+ with tests \(process {holder.pid} on .*for 1 min 5 s"
        later = NOON + timedelta(seconds=65)
        with pytest.raises(ConflictError, match=told), environment_lock(tmp_path, "dev", {}, lambda: later):
            pass
        holder.kill()
    with environment_lock(tmp_path, "dev", owner_note("mine", noon), noon):  # it went with its process
        assert json.loads((tmp_path / "lock.json").read_text())["process"] == os.getpid()
    assert not (tmp_path / "lock.json").exists()


_HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from provisioner.reconcile.apply.lock import environment_lock, owner_note
from provisioner.reconcile.plan.staleness import PlanRuns
def noon(): return datetime(2026, 1, 31, 12, tzinfo=UTC)
with environment_lock(Path(sys.argv[1]), "dev", owner_note("tests", noon), noon):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_was_written_last_holds_after_the_window() -> None:
    def entry(event: str, at: datetime | str, **details: object) -> JournalEntry:
        return JournalEntry("run", event, at if isinstance(at, str) else timestamp(at), details)

    later = NOON + timedelta(hours=1)
    entries = [
        entry("write", NOON, sdkAppId=1),
        entry("applied", NOON, sdkAppId=1, effectiveAfter=timestamp(later)),
        entry("write", NOON, sdkAppId=2),  # killed: nobody saw whether it took effect
        entry("failed", later, sdkAppId=3),
        entry("applied", "yesterday", sdkAppId=4),
        entry("applied", NOON, sdkAppId=5, effectiveAfter=7),
        entry("applied", NOON),
    ]
    assert holds_after(entries) == {1: later, 2: NOON + timedelta(minutes=10)}


def test_a_write_is_open_until_somebody_saw_that_it_ended_well() -> None:
    def entries(*events: tuple[str, dict[str, object]]) -> list[JournalEntry]:
        return [JournalEntry("run", event, timestamp(NOON), details) for event, details in events]

    write, applied, failed = (
        {"name": "a", "sdkAppId": 1},
        {"sdkAppId": 1, "requests": []},
        {"sdkAppId": 1, "reason": "lost"},
    )
    assert open_writes(entries(("write", write))) == {1}
    assert open_writes(entries(("write", write), ("failed", failed))) == {1}
    assert open_writes(entries(("write", write), ("applied", applied))) == set()
    assert open_writes(entries(("write", write), ("equal", {"sdkAppIds": [1, 2]}))) == set()
    assert open_writes(entries(("write", write), ("applied", applied), ("write", write))) == {1}


def test_a_run_that_cannot_begin_releases_its_sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise ConflictError("the lock is gone")

    store = FolderStore(tmp_path)
    sink = store.open("one")
    monkeypatch.setattr(store, "open", lambda _: sink)
    with pytest.raises(ConflictError, match="the lock is gone"):
        Journal(store, noon).begin(lost)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(sink._descriptor)
    assert list(Journal(store, noon).entries()) == []


@pytest.mark.parametrize("line", ['{"event": 5, "at": "x"}', '{"event": "x", "at": 5}', '{"event": "x"}', "[]", "7"])
def test_a_line_that_is_no_entry_is_told_unless_it_is_the_last(tmp_path: Path, line: str) -> None:
    begun = '{"event": "begin", "at": "2026-01-31T12:00:00Z"}'
    (tmp_path / "one.jsonl").write_text(f"{begun}\n{line}\n{begun}\n{line}\n")
    found = [entry.event for entry in Journal(FolderStore(tmp_path), noon).entries()]
    assert found == ["begin", UNREADABLE, "begin"]


def test_what_a_journal_says_of_a_sealed_plan() -> None:
    def run(name: str, plan: str, *events: tuple[str, str]) -> list[JournalEntry]:
        begin = JournalEntry(name, "begin", "0", {"plan": plan})
        return [
            begin,
            *(JournalEntry(name, event, str(at), {"name": app}) for at, (event, app) in enumerate(events, 1)),
        ]

    entries = [
        *run("1", "p", ("write", "call"), ("applied", "call"), ("write", "room"), ("failed", "room"), ("end", "")),
        *run("2", "q", ("write", "desk"), ("applied", "desk"), ("end", "")),
    ]
    assert runs_of(entries, "p") == PlanRuns(frozenset({"call", "room"}), frozenset({"call"}), None)
    entries += run("3", "p", ("write", "room"), ("applied", "room"), ("end", ""))
    assert runs_of(entries, "p") == PlanRuns(frozenset({"call", "room"}), frozenset({"call", "room"}), "3")
    entries += run("4", "p", ("write", "call"))  # killed
    assert runs_of(entries, "p").finished == "3"

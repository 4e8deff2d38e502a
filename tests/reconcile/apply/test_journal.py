from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply.journal import (
    UNREADABLE,
    Journal,
    JournalEntry,
    holds_after,
    open_writes,
    runs_of,
    unwritable,
)
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


def test_a_line_is_on_record_as_it_was_told(tmp_path: Path) -> None:
    """In ASCII: what breaks lines elsewhere breaks none here, and no name is too strange to be kept."""
    journal = Journal(FolderStore(tmp_path), noon)
    run = journal.begin(who="ann")
    run.record("write", name="b\u00fcro\u2028\x85\udcff", sdkAppId=5)
    run.close()
    (file,) = tmp_path.glob("*.jsonl")
    assert file.read_bytes().splitlines() == [
        b'{"event": "begin", "at": "2026-01-31T12:00:00Z", "version": 1, "who": "ann"}',
        b'{"event": "write", "at": "2026-01-31T12:00:00Z", "name": "b\\u00fcro\\u2028\\u0085\\udcff", "sdkAppId": 5}',
    ]
    assert [entry.details["name"] for entry in journal.entries() if entry.event == "write"] == [
        "b\u00fcro\u2028\x85\udcff"
    ]


def test_a_run_is_named_by_its_moment_and_its_process(tmp_path: Path) -> None:
    run = Journal(FolderStore(tmp_path), lambda: NOON.replace(microsecond=42)).begin()
    run.close()
    assert re.fullmatch(rf"20260131T120000\.000042Z-{os.getpid()}-[0-9a-f]{{6}}", run.name)
    assert [entry.run for entry in Journal(FolderStore(tmp_path), noon).entries()] == [run.name]


def test_a_damaged_line_is_an_entry_of_its_run(tmp_path: Path) -> None:
    begun = '{"event": "begin", "at": "2026-01-31T12:00:00Z", "who": "ann"}'
    for damaged in ("{", "[" * 100_000, '{"event": 5, "at": 5}'):
        (tmp_path / "one.jsonl").write_text(f"{begun}\n{damaged}\n{begun}\n")
        whole = JournalEntry("one", "begin", "2026-01-31T12:00:00Z", {"who": "ann"})
        found = list(Journal(FolderStore(tmp_path), noon).entries())
        assert found == [whole, JournalEntry("one", UNREADABLE, "", {}), whole]
        (tmp_path / "one.jsonl").write_text(damaged)
        assert list(Journal(FolderStore(tmp_path), noon).entries()) == []


def told(event: str, **details: object) -> JournalEntry:
    return JournalEntry("run", event, timestamp(NOON), details)


def test_what_cannot_be_read_hides_nothing_that_follows() -> None:
    damaged = [
        told("write", sdkAppId=1, effectiveAfter="yesterday"),
        told("write", sdkAppId=1, effectiveAfter="0001-01-01T00:00:00+23:59"),
        told("write", sdkAppId="1"),
        told("applied"),
        JournalEntry("run", "write", "9999-12-31T23:59:59Z", {"sdkAppId": 1}),
    ]
    assert holds_after([*damaged, told("applied", sdkAppId=2, effectiveAfter=timestamp(NOON))]) == {2: NOON}


def test_of_several_writes_the_latest_window_counts() -> None:
    later = NOON + timedelta(hours=1)
    entries = [told("applied", sdkAppId=1, effectiveAfter="2026-01-31T14:00:00+01:00"), told("write", sdkAppId=1)]
    assert holds_after(entries) == holds_after(entries[::-1]) == {1: later}
    assert holds_after(entries)[1].tzinfo is UTC


def test_a_write_is_open_until_somebody_saw_how_it_ended() -> None:
    assert open_writes([told("write", sdkAppId=1), told("write", sdkAppId=2), told("applied", sdkAppId=1)]) == {2}
    assert open_writes([told("write", sdkAppId=1), told("write", sdkAppId=2), told("equal", sdkAppIds=[2, 3])]) == {1}
    assert open_writes([told("write", sdkAppId=1), told("equal", sdkAppIds=[1]), told("write", sdkAppId=1)]) == {1}
    assert open_writes([told("write", sdkAppId=1), told("failed", sdkAppId=1), told("end", sdkAppId=1)]) == {1}


def test_a_journal_that_somebody_damaged_is_no_error() -> None:
    """What it still says counts."""
    strange: list[object] = [None, [], {}, "1", 1.5]
    damaged = [told(event, sdkAppId=one, sdkAppIds=one, name=one) for event in ("write", "applied") for one in strange]
    damaged += [told("write"), told("applied"), told("equal"), told("equal", sdkAppIds=[[], {}, "1"])]
    assert open_writes([told("write", sdkAppId=1), *damaged]) == {1}
    begin = JournalEntry("run", "begin", "0", {"plan": "p"})
    found = runs_of([begin, *damaged, told("write", name="call")], "p")
    assert found == PlanRuns(frozenset({"call", "1"}), frozenset({"1"}), None)


def test_a_journal_that_cannot_be_written_is_told_with_its_place() -> None:
    error = unwritable("s3://bucket/dev", "SlowDown")
    assert (error.what, error.where) == ("the journal cannot be written: SlowDown", "s3://bucket/dev")
    assert error.fix == (
        "Nothing more is written to the console without a journal. Make room or give access, then run again."
    )

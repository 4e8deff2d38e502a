"""What goes wrong around an apply: what the user is told, and that nothing is lost (docs/state.md has the table)."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.lock import environment_lock, owner_note
from provisioner.specs.layout import state_folder
from tests.project import Project

ALL_WRITES = 6


def writes(project: Project) -> int:
    return project.console("dev").accepted_writes()


def fault(project: Project, *arguments: str) -> None:
    project.run("console", "seed", "dev")
    assert project.run("console", "fault", "dev", *arguments).code == 0


def heals(project: Project) -> None:
    """Without the fault a rerun finishes, and doubles nothing."""
    project.run("console", "fault", "dev", "--clear")
    assert project.run("apply", "--yes", "dev").code == 0
    assert writes(project) == ALL_WRITES
    assert project.json("plan", "dev")["totals"]["change"] == 0


def test_a_clock_that_is_off_is_named_before_anything_is_written(project: Project) -> None:
    fault(project, "clock", "--seconds", "600")
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 1
    assert "AuthFailure.SignatureExpire" in ran.err
    assert "This machine's clock is off by more than five minutes; set it." in ran.err
    assert not (state_folder(project.root, "dev") / "journal").exists()
    heals(project)


def test_a_console_that_goes_down_in_the_middle_leaves_the_rest_to_a_rerun(project: Project) -> None:
    fault(project, "server-error", "--action", "AlterRecording", "--count", "3")
    ran = project.run("apply", "--yes", "dev/classroom")
    assert (ran.code, writes(project)) == (1, 1)  # recording was switched on, its template was refused
    assert "failed classroom: AlterRecording: ServerNetworkError" in ran.err
    assert "failed: AlterRecording: ServerNetworkError" in project.run("history", "dev").out
    heals(project)


def test_answers_that_are_lost_cost_nothing(project: Project) -> None:
    fault(project, "reset-after", "--action", "Alter*")
    assert project.run("apply", "--yes", "dev").code == 0
    heals(project)


def test_a_console_that_shows_old_values_is_not_believed(project: Project) -> None:
    fault(project, "stale", "--seconds", "30", "--action", "Describe*")
    ran = project.run("apply", "--yes", "dev/video-call")
    assert ran.code == 1
    assert "diverged: the console accepted the change but shows other values at recording.enabled" in ran.err
    assert "and 17 more\n  Somebody else may be writing" in ran.err
    heals(project)


def test_the_second_of_two_applies_is_told_of_the_first(project: Project) -> None:
    project.run("console", "seed", "dev")
    note = owner_note("provisioner apply", system_clock)
    with environment_lock(state_folder(project.root, "dev"), "dev", note, system_clock):
        ran = project.run("apply", "--yes", "dev")
    assert (ran.code, writes(project)) == (1, 0)
    assert f"dev is being written by {note['who']} with provisioner apply (process {os.getpid()} on " in ran.err
    assert "If that process hangs, end it there: the lock goes with it, and a rerun continues." in ran.err
    heals(project)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc here")
@pytest.mark.parametrize("room", [0, 400, 2400, 4000])
def test_a_disk_that_fills_up_stops_the_writes(project: Project, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write, left = os.write, [room]

    def nearly_full(descriptor: int, data: bytes) -> int:
        if ".jsonl" not in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            return write(descriptor, data)
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = write(descriptor, data[: left[0]])
        left[0] -= done
        return done

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", nearly_full)
        ran = project.run("apply", "--yes", "dev")
    assert ran.code in {1, 3}
    assert "the journal cannot be written: No space left on device" in ran.err
    assert "Nothing more is written to the console without a journal." in ran.err
    assert writes(project) <= ALL_WRITES
    assert "end" not in [entry["event"] for entry in project.json("history", "dev")]
    heals(project)


def test_what_was_written_and_not_recorded_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioner.reconcile.apply.journal import Run, unwritable

    record = Run.record

    def full(self: Run, event: str, **details: object) -> None:
        if event == "applied":
            raise unwritable("journal", "No space left on device")
        record(self, event, **details)

    monkeypatch.setattr(Run, "record", full)
    ran = project.run("apply", "--yes", "dev/classroom")
    assert ran.code == 1
    assert "failed classroom: was written and reads back as wanted, which could not be recorded" in ran.err
    monkeypatch.undo()
    monkeypatch.chdir(project.root)
    heals(project)


def test_a_tree_that_cannot_be_written_is_named(tmp_path: Path, project: Project) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(ProvisionerError, match="there can be no lock here, so nothing was written: Not a directory"),
        environment_lock(tmp_path / "file" / "dev", "dev", {}, system_clock),
    ):
        pass
    (project.root / ".provisioner").write_bytes(b"")
    ran = project.run("apply", "--yes", "dev")
    assert ran.code == 1
    assert ".provisioner/dev: the embedded console cannot remember anything here: Not a directory" in ran.err

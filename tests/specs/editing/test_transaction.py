"""Several files are written as one, whatever happens: a kill, a full disk, somebody else, a stranger's log."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.specs.editing import transaction
from provisioner.specs.editing.transaction import FileChange, Recovered, created, recover, write_together
from provisioner.specs.layout import WRITE_LOCK, WRITE_LOG
from tests.killed import PLACING, killed

OLD, GONE, NEW = "environments/dev/environment.yaml", "policies/vendor/acme/idle.yaml", "templates/call/v2.yaml"
CHANGES = {OLD: FileChange(b"old", b"newer"), GONE: FileChange(b"gone", None), NEW: FileChange(None, b"new")}
BEFORE = {OLD: b"old", GONE: b"gone"}
AFTER = {OLD: b"newer", NEW: b"new"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, data in BEFORE.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def files(root: Path) -> dict[str, bytes]:
    """Every file, hidden ones too, but for the lock, which stays."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {path: file.read_bytes() for path, file in found.items() if path != WRITE_LOCK}


def reset(root: Path) -> None:
    for path in files(root):
        (root / path).unlink()
    for path, data in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def test_every_file_is_as_it_shall_be_and_nothing_else_is_left(root: Path) -> None:
    (root / OLD).chmod(0o640)
    write_together(root, CHANGES, "promote")
    assert files(root) == AFTER
    assert [(root / path).stat().st_mode & 0o777 for path in (OLD, NEW)] == [0o640, 0o644]
    assert not (root / GONE).parent.exists()
    assert recover(root) is None


def test_a_kill_before_any_call_is_finished_or_undone_by_the_next_run(root: Path) -> None:
    step, outcomes = 1, []
    while killed(lambda: write_together(root, CHANGES, "promote"), step):
        found = recover(root)
        outcomes.append(found.written if found else None)
        assert files(root) == (AFTER if (found and found.written) or files(root) == AFTER else BEFORE)
        assert found is None or found == Recovered("provisioner promote", tuple(CHANGES), found.written)
        assert recover(root) is None
        reset(root)
        step += 1
    assert step > 30
    assert list(dict.fromkeys(outcomes)) == [None, False, True]  # no log, nothing written, then finished


def test_a_kill_while_recovering_is_recovered_from(root: Path) -> None:
    step, further = 1, True
    while further:
        reset(root)
        assert killed(lambda: write_together(root, CHANGES, "promote"), 3, PLACING)  # the new file has no name yet
        assert files(root).keys() >= {OLD, WRITE_LOG}
        further = killed(lambda: recover(root), step, (*PLACING, "unlink", "fsync"))
        recover(root)
        assert files(root) == AFTER
        step += 1
    assert step > 5


@pytest.mark.parametrize("step", range(1, 10))
def test_a_disk_that_is_full_at_any_write_leaves_every_file_as_it_was(
    root: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """It syncs the log and its folder, two files, and three folders; then the folder that the log has left."""
    with monkeypatch.context() as patch:
        calls = _full_disk(patch, step)
        if step == 9:
            write_together(root, CHANGES, "promote")
            assert len(calls) == 8
        else:
            with pytest.raises(ProvisionerError, match="No space left on device"):
                write_together(root, CHANGES, "promote")
    assert files(root) == (AFTER if step >= 8 else BEFORE)


def _full_disk(patch: pytest.MonkeyPatch, step: int) -> list[int]:
    real, calls = os.fsync, []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == step:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    patch.setattr(os, "fsync", full)
    return calls


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        (OLD, b"theirs", f"{OLD}: was changed meanwhile"),
        (OLD, None, f"{OLD}: was deleted meanwhile"),
        (GONE, b"theirs", f"{GONE}: was changed meanwhile"),
        (NEW, b"theirs", f"{NEW}: exists already; it is never overwritten"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_what_somebody_else_wrote_meanwhile_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, path: str, data: bytes | None, told: str, late: bool
) -> None:
    """Before the command writes, or (late) in the last moment, when its new content is on the disk already."""

    def somebody_else_writes(*_: object) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data) if data else (root / path).unlink()

    if late:
        monkeypatch.setattr(transaction, "_begin", then(transaction._begin, somebody_else_writes))
    else:
        somebody_else_writes()
    with pytest.raises(ConflictError) as error:
        write_together(root, CHANGES, "promote")
    assert str(error.value).startswith(told)
    theirs = {path: data} if data else {}
    assert files(root) == {name: content for name, content in BEFORE.items() if name != path} | theirs


def then(first: Callable[..., object], second: Callable[[], None]) -> Callable[..., None]:
    def both(*arguments: Any) -> None:
        first(*arguments)
        second()

    return both


def test_a_name_that_appears_in_the_last_moment_is_not_taken(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def later(source: Path, target: Path) -> None:
        if target == root / NEW:
            target.write_bytes(b"theirs")
        link(source, target)

    monkeypatch.setattr(os, "link", later)
    with pytest.raises(ConflictError, match="exists already; it is never overwritten"):
        write_together(root, CHANGES, "promote")
    assert files(root) == {**BEFORE, NEW: b"theirs"}


def test_one_command_writes_at_a_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "_SECONDS", 0)
    (root / ".provisioner").mkdir()
    with FileLock(root / WRITE_LOCK), pytest.raises(ConflictError, match="another command is writing specs"):
        write_together(root, CHANGES, "promote")
    assert files(root) == BEFORE


def test_nothing_is_written_over_what_was_cut_off(root: Path) -> None:
    killed(lambda: write_together(root, CHANGES, "promote"), 3, PLACING)
    with pytest.raises(ConflictError, match="another command was cut off while it wrote"):
        write_together(root, created({"templates/call/v3.yaml": b"3"}), "new")


def test_a_file_that_was_changed_since_the_kill_is_for_somebody_to_decide(root: Path) -> None:
    killed(lambda: write_together(root, CHANGES, "promote"), 3, PLACING)
    (root / OLD).write_bytes(b"theirs")
    with pytest.raises(ConflictError) as error:
        recover(root)
    assert str(error.value).splitlines() == [
        f"{OLD}: was changed after `provisioner promote` had been cut off, which was writing it with 2 more",
        f"  See `git diff`, bring all of them to what they shall be, then delete {WRITE_LOG}.",
    ]
    assert files(root)[OLD] == b"theirs"


def entry(path: object = NEW, content: bytes | None = b"evil", **other: object) -> dict[str, object]:
    digest = None if content is None else f"sha256:{hashlib.sha256(content).hexdigest()}"
    said = None if content is None else base64.b64encode(content).decode()
    return {"path": path, "before": None, "after": digest, "content": said, **other}


HOSTILE = {
    "no JSON": "{",
    "another shape": "[]",
    "deep": "[" * 100_000,
    "a number of many digits": "9" * 5_000,
    "no files": {"logVersion": 1, "command": "x", "files": []},
    "another version": {"logVersion": 2, "command": "x", "files": [entry()]},
    "no command": {"logVersion": 1, "command": 3, "files": [entry()]},
    "another digest": [entry(after="sha256:0")],
    "no base64": [{**entry(), "content": "*"}],
    "a file twice": [entry(), entry()],
    "a key too many": [entry(mode=511)],
    "out of the project": [entry("../evil.yaml")],
    "a way out": [entry("environments/dev/apps/../../../../evil.yaml")],
    "absolute": [entry("/tmp/evil.yaml")],
    "a hook": [entry(".git/hooks/pre-commit")],
    "no spec": [entry("Makefile")],
    "no text": [entry(7)],
    "behind a link": [entry("environments/dev/apps/evil.yaml")],
    "into Git": [entry("environments/dev/promotions/20260131T120000Z-3141b8e6a0b4.yaml")],
}


@pytest.mark.parametrize("log", HOSTILE.values(), ids=HOSTILE)
def test_a_log_that_no_command_has_written_writes_nothing(root: Path, tmp_path_factory: Any, log: Any) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (root / "environments/dev/apps").symlink_to(outside)
    (root / ".git/hooks").mkdir(parents=True)
    (root / "environments/dev/promotions").symlink_to("../../.git/hooks")
    (root / ".provisioner").mkdir()
    document = {"logVersion": 1, "command": "x", "files": log} if isinstance(log, list) else log
    (root / WRITE_LOG).write_text(document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(ProvisionerError) as error:
        recover(root)
    assert any(words in str(error.value) for words in ("No command has written this log", "lies behind a link"))
    assert {path: data for path, data in files(root).items() if path != WRITE_LOG} == BEFORE
    assert [*outside.iterdir(), *(root / ".git/hooks").iterdir()] == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/etc/passwd")])
def test_a_log_that_is_no_file_is_not_read(root: Path, make: Callable[[Path], None]) -> None:
    (root / ".provisioner").mkdir()
    make(root / WRITE_LOG)
    with pytest.raises(ProvisionerError, match="is no log that can be read"):
        recover(root)


def test_a_state_folder_elsewhere_is_refused(root: Path, tmp_path_factory: Any) -> None:
    (root / ".provisioner").symlink_to(tmp_path_factory.mktemp("outside"))
    with pytest.raises(ProvisionerError, match="is a link that leaves the project; nothing was written"):
        write_together(root, CHANGES, "promote")
    assert files(root) == BEFORE


def test_a_command_names_no_file_that_recovery_would_refuse(root: Path) -> None:
    with pytest.raises(ProvisionerError, match="names a file that no command writes"):
        write_together(root, created({"README.md": b""}), "new")


def test_a_link_stays_a_link(root: Path) -> None:
    (root / "shared.yaml").write_bytes(b"old")
    (root / OLD).unlink()
    (root / OLD).symlink_to("../../shared.yaml")
    write_together(root, {OLD: CHANGES[OLD]}, "adopt")
    assert (root / OLD).is_symlink()
    assert (root / "shared.yaml").read_bytes() == b"newer"

"""A journal in a bucket, against an S3 server on loopback."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.reconcile.apply import state
from provisioner.reconcile.apply.journal import Journal
from provisioner.reconcile.apply.journal_bucket import BucketStore
from provisioner.reconcile.apply.lease import leased
from provisioner.reconcile.apply.object_store import ObjectBucket
from provisioner.specs.keys.journal import BucketJournal
from tests import fork_server
from tests.project import Project
from tests.reconcile.apply.conftest import CREDENTIALS

KILLED = Path(__file__).parents[1] / "killed.py"


def journal(choice: BucketJournal) -> Journal:
    return Journal(BucketStore(ObjectBucket(choice)), system_clock)


def url(choice: BucketJournal) -> str:
    return f"s3://{choice.bucket}/{choice.prefix}?endpoint={choice.endpoint}&region={choice.region}"


def journalled(project: Project, choice: BucketJournal) -> Project:
    project.edit(
        "environments/dev/environment.yaml", "tier: development", f'tier: development\njournal: "{url(choice)}"'
    )
    return project


def test_entries_come_back_in_order_run_by_run(choice: BucketJournal) -> None:
    for who in ("ann", "bob"):
        run = journal(choice).begin(who=who)
        for number in range(12):
            run.record("write", name=f"app{number}")
        run.close()
    entries = list(journal(choice).entries())
    assert [entry.details.get("who") for entry in entries if entry.event == "begin"] == ["ann", "bob"]
    assert [entry.details["name"] for entry in entries[1:13]] == [f"app{number}" for number in range(12)]
    assert sum(key.endswith(".jsonl") for key in ObjectBucket(choice).listing()) == 2


def test_a_run_that_never_ended_keeps_every_entry(choice: BucketJournal) -> None:
    run = journal(choice).begin(who="ann")
    run.record("write", name="call")
    assert [entry.event for entry in journal(choice).entries()] == ["begin", "write"]


def test_without_its_bucket_nothing_is_written(project: Project, choice: BucketJournal) -> None:
    gone = BucketJournal("no-such-bucket", "", choice.endpoint, choice.region)
    ran = journalled(project, gone).run("apply", "--yes", "dev")
    assert ran.code == 1
    assert "s3://no-such-bucket/: the store does not answer as it should: NoSuchBucket\n  Check the address" in ran.err
    assert project.console("dev").accepted_writes() == 0


def test_apply_history_and_sealed_plans_use_the_bucket(project: Project, choice: BucketJournal) -> None:
    journalled(project, choice).run("plan", "dev", "--out", "plan.json")
    assert project.run("apply", "--yes", "--plan", "plan.json").code == 0
    assert not (project.root / ".provisioner/dev/journal").exists()
    assert "video-call 20001001  applied" in project.run("history", "dev").out
    again = project.run("apply", "--yes", "--plan", "plan.json")
    assert (again.code, "this plan was carried out already" in again.err) == (1, True)
    assert "lock.json" not in list(ObjectBucket(choice).listing())


def test_a_kill_leaves_what_was_recorded_and_a_lock_that_only_others_wait_for(
    project: Project, choice: BucketJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journalled(project, choice)
    command = (KILLED, "12", "apply", "dev", "--yes")
    ran = fork_server.run(*command, cwd=project.root, env={"PATH": "", **CREDENTIALS})
    assert ran.returncode == -signal.SIGKILL
    before = [entry["event"] for entry in project.json("history", "dev")]
    assert before[:3] == ["begin", "equal", "write"]
    assert "lock.json" in list(ObjectBucket(choice).listing())
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(state, "identity", lambda _: "another machine's")
        told = project.run("apply", "--yes", "dev").err
    assert "dev is being written by" in told
    assert "If that process is gone, its lock falls in" in told
    assert project.run("apply", "--yes", "dev").code == 0  # on the same machine nobody waits for a process that is gone
    assert project.console("dev").accepted_writes() == 6
    assert [entry["event"] for entry in project.json("history", "dev")][: len(before)] == before


def test_a_lock_of_this_machine_only_asks_the_bucket_for_nothing(project: Project, choice: BucketJournal) -> None:
    project.edit(
        "environments/dev/environment.yaml",
        "tier: development",
        f'tier: development\njournal: "{url(choice)}&lock=local"',
    )
    with leased(ObjectBucket(choice), "dev", {"who": "ann"}):
        assert project.run("apply", "--yes", "dev").code == 0

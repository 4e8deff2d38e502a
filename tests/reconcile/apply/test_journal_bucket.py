"""A journal in a bucket, and the lease beside it, against an S3 server on loopback."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from moto.server import ThreadedMotoServer

from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply import lease, state
from provisioner.reconcile.apply.journal import Journal
from provisioner.reconcile.apply.journal_bucket import BucketStore
from provisioner.reconcile.apply.lease import leased
from provisioner.reconcile.apply.object_store import ObjectBucket
from provisioner.specs.keys.journal import BucketJournal
from tests.conftest import ROOT
from tests.project import Project

KILLED = Path(__file__).parents[1] / "killed.py"
NOTE: dict[str, object] = {
    "who": "ann",
    "engine": "tests",
    "host": "ci-7",
    "process": 5,
    "since": "2026-01-31T12:00:00Z",
}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def choice(server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BucketJournal:
    """A bucket of the test's own."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{zlib.crc32(request.node.name.encode())}"
    boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(Bucket=name)
    return BucketJournal(name, "calls/dev", server, "us-east-1")


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
    command: list[str | Path] = [sys.executable, KILLED, "12", "apply", "dev", "--yes"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", **CREDENTIALS}
    ran = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, check=False)
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


def test_a_second_machine_is_told_who_writes(choice: BucketJournal) -> None:
    told = (
        r"dev is being written by ann with tests \(process 5 on ci-7, since 2026-01-31T12:00:00Z\), last heard of 0 min"
    )
    with (
        leased(ObjectBucket(choice), "dev", NOTE) as check,
        pytest.raises(ConflictError, match=told),
        leased(ObjectBucket(choice), "dev", {**NOTE, "who": "bob"}),
    ):
        check()
    with leased(ObjectBucket(choice), "dev", NOTE):
        """It was given back."""


def test_who_lost_the_lease_writes_no_more(choice: BucketJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    with leased(ObjectBucket(choice), "dev", NOTE, lambda: now[0]) as check, ExitStack() as later:
        run = journal(choice).begin(check, who="ann")
        run.record("write", name="one")
        now[0] += 299  # asleep for longer than any renewal may take
        monkeypatch.setattr(lease, "LASTS", timedelta())  # and the store's clock says so
        later.enter_context(leased(ObjectBucket(choice), "dev", {**NOTE, "who": "bob"}))
        with pytest.raises(ConflictError, match="the lock of dev could not be renewed in time"):
            run.record("write", name="two")
    assert [entry.details.get("name") for entry in journal(choice).entries()] == [None, "one"]


def test_a_lease_is_renewed_while_it_is_ours(choice: BucketJournal) -> None:
    now = [1000.0]
    held = lease._Lease(ObjectBucket(choice), "dev", NOTE, lambda: now[0])
    held.take()
    for _ in range(5):
        now[0] += 200
        held.renew()
        held.check()
    held.give_back()
    assert list(ObjectBucket(choice).listing()) == []


def test_a_store_that_overwrites_can_hold_no_lock(choice: BucketJournal) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Careless) as careless:
        Thread(target=careless.serve_forever, daemon=True).start()
        bucket = ObjectBucket(BucketJournal("bucket", "", f"http://127.0.0.1:{careless.server_port}", "us-east-1"))
        with pytest.raises(ProvisionerError, match="it can hold no lock"), leased(bucket, "dev", NOTE):
            pass
        careless.shutdown()


class _Careless(BaseHTTPRequestHandler):
    """Takes every PUT, whatever its condition says."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


def test_a_lock_of_this_machine_only_asks_the_bucket_for_nothing(project: Project, choice: BucketJournal) -> None:
    project.edit(
        "environments/dev/environment.yaml",
        "tier: development",
        f'tier: development\njournal: "{url(choice)}&lock=local"',
    )
    with leased(ObjectBucket(choice), "dev", NOTE):
        assert project.run("apply", "--yes", "dev").code == 0

"""The lease beside a journal in a bucket: who holds it, who lost it, and what renews it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import ConflictError, ProvisionerError
from provisioner.reconcile.apply import lease
from provisioner.reconcile.apply.journal import Journal
from provisioner.reconcile.apply.journal_bucket import BucketStore
from provisioner.reconcile.apply.lease import leased
from provisioner.reconcile.apply.object_store import ObjectBucket, StoredObject, StoreError
from provisioner.specs.keys.journal import BucketJournal

NOTE: dict[str, object] = {
    "who": "ann",
    "engine": "tests",
    "host": "ci-7",
    "process": 5,
    "since": "2026-01-31T12:00:00Z",
}


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
        run = Journal(BucketStore(ObjectBucket(choice)), system_clock).begin(check, who="ann")
        run.record("write", name="one")
        now[0] += 299  # asleep for longer than any renewal may take
        monkeypatch.setattr(lease, "LASTS", timedelta())  # and the store's clock says so
        later.enter_context(leased(ObjectBucket(choice), "dev", {**NOTE, "who": "bob"}))
        with pytest.raises(ConflictError, match="the lock of dev could not be renewed in time"):
            run.record("write", name="two")
    assert [
        entry.details.get("name") for entry in Journal(BucketStore(ObjectBucket(choice)), system_clock).entries()
    ] == [None, "one"]


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


def held(choice: BucketJournal, now: list[float]) -> Any:
    """A lease that nobody renews, by a clock that the test moves."""
    return lease._Lease(ObjectBucket(choice), "dev", NOTE, lambda: now[0])


def stored(choice: BucketJournal) -> dict[str, Any]:
    there = ObjectBucket(choice).read(lease.KEY)
    assert there is not None
    note: dict[str, Any] = json.loads(there.data)
    return note


@pytest.mark.parametrize(("seconds", "sure"), [(240, True), (241, False)])
def test_a_lease_is_ours_for_a_minute_less_than_it_lasts(choice: BucketJournal, seconds: int, sure: bool) -> None:
    now = [1000.0]
    ours = held(choice, now)
    ours.take()
    now[0] += seconds
    if sure:
        ours.check()
        return
    with pytest.raises(ConflictError, match="Nothing more is written"):
        ours.check()
    ours.give_back()  # somebody else may have it by now: it is not ours to delete
    assert list(ObjectBucket(choice).listing()) == [lease.KEY]


def test_a_lease_that_somebody_took_is_never_ours_again(choice: BucketJournal) -> None:
    now = [1000.0]
    ours = held(choice, now)
    ours.take()
    ObjectBucket(choice).delete(lease.KEY)
    ObjectBucket(choice).create(lease.KEY, b'{"who": "bob"}')
    ours.renew()
    with pytest.raises(ConflictError, match="could not be renewed in time"):
        ours.check()
    ObjectBucket(choice).delete(lease.KEY)
    ours._etag = ObjectBucket(choice).create(lease.KEY, b"{}")
    ours.renew()  # even where the store would take it again
    with pytest.raises(ConflictError, match="could not be renewed in time"):
        ours.check()


def test_what_renews_the_lease_goes_on_after_an_error_and_ends_when_told(
    choice: BucketJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each turn of the loop waits for this test, whatever the machine's speed."""
    answers: list[Callable[[Callable[[], None]], None]] = [_fails, _renews]
    turns = [Event(), Event()]
    renew = lease._Lease.renew

    def one_turn(ours: Any) -> None:
        answer, turn = answers.pop(0), turns[len(turns) - len(answers) - 1]
        if not answers:
            monkeypatch.setattr(lease, "_RENEWED_EVERY", timedelta(hours=1))
        turn.set()
        answer(lambda: renew(ours))

    monkeypatch.setattr(lease, "_RENEWED_EVERY", timedelta(milliseconds=1))
    monkeypatch.setattr(lease._Lease, "renew", one_turn)
    with leased(ObjectBucket(choice), "dev", NOTE) as check:
        assert all(turn.wait(30) for turn in turns)
        check()
    assert answers == []
    assert list(ObjectBucket(choice).listing()) == []


def _fails(_: Callable[[], None]) -> None:
    raise StoreError("SlowDown", "s3://bucket", 503)


def _renews(renew: Callable[[], None]) -> None:
    renew()


def test_renewals_are_counted_in_the_note(choice: BucketJournal) -> None:
    ours = held(choice, [1000.0])
    ours.take()
    assert stored(choice) == {**NOTE, "renewals": 0}
    ours.renew()
    assert stored(choice) == {**NOTE, "renewals": 1}


@pytest.mark.parametrize(("age", "gone"), [(timedelta(), True), (timedelta(microseconds=-1), False)])
def test_a_lease_is_taken_over_once_it_was_not_renewed_for_its_time(
    choice: BucketJournal, monkeypatch: pytest.MonkeyPatch, age: timedelta, gone: bool
) -> None:
    ObjectBucket(choice).create(lease.KEY, b"[]")
    there = ObjectBucket(choice).read(lease.KEY)
    assert there is not None
    read = StoredObject(there.data, there.etag, lease.LASTS + age)
    monkeypatch.setattr(ObjectBucket, "read", lambda *_: read)
    ours = held(choice, [1000.0])
    if gone:
        ours.take()
        ours.check()
        return
    with pytest.raises(ConflictError, match="dev is being written by another process, last heard of 4 min 59 s ago"):
        ours.take()


def test_a_former_owner_of_this_machines_lock_is_gone_at_once(choice: BucketJournal) -> None:
    note = {**NOTE, "lock": "boot/1/2"}
    ObjectBucket(choice).create(lease.KEY, json.dumps(note).encode())
    with pytest.raises(ConflictError), leased(ObjectBucket(choice), "dev", {**NOTE, "lock": "boot/1/3"}):
        pass
    with pytest.raises(ConflictError), leased(ObjectBucket(choice), "dev", {**NOTE, "lock": ""}):
        pass
    with leased(ObjectBucket(choice), "dev", note) as check:
        check()


def test_a_lease_that_was_given_back_in_between_is_taken(
    choice: BucketJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner is there when we create ours, and gone when we ask who it is."""
    ObjectBucket(choice).create(lease.KEY, b"{}")
    read = ObjectBucket.read

    def gone(bucket: ObjectBucket, key: str) -> StoredObject | None:
        bucket.delete(key)
        return read(bucket, key)

    ours = held(choice, [1000.0])
    with monkeypatch.context() as patched:
        patched.setattr(ObjectBucket, "read", gone)
        assert ours._taken_over() is not None
    assert stored(choice) == {**NOTE, "renewals": 0}

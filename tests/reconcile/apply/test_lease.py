"""The lease beside a journal in a bucket: who holds it, who lost it, and what renews it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from threading import enumerate as enumerate_threads
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


# The same by values: a store in this process, whose clock and whose neighbours the test moves.


class MemoryBucket(ObjectBucket):
    """What a store does with conditions, without one; `before` is called with the method's name before each call."""

    def __init__(self, before: Callable[[str], None] = lambda _: None) -> None:
        self.place = "s3://bucket/dev"
        self.there: StoredObject | None = None
        self.before = before
        self.writes = 0

    def put(self, data: bytes, age: timedelta = timedelta()) -> str:
        assert isinstance(data, bytes)  # stores take nothing else
        self.writes += 1
        self.there = StoredObject(data, f"etag-{self.writes}", age)
        return self.there.etag

    def create(self, key: str, data: bytes) -> str | None:
        assert (key, type(data)) == ("lock.json", bytes)
        self.before("create")
        return None if self.there else self.put(data)

    def replace(self, key: str, data: bytes, etag: str) -> str | None:
        assert key == "lock.json"
        self.before("replace")
        return self.put(data) if self.there and self.there.etag == etag else None

    def read(self, key: str) -> StoredObject | None:
        assert key == "lock.json"
        self.before("read")
        return self.there

    def delete(self, key: str) -> None:
        assert key == "lock.json"
        self.before("delete")
        self.there = None

    @property
    def note(self) -> Any:
        return self.there and json.loads(self.there.data)


BOB = {**NOTE, "who": "bob"}


def lease_of(bucket: ObjectBucket, now: list[float], note: dict[str, object] = NOTE) -> Any:
    return lease._Lease(bucket, "dev", note, lambda: now[0])


def refused(act: Callable[[], object]) -> tuple[str, object, str | None]:
    with pytest.raises((ConflictError, ProvisionerError)) as told:
        act()
    return told.value.what, told.value.where, told.value.fix


LOST = (
    "the lock of dev could not be renewed in time: somebody else may be writing",
    "s3://bucket/dev/lock.json",
    "Nothing more is written. Run again: what is done already stays, and is not done twice.",
)


def test_a_lease_counts_from_before_the_store_was_asked() -> None:
    """However long the answers take: the store's clock began with the request at the latest."""
    now = [1000.0]
    bucket = MemoryBucket(lambda _: now.__setitem__(0, now[0] + 50))
    ours = lease_of(bucket, now)
    ours.take()
    now[0] = 1240
    ours.check()
    now[0] = 1240.5
    assert refused(ours.check) == LOST
    now[0] = 1200
    ours.renew()
    now[0] = 1440
    ours.check()
    now[0] = 1440.5
    assert refused(ours.check) == LOST


def test_whoever_holds_it_is_named_with_the_time_that_is_left() -> None:
    bucket = MemoryBucket()
    bucket.put(json.dumps(BOB).encode(), timedelta(minutes=1, seconds=30))
    owner = "bob with tests (process 5 on ci-7, since 2026-01-31T12:00:00Z)"
    wait = "Wait for it. If that process is gone, its lock falls in {}: run again then."
    assert refused(lease_of(bucket, [0.0]).take) == (
        f"dev is being written by {owner}, last heard of 1 min 30 s ago",
        "s3://bucket/dev/lock.json",
        wait.format("3 min 30 s"),
    )
    assert bucket.note == BOB
    for note in (b"", b"[]", b"{}", b"7", b'{"who": "bob"}'):
        bucket.put(note)
        told = "dev is being written by another process, last heard of 0 min 0 s ago"
        assert refused(lease_of(bucket, [0.0]).take)[0] == told


def test_an_old_lease_is_taken_over_and_its_owner_loses_it() -> None:
    bucket, now = MemoryBucket(), [1000.0]
    theirs = lease_of(bucket, now, BOB)
    theirs.take()
    assert bucket.there
    bucket.there = StoredObject(bucket.there.data, bucket.there.etag, timedelta(minutes=5))
    ours = lease_of(bucket, now)
    ours.take()
    assert bucket.note == {**NOTE, "renewals": 0}
    ours.check()
    theirs.renew()
    assert refused(theirs.check) == LOST
    theirs.give_back()
    assert bucket.note == {**NOTE, "renewals": 0}
    ours.renew()
    ours.check()
    ours.give_back()
    assert bucket.there is None


def test_of_two_who_take_an_old_lease_over_one_is_told_of_the_other() -> None:
    def first(method: str) -> None:
        if method == "replace":
            bucket.before = lambda _: None
            bucket.put(json.dumps(BOB).encode())

    bucket = MemoryBucket(first)
    bucket.put(b"{}", timedelta(hours=1))
    told = "dev is being written by another process, last heard of 60 min 0 s ago"
    what, _, fix = refused(lease_of(bucket, [0.0]).take)
    assert (what, fix) == (
        told,
        "Wait for it. If that process is gone, its lock falls in 0 min 0 s: run again then.",
    )
    assert bucket.note == BOB


def test_of_two_who_take_a_lease_that_was_given_back_one_is_told_of_the_other() -> None:
    """It is gone when we ask who has it, and somebody else's when we create it."""
    bucket, creates = MemoryBucket(), list[str]()
    bucket.put(b"{}")

    def gone(method: str) -> None:
        if method == "read" and len(creates) == 1:
            bucket.there = None
        if method == "create":
            creates.append(method)
            if len(creates) == 2:
                bucket.put(json.dumps(BOB).encode())

    bucket.before = gone
    what, _, _ = refused(lease_of(bucket, [0.0]).take)
    assert what.startswith("dev is being written by bob with tests")
    assert bucket.note == BOB


def test_a_lease_that_comes_and_goes_while_we_ask_is_somebodys() -> None:
    """There when we create ours, gone when we ask whose it is, both twice."""

    def flickers(method: str) -> None:
        bucket.there = StoredObject(b"{}", "x", timedelta()) if method == "create" else None

    bucket = MemoryBucket()
    bucket.before = flickers
    told = "dev is being written by another process, last heard of 0 min 0 s ago"
    assert refused(lease_of(bucket, [0.0]).take)[0] == told


def test_the_name_of_this_machines_lock_tells_that_its_former_owner_is_gone() -> None:
    for theirs, ours, gone in (
        ("a/1/2", "a/1/2", True),
        ("a/1/2", "a/1/3", False),
        ("", "", False),
        (None, None, False),
    ):
        bucket = MemoryBucket()
        bucket.put(json.dumps({**BOB, "lock": theirs}).encode())
        lock = lease_of(bucket, [0.0], {**NOTE, "lock": ours})
        if gone:
            lock.take()
        else:
            assert refused(lock.take)[0].startswith("dev is being written by bob")
    for note in (b"7", b"{", b"[]"):  # whoever wrote that, it is not known to be gone
        bucket = MemoryBucket()
        bucket.put(note, timedelta(minutes=4, seconds=59))
        refused(lease_of(bucket, [0.0], {**NOTE, "lock": "a/1/2"}).take)


def test_a_store_that_forgets_its_conditions_holds_no_lock() -> None:
    class Careless(MemoryBucket):
        def create(self, key: str, data: bytes) -> str | None:
            return self.put(data)

    bucket = Careless()
    assert refused(lease_of(bucket, [0.0]).take) == (
        "the store writes over an object that it was told not to (If-None-Match), so it can hold no lock",
        "s3://bucket/dev",
        "Say lock=local in the journal's address, and let CI run one job at a time.",
    )
    assert bucket.there is None


def test_a_lease_is_given_back_as_long_as_it_is_ours() -> None:
    for later, gone in ((240.0, True), (240.5, False)):
        bucket, now = MemoryBucket(), [1000.0]
        ours = lease_of(bucket, now)
        ours.take()
        now[0] += later
        ours.give_back()
        assert (bucket.there is None) is gone


def test_a_lease_that_was_lost_is_not_held_again() -> None:
    bucket, now = MemoryBucket(), [1000.0]
    ours = lease_of(bucket, now)
    ours.take()
    bucket.put(b"{}")
    ours.renew()
    assert refused(ours.check) == LOST
    ours._etag = bucket.put(b"{}")
    ours.renew()
    assert refused(ours.check) == LOST


def test_renewing_waits_a_minute_and_ends_when_it_is_told_to() -> None:
    class Stop(Event):
        def __init__(self) -> None:
            super().__init__()
            self.waits: list[float | None] = []

        def wait(self, timeout: float | None = None) -> bool:
            self.waits.append(timeout)
            return len(self.waits) == 4

    failing = ["replace"]

    def sometimes(method: str) -> None:
        if method in failing:
            failing.clear()
            raise StoreError("SlowDown", "s3://bucket", 503)

    bucket, stop = MemoryBucket(sometimes), Stop()
    ours = lease_of(bucket, [0.0])
    ours.take()
    ours.renew_until(stop)
    assert stop.waits == [60.0] * 4
    assert bucket.note["renewals"] == 3  # the first answer was lost, and its number with it


def test_what_is_done_under_a_lease_fails_as_itself() -> None:
    """A store that is gone by then hides nothing, and what renews the lease has ended."""

    def gone(method: str) -> None:
        if method == "delete":
            raise StoreError("SlowDown", "s3://bucket", 503)

    bucket = MemoryBucket(gone)
    renewing: list[Thread] = []

    def work(check: Callable[[], None]) -> None:
        check()
        renewing.extend(one for one in enumerate_threads() if one.name == "lease")
        raise KeyError

    with pytest.raises(KeyError), leased(bucket, "dev", NOTE) as check:
        work(check)
    # A process that is told to end does not wait for it.
    assert [(one.daemon, one.is_alive()) for one in renewing] == [(True, False)]
    with leased(bucket := MemoryBucket(), "dev", NOTE):
        assert bucket.note == {**NOTE, "renewals": 0}
    assert bucket.there is None

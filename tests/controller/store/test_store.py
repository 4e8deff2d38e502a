"""What both databases promise."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from provisioner.controller.events import read_event
from provisioner.controller.intake import AnnouncedCall, Intake
from provisioner.controller.rates import Rate, take
from provisioner.controller.records import SessionState
from provisioner.controller.store import schema
from provisioner.controller.store.migrate import HEAD, MIGRATIONS
from provisioner.controller.store.opening import migrate_store, open_store
from provisioner.controller.store.port import Store, StoreUnavailableError, Transaction
from provisioner.controller.store.sqlite import SqliteStore, sqlite_engine
from provisioner.controller.sweep import _forget, claim_tick
from provisioner.foundation.errors import ProvisionerError
from tests.controller.scene import APP, callback, served


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    migrate_store(database)
    opened = open_store(database)
    yield opened
    opened.close()


def test_a_database_is_migrated_once_and_the_tables_are_those_of_the_schema(database: str) -> None:
    assert migrate_store(database) is True
    assert migrate_store(database) is False
    opened = open_store(database)
    try:
        names = opened.read(lambda t: inspect(t.connection).get_table_names())
        assert set(names) == {*schema.metadata.tables, "alembic_version"}
        for table in schema.metadata.sorted_tables:
            found = opened.read(lambda t, name=table.name: inspect(t.connection).get_columns(name))  # type: ignore[misc]
            assert [(c["name"], c["nullable"]) for c in found] == [(c.name, c.nullable) for c in table.columns]
            indexes = opened.read(lambda t, name=table.name: inspect(t.connection).get_indexes(name))  # type: ignore[misc]
            wanted = {str(index.name) for index in table.indexes}
            assert wanted <= {str(index["name"]) for index in indexes}
    finally:
        opened.close()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_replicas_that_migrate_at_once_do_not_meet(database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: migrate_store(database), range(4)))
    assert done.count(True) == 1


def test_a_server_that_nobody_migrated_is_refused(postgres_url: str) -> None:
    engine_url = postgres_url
    from provisioner.controller.store.postgres import postgres_engine

    engine = postgres_engine(engine_url, 1)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    with pytest.raises(ProvisionerError, match="not those of this version"):
        open_store(engine_url)


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql+asyncpg://x"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ProvisionerError, match="neither SQLite nor PostgreSQL"):
        open_store(url)


def test_an_error_undoes_its_own_work_only_and_reaches_whoever_asked(store: Store) -> None:
    def fails(transaction: Transaction) -> None:
        transaction.connection.execute(schema.bucket.insert().values(action="undone", arrival=0.0))
        raise ValueError("mine")

    def works(transaction: Transaction) -> None:
        transaction.connection.execute(schema.bucket.insert().values(action="done", arrival=0.0))

    futures = [store.submit(fails), store.submit(works)]
    with pytest.raises(ValueError, match="mine"):
        futures[0].result()
    futures[1].result()
    assert store.read(lambda t: list(t.connection.execute(select(schema.bucket.c.action)).scalars())) == ["done"]


def test_what_comes_after_a_transaction_comes_only_where_it_is_on_the_disk(store: Store) -> None:
    called = []

    def fails(transaction: Transaction) -> None:
        transaction.then(lambda: called.append("fails"))
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        store.run(fails)
    store.run(lambda t: t.then(lambda: called.append("works")))
    assert called == ["works"]


def test_work_on_one_room_takes_turns(store: Store) -> None:
    inside, most = 0, 0
    lock = threading.Lock()

    def work(_: Transaction) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with lock:
            inside -= 1

    for future in [store.submit(work, (APP, "room")) for _ in range(8)]:
        future.result()
    assert most == 1


def test_the_same_call_told_by_many_at_once_is_one_session(store: Store) -> None:
    intake = Intake(store, lambda _: None)
    futures = [intake.begin(served(), AnnouncedCall("room", "call")) for _ in range(20)]
    assert len({session.id for future in futures if (session := future.result())}) == 1
    assert (
        store.read(lambda t: t.connection.execute(select(func.count()).select_from(schema.session)).scalar_one()) == 1
    )


def test_the_same_callback_is_kept_once(store: Store) -> None:
    intake, body = Intake(store, lambda _: None), callback(101, "room", time.time())
    assert [intake.event(served(), read_event(APP, body)).result() for _ in range(2)] == ["kept", "duplicate"]


def test_the_rate_is_kept_by_all_together(store: Store) -> None:
    rate = Rate(18, 2)

    def try_it(_: int) -> int:
        return store.run(lambda t: take(t, "Create", rate, 5))[0]

    with ThreadPoolExecutor(4) as pool:
        started = time.monotonic()
        granted = sum(pool.map(try_it, range(60)))
        elapsed = time.monotonic() - started
    assert 2 <= granted <= 2 + 18 * elapsed + 1


def test_the_rate_says_when_the_next_call_may_leave(store: Store) -> None:
    def twice(transaction: Transaction) -> list[tuple[int, float]]:
        return [take(transaction, "Create", Rate(10, 2), 1) for _ in range(3)]

    answers = store.run(twice)
    assert [granted for granted, _ in answers] == [1, 1, 0]
    assert answers[-1][1] == pytest.approx(0.1, abs=0.01)


def test_a_tick_is_one_replicas(store: Store) -> None:
    owners = ("a", "b", "a", "c")
    assert [store.run(lambda t, o=owner: claim_tick(t, "sweep", 30, o)) for owner in owners] == [  # type: ignore[misc]
        True,
        False,
        False,
        False,
    ]


def test_what_has_been_over_for_long_is_forgotten(store: Store) -> None:
    intake = Intake(store, lambda _: None)
    for number in range(3):
        intake.begin(served(), AnnouncedCall(f"room-{number}", "call")).result()
    intake.end(served(), "room-0", "call").result()
    store.run(
        lambda t: t.connection.execute(schema.session.update().values(ended=schema.session.c.ended - 10 * 86_400))
    )
    store.run(lambda t: _forget(t, 9))
    left = store.read(lambda t: list(t.connection.execute(select(schema.session.c.room)).scalars()))
    assert sorted(left) == ["room-1", "room-2"]


def test_every_answer_survives_a_kill(database: str) -> None:
    migrate_store(database)
    command = [sys.executable, "-m", "tests.controller.killed", database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(60)]
        process.kill()
        answered += process.stdout.read().splitlines()[:-1]  # the last one may be torn
    opened = open_store(database)
    try:
        query = select(schema.session.c.room).where(schema.session.c.state == SessionState.NEW)
        kept = opened.read(lambda t: set(t.connection.execute(query).scalars()))
    finally:
        opened.close()
    assert set(answered) <= kept


def test_a_full_disk_answers_nobody_and_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    migrate_store(f"sqlite:///{path}")
    store = SqliteStore(path)
    intake = Intake(store, lambda _: None)
    intake.begin(served(), AnnouncedCall("before", "call")).result()
    # SQLite's own limit of a file's size fails as a full disk does: "database or disk is full".
    store.run(lambda t: t.connection.exec_driver_sql("PRAGMA max_page_count = 1"))
    failed = [intake.begin(served(), AnnouncedCall(f"{'r' * 50}-{number}", "c" * 100)) for number in range(400)]
    reasons = {str(error) for future in failed if (error := future.exception())}
    assert any("full" in reason for reason in reasons)
    assert all(isinstance(future.exception(), StoreUnavailableError | None) for future in failed)
    store.close()
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        kept = set(connection.execute(select(schema.session.c.room)).scalars())
    engine.dispose()
    answered = {f"{'r' * 50}-{number}" for number, future in enumerate(failed) if future.exception() is None}
    assert kept == {"before", *answered}


def test_what_waited_longer_than_anybody_does_is_not_done(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    migrate_store(f"sqlite:///{path}")
    store = SqliteStore(path)
    slow = store.submit(lambda _: time.sleep(0.3))
    time.sleep(0.1)
    late, patient = store.submit(lambda _: "late", patience=0.1), store.submit(lambda _: "patient")
    assert slow.result() is None
    assert isinstance(late.exception(), StoreUnavailableError)
    assert patient.result() == "patient"
    store.close()


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "store.sqlite"
    migrate_store(f"sqlite:///{path}")
    assert path.stat().st_mode & 0o777 == 0o600

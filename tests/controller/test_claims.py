"""What is due is found by index, however much is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select

from provisioner.controller import claims
from provisioner.controller.events import read_event
from provisioner.controller.intake import AnnouncedCall, Intake
from provisioner.controller.store import rows
from provisioner.controller.store.migrate import migrate
from provisioner.controller.store.opening import migrate_store, open_store
from provisioner.controller.store.sqlite import sqlite_engine
from tests.controller.scene import APP, callback, served

HOT: dict[str, tuple[Select[Any], str]] = {
    "to create": (claims._TO_CREATE, "session_due"),
    "to remove": (claims._TO_REMOVE, "session_due"),
    "to delete": (claims._TO_DELETE, "task_due"),
    "next session": (claims._NEXT[0], "session_due"),
    "next task": (claims._NEXT[1], "task_due"),
    "active": (claims._ACTIVE, "session_open"),
    "open sessions": (rows._OPEN_SESSIONS, "session_open"),
    "open tasks": (rows._OPEN_TASKS, "task_open"),
}


@pytest.mark.parametrize("what", HOT)
def test_no_look_at_what_is_over(tmp_path: Path, what: str) -> None:
    engine = sqlite_engine(tmp_path / "store.sqlite")
    migrate(engine)
    query, index = HOT[what]
    statement = str(query.compile(engine, compile_kwargs={"render_postcompile": True}))
    with engine.connect() as connection:
        parameters = tuple(query.compile(engine).params.get(name) for name in query.compile(engine).positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    engine.dispose()
    steps = [row[3] for row in plan]
    assert f"USING INDEX {index}" in steps[0] or f"USING COVERING INDEX {index}" in steps[0], steps
    assert not any(step.startswith("SCAN") and "INDEX" not in step for step in steps), steps


def test_a_dismissal_makes_a_delete_due_at_once_on_both_databases(database: str) -> None:
    migrate_store(database)
    store = open_store(database)
    limits = {"dev": claims.CallLimits("account")}
    intake = Intake(store, lambda _: None)
    now = store.read(lambda t: t.now)
    try:
        intake.begin(served(), AnnouncedCall("room", "call", now - 60)).result()
        (create,) = store.run(lambda t: claims.claim(t, limits, "me", 8)).jobs
        started = callback(301, "room", now - 50, UserId=create.user, TaskId="task-1", Payload={"Status": 0})
        intake.event(served(), read_event(APP, started)).result()
        intake.event(served(), read_event(APP, callback(102, "room", now - 1))).result()
        (delete,) = store.run(lambda t: claims.claim(t, limits, "me", 8)).jobs
        assert (create.kind, delete.kind, delete.task) == ("create", "delete", "task-1")
        assert store.run(lambda t: claims.claim(t, limits, "me", 8)).jobs == ()  # the lease holds
    finally:
        store.close()

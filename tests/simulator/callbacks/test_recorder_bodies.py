"""What recorders tell: by storage, by who started them, and by what a fault makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulator import Call, ConsoleState, Fault, Room
from provisioner.simulator.callbacks.outbox import Target
from tests.simulator.support import MANUAL, TEMPLATE

ROOM = Room(MANUAL, "1234")
COS = {"CloudStorage": {"Vendor": 0, "Region": "ap-guangzhou", "Bucket": "b-1", "AccessKey": "k", "SecretKey": "s"}}
TO_COS = {**TEMPLATE, "StorageParams": COS}


def told(state: ConsoleState, template: dict[str, Any], *faults: Fault) -> list[tuple[int, Any]]:
    """What a recorder tells of a call of a minute, as (event, Status or LeaveCode), in order of time."""
    state.edit(MANUAL, mode="auto", template=template)
    state.wind(state.effect_seconds)
    state.callbacks.aim(MANUAL, Target("http://127.0.0.1:9/", "key"))
    for fault in faults:
        state.faults.add(fault)
    state.recordings.play(ROOM, Call(seconds=60).events())
    state.wind(1000)
    state.recordings.settle()
    rows = state.database.rows("SELECT event, info FROM callbacks WHERE event > 300 ORDER BY at, id")
    payloads = [(event, json.loads(info)["Payload"]) for event, info in rows]
    return [(event, payload.get("Status", payload.get("LeaveCode"))) for event, payload in payloads]


@pytest.mark.parametrize(
    ("template", "fault", "expected", "files"),
    [
        (TEMPLATE, None, [(301, 0), (302, 2), (311, 0), (312, 0)], 1),
        (TO_COS, None, [(301, 0), (302, 2), (303, 0), (311, 0), (305, 0)], 1),
        (TEMPLATE, Fault("recorder-failed"), [(301, 1)], 0),
        (TEMPLATE, Fault("not-stored"), [(301, 0), (302, 2), (311, 2), (312, 1)], 0),
        (TO_COS, Fault("not-stored"), [(301, 0), (302, 2), (303, 0), (308, 1), (311, 2), (305, 1)], 0),
        (TEMPLATE, Fault("stored-late", seconds=300), [(301, 0), (302, 2), (311, 1), (311, 0), (312, 0)], 1),
        (TEMPLATE, Fault("failover"), [(301, 0), (306, 0), (302, 2), (311, 0), (312, 0)], 1),
        (TEMPLATE, Fault("image-error"), [(301, 0), (309, None), (302, 2), (311, 0), (312, 0)], 1),
        (TEMPLATE, Fault("not-stored", ("Recording99",)), [(301, 0), (302, 2), (311, 0), (312, 0)], 1),
    ],
)
def test_what_a_recorder_tells(
    state: ConsoleState, template: dict[str, Any], fault: Fault | None, expected: list[tuple[int, Any]], files: int
) -> None:
    assert told(state, template, *([fault] if fault else [])) == expected
    assert len(state.media.files()) == files


def test_a_fault_is_spent_after_its_count(state: ConsoleState) -> None:
    told(state, TEMPLATE, Fault("not-stored", ("Recording1234",), count=1))
    state.recordings.play(ROOM, Call(seconds=60).events())
    state.wind(100)
    assert len(state.media.files()) == 1


def test_a_file_that_is_late_is_there_when_its_time_has_come(state: ConsoleState) -> None:
    started = state.now() + state.effect_seconds
    told(state, TEMPLATE, Fault("stored-late", seconds=300))
    (file,) = state.media.files()
    assert file.created_at == started + 60 + 300


def test_minutes_are_counted_for_what_was_not_stored(state: ConsoleState) -> None:
    told(state, TEMPLATE, Fault("not-stored"))
    assert sum(seconds for _, row in state.recordings.usage(0, 1e10, 1e10) for seconds in row.values()) == 60

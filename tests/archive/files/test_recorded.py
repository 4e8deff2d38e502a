"""What a listed file says of itself, and which files somebody looks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.files.recorded import FileKind, Query, RecordedFile, RoomType
from provisioner.recording.file_names import readings

APP = 1400000001
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def listed(name: str, **known: Any) -> RecordedFile:
    fields: dict[str, Any] = {"created": NOON, "task": "task-1", **known}
    return RecordedFile("vod", name, readings(name), APP, **fields)


MIXED = listed(f"{APP}_1234.mp4", room_id="1234", users=("alice", "bob"))
SINGLE = listed(f"{APP}_1234_UserId_s_YWxpY2U._UserId_e_main.mp4")
STRING = listed(f"{APP}_MTIzNA.._1.mp4")  # the string 1234
FOREIGN = listed("holiday.mp4", room_id="1234")


@pytest.mark.parametrize(
    ("file", "kind", "room", "room_type"),
    [
        (MIXED, "mixed", "1234", "number"),
        (SINGLE, "single", "1234", "number"),
        (STRING, "mixed", "1234", "string"),
        (FOREIGN, None, "1234", None),
    ],
)
def test_a_name_says_kind_and_room(
    file: RecordedFile, kind: FileKind | None, room: str | None, room_type: RoomType | None
) -> None:
    assert (file.kind, file.room, file.room_type, file.unrecognized) == (kind, room, room_type, kind is None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), {MIXED, SINGLE, STRING, FOREIGN}),
        (Query(room="1234"), {MIXED, SINGLE, STRING, FOREIGN}),
        (Query(room="12"), set()),
        (Query(user="alice"), {MIXED, SINGLE}),
        (Query(user="bob"), {MIXED}),
        (Query(kind="single"), {SINGLE}),
        (Query(kind="mixed"), {MIXED, STRING}),
        (Query(since=NOON, until=NOON), {MIXED, SINGLE, STRING, FOREIGN}),
        (Query(since=NOON + timedelta(seconds=1)), set()),
        (Query(until=NOON - timedelta(seconds=1)), set()),
    ],
)
def test_a_query_finds(query: Query, found: set[RecordedFile]) -> None:
    assert {file for file in (MIXED, SINGLE, STRING, FOREIGN) if query.wants(file)} == found


def test_a_room_that_may_be_a_number_or_base64_is_found_by_both() -> None:
    ambiguous = listed(f"{APP}_1500.mp4")  # the number, or base64 of three bytes that are text
    number, text = ambiguous.readings
    assert ambiguous.room_type == "either"
    assert (number.room, number.numbered, text.numbered) == ("1500", True, False)
    assert all(Query(room=name.room).wants(ambiguous) for name in ambiguous.readings)


def test_what_has_no_time_is_found_at_any() -> None:
    assert Query(since=NOON).wants(listed("holiday.mp4", created=None))

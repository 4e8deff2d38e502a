"""What files say of the calls they come from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from provisioner.archive.files.calls import call_findings
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.files.spool import Spool
from provisioner.recording.file_names import readings
from tests.archive.support import APP, NOON, OTHER

ALICE = f"{APP}_12_UserId_s_YWxpY2U._UserId_e_"


def file(name: str, task: str | None = "t", after: float = 0, seconds: float | None = 60, **known: Any) -> RecordedFile:
    read = readings(name)
    created = NOON + timedelta(seconds=after)
    return RecordedFile("vod", name, read, APP, task, 1, seconds, created, **known)


def told(*files: RecordedFile) -> list[tuple[str, str, tuple[str, ...]]]:
    with Spool() as spool:
        spool.fill(files)
        return [(remark.kind, remark.message, remark.keys) for remark in call_findings(spool.files())]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((1, 2, 3), None),
        ((1, 2, 4), "part 3 is missing, 4 is there"),
        ((2,), "part 1 is missing, 2 is there"),
        ((10, 1, 2), "parts 3, 4, 5, 6, 7 and 2 more are missing, 10 is there"),
        ((999_999_999,), "parts 1, 2, 3, 4, 5 and 999,999,993 more are missing, 999999999 is there"),
    ],
)
def test_a_missing_part_is_a_gap(parts: tuple[int, ...], message: str | None) -> None:
    found = told(*(file(f"{APP}_12_{part}.mp4") for part in parts))
    assert [(kind, text) for kind, text, _ in found] == ([("missing-part", message)] if message else [])


def test_parts_of_other_calls_users_and_formats_fill_no_gap() -> None:
    found = told(
        file(f"{ALICE}main_2.mp4"),
        file(f"{ALICE}aux_1.mp4"),
        file(f"{ALICE}main_1.mp4", "another task", after=7200),
        file(f"{APP}_12_1.mp4"),
    )
    assert [(kind, keys) for kind, _, keys in found] == [("missing-part", (f"{ALICE}main_2.mp4",))]


def test_two_formats_of_one_call_are_duplicates() -> None:
    found = told(file(f"{APP}_12_1.mp4"), file(f"{APP}_12.m3u8"), file(f"{APP}_13.m3u8", "u"))
    assert found == [
        ("two-formats", "m3u8 and mp4 of one call: each is charged", (f"{APP}_12.m3u8", f"{APP}_12_1.mp4"))
    ]


def test_the_same_file_twice_is_a_double() -> None:
    found = told(file(f"{APP}_12.mp4"), file(f"{APP}_12.mp4"), file(f"{APP}_13_1.mp4"), file(f"{APP}_13_1.mp4"))
    assert [message for _, message, _ in found] == ["the same file is there 2 times", "part 1 is there 2 times"]


def test_segments_belong_to_a_playlist() -> None:
    segments = [f"{ALICE}main_audio_2026030111{minute}00000.ts" for minute in (10, 20)]
    assert told(*map(file, segments), file(f"{ALICE}main_audio.m3u8")) == []
    ((kind, _, keys),) = told(*map(file, segments))
    assert (kind, keys) == ("missing-playlist", (segments[0],))


HOUR = 3600.0


@pytest.mark.parametrize(
    ("second", "duplicate"),
    [
        (file(f"{APP}_12_1.mp4", "manual", after=30, seconds=HOUR), True),
        (file(f"{APP}_12_1.mp4", "manual", after=-600, seconds=900), True),
        (file(f"{APP}_12_1.mp4", "next", after=HOUR + 5, seconds=HOUR), False),
        (file(f"{APP}_12_1.mp4", "next", after=HOUR - 60, seconds=HOUR), False),  # stored faster than the first
        (file(f"{APP}_13_1.mp4", "manual", seconds=HOUR), False),
        (file(f"{APP}_MTI._1.mp4", "manual", seconds=HOUR), False),
        (file(f"{OTHER}_12_1.mp4", "manual", seconds=HOUR), False),
        (file(f"{ALICE}main_1.mp4", "single", seconds=HOUR), False),  # mixed and single recording go together
        (file(f"{APP}_12_1.mp4", "manual", seconds=None), False),  # a bucket tells no length
        (file(f"{APP}_12_1.mp4", None, seconds=HOUR), False),
    ],
)
def test_two_tasks_that_record_one_stream_at_once_are_duplicates(second: RecordedFile, duplicate: bool) -> None:
    found = told(file(f"{APP}_12_1.mp4", "automatic", seconds=HOUR), second)
    assert [kind for kind, *_ in found] == (["two-recordings"] if duplicate else [])


def test_the_length_of_a_call_is_that_of_all_its_parts() -> None:
    first = [file(f"{APP}_12_{part}.mp4", "automatic", seconds=HOUR) for part in (1, 2, 3)]
    ((kind, _, keys),) = told(*first, file(f"{APP}_12_1.mp4", "manual", after=-2 * HOUR, seconds=0.9 * HOUR))
    assert (kind, len(keys)) == ("two-recordings", 2)


def test_segments_tell_when_a_call_began() -> None:
    files = [
        file(f"{ALICE}main_video_20260301{hour}0000000.ts", task, seconds=None)
        for task in ("automatic", "manual")
        for hour in (10, 11)
    ]
    lists = [file(f"{ALICE}main_video.m3u8", task, seconds=None) for task in ("automatic", "manual")]
    assert [kind for kind, *_ in told(*files, *lists)] == ["two-recordings"]


def test_foreign_names_are_passed_over() -> None:
    assert told(file("holiday.mp4"), file("holiday.mp4")) == []

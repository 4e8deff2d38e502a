"""What is kept of files: which calls they are of, since when, of what kind, for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.evidence.facts import FileFacts, calls, lasting, remarked
from provisioner.archive.evidence.room_callbacks import RoomCallbacks
from provisioner.archive.evidence.verdicts import Fact, SeenFacts
from provisioner.archive.files.calls import CallFinding
from provisioner.archive.files.recorded import RecordedFile
from provisioner.recording.file_names import readings
from provisioner.recording.quantities import Dimension, Quantity

APP = 20001001
SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
PART = "20001001_1234_{}.mp4"


def at(seconds: float) -> datetime:
    return SINCE + timedelta(seconds=seconds)


def file(name: str = "20001001_1234_1.mp4", **known: Any) -> RecordedFile:
    """A file of ten minutes that was stored an hour later."""
    return RecordedFile("vod", name, readings(name), APP, **{"seconds": 600.0, "created": at(3600), **known})


def fact(name: str = "20001001_1234_1.mp4", when: str = "2026-03-01 13:00Z") -> Fact:
    return Fact("file", name, when)


def added(*call: RecordedFile, limit: float | None = None, busy: tuple[RoomCallbacks, ...] = ()) -> FileFacts:
    found = FileFacts(limit=limit)
    found.add(call, busy)
    return found


def test_a_call_is_counted_once_by_its_first_file() -> None:
    found = added(file(), file(PART.format(2), created=None))
    assert found.calls == SeenFacts(1, [fact()])
    assert found.kinds == {"mixed": SeenFacts(2, [fact(), fact(PART.format(2), "")])}


def test_files_are_of_a_format_and_of_streams() -> None:
    user = "20001001_1234_UserId_s_YWxpY2U._UserId_e_main"
    found = added(file("20001001_1234.m3u8"), file(f"{user}_1.mp4"), file(f"{user}_2.aac"))
    assert {form: [one.name for one in seen.facts] for form, seen in found.formats.items()} == {
        "hls": ["20001001_1234.m3u8"],
        "mp4": [f"{user}_1.mp4"],
        "aac": [f"{user}_2.aac"],
    }
    assert {kind: seen.count for kind, seen in found.kinds.items()} == {"mixed": 1, "single": 2}
    segment = "20001001_1234__UserId_s_YWxpY2U.__UserId_e_main_video_20260301120500123.ts"
    assert [*added(file(segment)).formats] == ["hls"]


def test_a_part_after_the_first_shows_a_split() -> None:
    assert added(file(), file("20001001_1234.mp4")).split == SeenFacts()
    assert added(file(PART.format(2))).split == SeenFacts(1, [fact(PART.format(2))])


def test_the_longest_file_is_known_and_those_over_the_limit() -> None:
    found = added(file(seconds=60.0), file(PART.format(2), seconds=61.0), file(PART.format(3), seconds=5.0), limit=60.0)
    assert (found.longest, found.too_long) == (61.0, SeenFacts(1, [fact(PART.format(2))]))
    assert added(file(seconds=9999.0)).too_long == SeenFacts()
    assert added(file(seconds=0.0)).longest == 0
    untold = added(file(seconds=None), file("20001001_1234.m3u8", seconds=9999.0), limit=60.0)
    assert (untold.longest, untold.too_long) == (None, SeenFacts())


def test_how_long_a_file_is_kept_is_rounded_to_hours() -> None:
    found = added(
        file(expires=at(3600 + 86_400)),
        file(PART.format(2), expires=at(3600 + 86_400 + 1700)),
        file(PART.format(3), expires=at(3600 + 3600)),
        file(PART.format(4)),
        file(PART.format(5), created=None, expires=at(9)),
    )
    assert {kept: seen.count for kept, seen in found.kept.items()} == {timedelta(days=1): 2, timedelta(hours=1): 1}
    assert found.kept[timedelta(hours=1)].facts == [fact(PART.format(3))]


def judged(*files: RecordedFile, **since: datetime) -> list[tuple[bool, list[str]]]:
    moments = {APP: SINCE} | {int(app[1:]): moment for app, moment in since.items()}
    return [(counts, [one.key for one in call]) for counts, call in calls(files, moments)]


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (file(created=at(600)), True),
        (file(created=at(599)), True),  # storages tell whole seconds
        (file(created=at(598.9)), False),
        (file(created=at(86_400), seconds=None), True),  # as long as a file can be
        (file(created=at(86_398.9), seconds=None), False),
        (file(created=None), False),
        (file(PART.format(2), created=at(99_999)), False),  # its first part is not there to say so
        (file("20001001_1234__UserId_s_YWxpY2U.__UserId_e_main_video_20260301120000000.ts", created=None), True),
        (file("20001001_1234__UserId_s_YWxpY2U.__UserId_e_main_video_20260301115958000.ts", created=at(99_999)), False),
    ],
)
def test_a_call_counts_that_began_since_then(one: RecordedFile, counts: bool) -> None:
    assert judged(one) == [(counts, [one.key])]


def test_a_call_is_a_task_of_a_room() -> None:
    long = [file(PART.format(part), task="a", created=at(600 * part)) for part in (1, 2)]
    other = file(PART.format(1), task="b", created=at(0))
    assert judged(*long, other) == [(True, [one.key for one in long]), (False, [other.key])]
    alone = [file(PART.format(1), file_id="1"), file(PART.format(1), file_id="2")]
    assert len(judged(*alone)) == 2
    assert len(judged(file(PART.format(1)), file(PART.format(2)))) == 2  # nobody tells the task: each by its key
    assert len(judged(file(PART.format(1), task="a"), file("20001001_9_1.mp4", task="a"))) == 2
    number, name = file("20001001_1234_1.mp4", task="a"), file("20001001_67CpLTE._1.aac", task="a")
    assert len(judged(number, name)) == 2


def test_a_call_began_with_the_earliest_of_its_first_files() -> None:
    audio = file("20001001_1234.m3u8", task="a", created=at(599.5))
    late = file("20001001_1234_1.mp4", task="a", created=at(9000))
    assert judged(late, audio) == [(True, [late.key, audio.key])]
    early = file("20001001_1234.m3u8", task="a", created=at(0))
    assert judged(late, early) == [(False, [late.key, early.key])]
    untold = file("20001001_1234.m3u8", task="a", created=None)
    assert judged(untold, late) == [(True, [untold.key, late.key])]


def test_what_is_no_recording_of_an_application_is_no_call() -> None:
    stranger = RecordedFile("vod", "x.mp4", (), APP, created=at(9000))
    empty, other = file(size=0), RecordedFile("vod", "7_1_1.mp4", readings("7_1_1.mp4"), 7, created=at(0))
    assert judged(stranger, empty, other) == []
    assert judged(empty, file(size=1)) == [(True, [PART.format(1)])]
    assert judged(other, a7=at(-90_000)) == [(True, ["7_1_1.mp4"])]


def room(created: datetime | None = SINCE, dismissed: datetime | None = None, *, filed: bool = False) -> RoomCallbacks:
    return RoomCallbacks("1234", created, dismissed, filed=filed)


@pytest.mark.parametrize(
    ("busy", "stored", "ours"),
    [
        (room(), 3600, True),
        (room(), -1, True),
        (room(), -1.1, False),  # of a call that had the id before
        (room(), None, True),
        (room(None), -9999, True),
        (room(None, at(0)), 9999, True),
        (room(dismissed=at(2999)), 3600, True),  # it began at 3000
        (room(dismissed=at(2998.9)), 3600, False),  # of one that has it since
        (room(dismissed=at(5000)), 3600, True),
        (room(filed=True), -9999, True),
    ],
)
def test_a_file_is_of_the_room_that_was_there_then(busy: RoomCallbacks, stored: float | None, ours: bool) -> None:
    added(file(created=None if stored is None else at(stored)), busy=(busy,))
    assert busy.filed is ours


def test_a_room_is_judged_by_all_files_of_a_call() -> None:
    """By when the last of them was stored, and when the first began."""
    late, mine = room(at(5000)), room(dismissed=at(0))
    added(
        file(created=at(600)),
        file(PART.format(2), created=at(9000)),
        file(PART.format(3), created=None),
        busy=(late, mine),
    )
    assert (late.filed, mine.filed) == (True, True)
    nobody_knows = room(dismissed=at(0))
    added(file(PART.format(2), created=at(9000)), busy=(nobody_knows,))
    assert nobody_knows.filed


def finding(kind: Any, app: int, *keys: str) -> CallFinding:
    return CallFinding(kind, app, "1234", "number", ("a", "b"), "", keys)


def test_only_what_was_recorded_twice_is_remarked() -> None:
    facts = {APP: FileFacts(), 7: FileFacts()}
    remarked(
        facts,
        [
            finding("missing-part", APP, "gap.mp4"),
            finding("two-recordings", 9, "stranger.mp4"),
            finding("two-recordings", APP, "a.mp4", "b.mp4"),
            finding("two-recordings", APP, "c.mp4"),
        ],
    )
    assert facts[APP].twice == SeenFacts(
        2, [Fact("file", "a.mp4", "and b.mp4, of room 1234"), Fact("file", "c.mp4", "")]
    )
    assert facts[7].twice == SeenFacts()


def test_for_how_long_a_setting_lasts() -> None:
    assert lasting(Quantity(Dimension.TIME, 90)) == timedelta(seconds=90)
    assert lasting(Quantity(Dimension.TIME, None)) is None
    assert lasting(None) is None
    assert lasting("90s") is None

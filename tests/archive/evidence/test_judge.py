"""What is seen against what is declared: each judgement by itself, without a console."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.evidence.callbacks import read
from provisioner.archive.evidence.facts import Facts, FileFacts, calls, remarked
from provisioner.archive.evidence.judge import judge, longest_file
from provisioner.archive.evidence.room_callbacks import CallbackFacts, Storing
from provisioner.archive.evidence.verdicts import EvidenceVerdict, Judgement
from provisioner.archive.files.calls import CallFinding
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.minutes.usage import Usage
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.file_names import readings
from provisioner.recording.minutes import MinuteKind
from tests.shipped import Edit, shipped

APP = 20001001
SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = SINCE + timedelta(hours=5)
BEHAVES, CONTRADICTS, NOTHING = EvidenceVerdict.BEHAVES, EvidenceVerdict.CONTRADICTS, EvidenceVerdict.NOTHING
ENABLED = "/recording/enabled"
MODE, BACKEND, FORMATS = "/recording/mode", "/recording/backendRecords", "/recording/settings/formats"
MIXED, SINGLE = "/recording/settings/mixed", "/recording/settings/single"
LENGTH, KEPT = "/recording/settings/maxFileDuration", "/recording/settings/storage/vod/retention"


@pytest.fixture
def automatic() -> Application:
    return app()


def app(*edits: Edit) -> Application:
    """video-call of dev, with these edits of the specs."""
    return next(found for found in shipped("dev", *edits).applications if found.name == "video-call")


def of_spec(old: str, new: str) -> Edit:
    """An edit of the application's own file."""
    return "environments/dev/apps/video-call.yaml", old, new


MANUAL = of_spec("mode: auto", "mode: manual")
BACKEND_TOO = of_spec("recording:\n", "recording:\n  backendRecords: true\n")


def file(name: str = "20001001_1234_1.mp4", began: float = 60, **change: Any) -> RecordedFile:
    """A file of ten minutes whose recording began some seconds after the change."""
    length = change.pop("seconds", 600.0)
    created = SINCE + timedelta(seconds=began + (length or 0))
    values: dict[str, Any] = {
        "task": f"task-{began}",
        "seconds": length,
        "created": created,
        "expires": created + timedelta(days=7),
    }
    return RecordedFile("vod", name, readings(name), APP, **{**values, **change})


def seen(
    app: Application, *files: RecordedFile, twice: bool = False, missing: Unknown | None = None, **facts: Any
) -> dict[str, Judgement]:
    """Judgements by path, of these files."""
    found = FileFacts(limit=longest_file(app), missing=missing)
    heard: CallbackFacts = facts.pop("callbacks", CallbackFacts(SINCE))
    silent = tuple(heard.unrecorded(facts.pop("until", LATER)))
    for counts, call in calls(sorted(files, key=lambda one: str(one.task)), {APP: SINCE}):
        if counts:
            found.add(call, [room for room in silent if room.name == call[0].room])
        else:
            found.earlier += 1
    if twice:
        remark = CallFinding("two-recordings", APP, "1234", "number", ("a", "b"), "", ("a.mp4", "b.mp4"))
        remarked({APP: found}, [remark])
    judged = judge(app, Facts(SINCE, found, heard, facts.pop("usage", None), silent))
    return {judgement.path: judgement for judgement in judged}


def heard(*events: Told, room: str = "1234", began: float = 60, storing: Storing | None = None) -> CallbackFacts:
    """Callbacks a second apart, each a type, or a type and its Payload, of one task."""
    facts = CallbackFacts(SINCE, storing or Storing())
    for line, event in enumerate(events, 1):
        kind, payload = event if isinstance(event, tuple) else (event, GOOD.get(event, {}))
        moment = SINCE + timedelta(seconds=began + line - 1)
        info = {"RoomId": room, "EventMsTs": round(moment.timestamp() * 1000), "TaskId": "task-1", "Payload": payload}
        entry = {"receivedAt": "", "sdkAppId": APP, "callback": {"EventType": kind, "EventInfo": info}}
        told = read(entry, Location("inbox.jsonl", line))
        assert told is not None
        facts.add(told)
    return facts


Told = int | tuple[int, dict[str, Any]]
GOOD: dict[int, dict[str, Any]] = {
    **{kind: {"Status": 0} for kind in (301, 303, 305, 306, 311, 312)},
    302: {"LeaveCode": 2},
    304: {"FileList": "a.m3u8"},
    310: {"FileList": ["a.mp4"]},
}
LOST: tuple[Told, ...] = (302, (311, {"Status": 2}), (312, {"Status": 1}))
BUSY = (101, 103, 201, 203, 104, 102)


def usage(kind: MinuteKind | None, minutes: float = 7) -> Usage:
    """One whole day on which so much was recorded."""
    day = date(2026, 3, 2)
    return Usage(Period(day, day), {day: {kind: minutes} if kind else {}})


# Recorded or not


def test_a_recording_shows_that_automatic_mode_records(automatic: Application) -> None:
    found = seen(automatic, file())
    assert (found[MODE].verdict, found[MODE].count) == (BEHAVES, 1)
    assert [(fact.kind, fact.name) for fact in found[MODE].facts] == [("file", "20001001_1234_1.mp4")]
    assert found[BACKEND].verdict is BEHAVES


def test_a_recorder_that_stored_shows_it_too(automatic: Application) -> None:
    found = seen(automatic, callbacks=heard(101, 201, 301, 102, 302, 311))[MODE]
    assert (found.verdict, found.count) == (BEHAVES, 1)
    assert [(fact.kind, fact.name) for fact in found.facts] == [("callback", "inbox.jsonl:6:1")]


def test_minutes_and_a_recorder_that_started_show_no_recording(automatic: Application) -> None:
    day = seen(automatic, usage=usage(MinuteKind("mixed", "HD")))
    assert (day[MODE].verdict, day[MODE].reason) == (NOTHING, "minutes were recorded, and no file is known")
    assert (day[MIXED].verdict, day[MIXED].facts[0].name) == (NOTHING, "2026-03-02")
    started = seen(automatic, callbacks=heard(101, 301))[MODE]
    assert (started.verdict, started.reason) == (NOTHING, "recorders were started, and no file is known")


def test_what_was_not_stored_contradicts_and_names_the_line(automatic: Application) -> None:
    found = seen(automatic, callbacks=heard(101, 201, 301, 102, *LOST))[MODE]
    assert (found.verdict, found.reason) == (CONTRADICTS, "recorders ran, and what they recorded is not stored")
    assert [fact.name for fact in found.facts] == ["inbox.jsonl:7:1"]  # one task, one file


def test_a_recorder_of_which_no_file_came_contradicts_once_the_room_is_settled(automatic: Application) -> None:
    callbacks = heard(101, 201, 301, 102, 302)
    assert seen(automatic, callbacks=callbacks)[MODE].verdict is CONTRADICTS
    assert seen(automatic, callbacks=callbacks, until=SINCE)[MODE].verdict is NOTHING
    assert seen(automatic, file(), callbacks=heard(101, 201, 301, 102, 302))[MODE].verdict is BEHAVES


def test_a_file_that_was_stuck_and_has_come_is_stored(automatic: Application) -> None:
    name = {"TencentVod": {"CacheFile": "a.mp4"}}
    stuck, come = (311, {"Status": "1", **name}), (311, {"Status": "0", **name})
    assert seen(automatic, callbacks=heard(101, 201, 301, 102, stuck))[MODE].verdict is CONTRADICTS
    assert seen(automatic, callbacks=heard(101, 201, 301, 102, stuck, come))[MODE].verdict is BEHAVES
    other = (311, {"Status": 0, "TencentVod": {"CacheFile": "b.mp4"}})
    assert seen(automatic, callbacks=heard(101, 201, 301, 102, stuck, other))[MODE].verdict is CONTRADICTS


@pytest.mark.parametrize(
    ("storing", "events", "stored"),
    [
        (Storing(), (311,), 1),
        (Storing(), (310,), 0),  # comes with buckets only
        (Storing(), (304, 305), 0),
        (Storing(bucket=True), (311,), 1),
        (Storing(bucket=True), (310,), 0),  # comes over REST only
        (Storing(bucket=True, automatic=False, over_rest=True), (310,), 1),
        (Storing(bucket=True, automatic=False, over_rest=True), (304, 305), 1),
        (Storing(bucket=True, automatic=False, over_rest=True), (304,), 0),
        (Storing(bucket=True, automatic=False, over_rest=True), (305,), 0),
        (Storing(bucket=True, automatic=False, over_rest=True), (304, (305, {"LeaveCode": "2"})), 1),
        (Storing(bucket=True, automatic=False, over_rest=True), (304, (305, {"Status": 1})), 0),
        (Storing(bucket=True, automatic=False, over_rest=True), (311,), 0),
    ],
)
def test_which_event_says_that_something_is_stored(storing: Storing, events: tuple[Told, ...], stored: int) -> None:
    assert heard(101, 301, *events, storing=storing).stored.count == stored


def test_an_event_of_another_storage_is_neither_a_recording_nor_its_absence(automatic: Application) -> None:
    assert seen(automatic, callbacks=heard(101, 201, 301, 102, 310))[MODE].verdict is NOTHING


def test_nothing_recorded_proves_nothing_while_nobody_reports_busy_rooms(automatic: Application) -> None:
    assert {judgement.verdict for judgement in seen(automatic).values()} == {NOTHING}
    assert seen(automatic, usage=usage(None))[MODE].verdict is NOTHING


def test_busy_rooms_that_nothing_recorded_contradict_automatic_mode(automatic: Application) -> None:
    found = seen(automatic, callbacks=heard(*BUSY))[MODE]
    assert found.verdict is CONTRADICTS
    assert found.reason == "mode is auto, and rooms were busy without being recorded"
    assert [(fact.name, fact.detail) for fact in found.facts] == [("inbox.jsonl:3:1", "room 1234")]


@pytest.mark.parametrize(
    "events",
    [
        (101, 103, 104, 102),  # nobody sent anything
        (101, 103, 201),  # it still goes on
        (103, 201, 202, 102),  # created before anybody listened, perhaps before the change
        (101, 201, 301, 310, 102),  # a recorder says that it wrote a file, if not where this application does
    ],
)
def test_rooms_that_prove_nothing(automatic: Application, events: tuple[int, ...]) -> None:
    assert seen(automatic, callbacks=heard(*events))[MODE].verdict is not CONTRADICTS


def test_rooms_that_were_created_before_the_change_prove_nothing(automatic: Application) -> None:
    assert seen(automatic, callbacks=heard(*BUSY, began=-30))[MODE].verdict is NOTHING
    assert seen(automatic, callbacks=heard(101, 301, began=-0.5))[MODE].verdict is NOTHING


def test_a_room_whose_file_is_there_was_recorded(automatic: Application) -> None:
    assert seen(automatic, file(), callbacks=heard(*BUSY))[MODE].verdict is BEHAVES
    other = seen(automatic, file("20001001_999_1.mp4"), callbacks=heard(*BUSY))
    assert other[MODE].verdict is CONTRADICTS


def test_what_could_not_be_listed_is_not_taken_for_missing(automatic: Application) -> None:
    unknown = Unknown(UnknownCause.REFUSED, "no")
    assert seen(automatic, callbacks=heard(*BUSY), missing=unknown)[MODE].verdict is NOTHING


def test_recorders_that_fail_contradict(automatic: Application) -> None:
    found = seen(automatic, callbacks=heard(101, (301, {"Status": 1})))[MODE]
    assert (found.verdict, found.reason) == (CONTRADICTS, "recorders were started and failed")


def test_a_recording_contradicts_manual_mode_where_no_backend_records() -> None:
    found = seen(app(MANUAL), file(), file("20001001_7_1.mp4", 90))
    assert (found[MODE].verdict, found[MODE].count) == (CONTRADICTS, 2)
    assert list(found) == [MODE]


def test_a_day_with_minutes_contradicts_manual_mode() -> None:
    found = seen(app(MANUAL), usage=usage(MinuteKind("mixed", "HD")))[MODE]
    assert (found.verdict, found.facts[0].name, found.facts[0].detail) == (CONTRADICTS, "2026-03-02", "7.0 minutes")


def test_busy_rooms_without_a_recording_are_what_manual_mode_declares() -> None:
    assert seen(app(MANUAL), callbacks=heard(*BUSY))[MODE].verdict is BEHAVES


def test_who_recorded_cannot_be_told_where_both_do() -> None:
    application = app(BACKEND_TOO)
    once = seen(application, file())
    assert (once[MODE].verdict, once[BACKEND].verdict) == (NOTHING, NOTHING)
    twice = seen(application, file(), twice=True)
    assert (twice[MODE].verdict, twice[BACKEND].verdict) == (BEHAVES, BEHAVES)


def test_two_copies_of_one_call_contradict_where_only_one_is_declared(automatic: Application) -> None:
    found = seen(automatic, file(), twice=True)[BACKEND]
    assert (found.verdict, found.facts[0].detail) == (CONTRADICTS, "and b.mp4, of room 1234")


# What was recorded


def test_formats(automatic: Application) -> None:
    assert seen(automatic, file())[FORMATS].verdict is BEHAVES
    hls = file("20001001_1234.m3u8", 90, seconds=None, created=LATER + timedelta(days=2))
    found = seen(automatic, file(), hls)[FORMATS]
    assert (found.verdict, found.reason, found.facts[0].name) == (
        CONTRADICTS,
        "hls is not declared",
        "20001001_1234.m3u8",
    )


def test_a_declared_format_that_is_not_there_yet_proves_nothing() -> None:
    found = seen(app(("templates/call/v1.yaml", "formats: [mp4]", "formats: [mp4, hls]")), file())[FORMATS]
    assert (found.verdict, found.reason) == (NOTHING, "no hls file yet")


def test_single_files_where_mixed_was_declared(automatic: Application) -> None:
    name = "20001001_1234_UserId_s_YWxpY2U._UserId_e_main_1.mp4"
    found = seen(automatic, file(name))
    assert found[SINGLE].reason == "single streams were recorded, and mixed ones declared"
    assert found[MIXED].reason == "single streams were recorded instead"
    assert {found[SINGLE].verdict, found[MIXED].verdict} == {CONTRADICTS}
    day = seen(automatic, usage=usage(MinuteKind("single", "SD")))[SINGLE]
    assert (day.verdict, day.facts[0].kind) == (CONTRADICTS, "day")
    assert SINGLE not in seen(automatic, file())


def test_a_file_that_is_too_long(automatic: Application) -> None:
    assert seen(automatic, file(seconds=7200.0))[LENGTH].verdict is NOTHING
    assert seen(automatic, file(seconds=7230.0))[LENGTH].verdict is NOTHING  # cut at the next picture
    found = seen(automatic, file(), file("20001001_9_1.mp4", 90, seconds=9000.0))[LENGTH]
    assert (found.verdict, found.reason) == (CONTRADICTS, "files are longer than 2h: up to 2:30:00")
    assert [fact.name for fact in found.facts] == ["20001001_9_1.mp4"]
    parts = [file(seconds=7200.0), file("20001001_1234_2.mp4", 7260, task="task-60")]
    assert seen(automatic, *parts)[LENGTH].verdict is BEHAVES


@pytest.mark.parametrize(
    ("days", "verdict", "reason"),
    [
        (7, BEHAVES, "files are kept 7d"),
        (7.5, BEHAVES, "files are kept 7d"),
        (30, CONTRADICTS, "files are kept 30d, and 7d is declared"),
        (100_000, CONTRADICTS, "files are kept for ever, and 7d is declared"),
    ],
)
def test_retention(automatic: Application, days: float, verdict: EvidenceVerdict, reason: str) -> None:
    one = file()
    assert one.created is not None
    found = seen(automatic, replace(one, expires=one.created + timedelta(days=days)))[KEPT]
    assert (found.verdict, found.reason) == (verdict, reason)
    assert seen(automatic, replace(one, expires=None))[KEPT].verdict is NOTHING


def test_minutes_without_files_are_said_to_be_elsewhere(automatic: Application) -> None:
    found = seen(automatic, usage=usage(MinuteKind("mixed", "HD")))["/recording/settings/storage/vendor"]
    assert (found.verdict, found.reason) == (
        NOTHING,
        "minutes were recorded, and no file is there: deleted, moved, or stored elsewhere",
    )


# Since when


def test_yesterdays_files_do_not_contradict_todays_spec(automatic: Application) -> None:
    old = file("20001001_1234.m3u8", -3600, seconds=600.0)
    assert {judgement.verdict for judgement in seen(automatic, old).values()} == {NOTHING}


def test_a_call_that_began_before_counts_with_all_its_parts_as_before(automatic: Application) -> None:
    early = file("20001001_1234_1.mp4", -60, seconds=7200.0, task="long")
    late = file("20001001_1234_2.mp4", 7300, seconds=9999.0, task="long")
    assert seen(automatic, early, late)[LENGTH].verdict is NOTHING
    assert seen(automatic, late)[MODE].verdict is NOTHING  # its first part is not there: nobody knows


def test_a_file_of_which_nobody_tells_the_length_counts_a_day_later(automatic: Application) -> None:
    assert seen(automatic, file(seconds=None))[MODE].verdict is NOTHING
    assert seen(automatic, file(seconds=None, created=SINCE + timedelta(days=1, hours=1)))[MODE].verdict is BEHAVES


def test_foreign_names_are_no_calls() -> None:
    foreign = RecordedFile("vod", "\x1b[2J.mp4", (), APP, created=LATER)
    assert list(calls([foreign], {APP: SINCE})) == []


def test_deleted_files_are_not_told_as_rooms_that_nothing_recorded(automatic: Application) -> None:
    busy = heard(*BUSY, began=12 * 3600)  # on the day of which minutes are known
    minutes = usage(MinuteKind("mixed", "HD"))
    heard_only = seen(automatic, callbacks=busy, until=LATER + timedelta(days=2))
    assert heard_only[MODE].verdict is CONTRADICTS
    gone = seen(automatic, callbacks=busy, usage=minutes, until=LATER + timedelta(days=2))
    assert (gone[MODE].verdict, gone[MODE].facts[0].kind) == (NOTHING, "day")
    other = file("20001001_999_1.mp4")  # files of others are there, so this room's would be too
    missed = seen(automatic, other, callbacks=busy, usage=minutes, until=LATER + timedelta(days=2))
    assert missed[MODE].verdict is CONTRADICTS


def test_a_missing_part_is_not_told_as_recorded_twice(automatic: Application) -> None:
    found = FileFacts(limit=longest_file(automatic))
    gap = CallFinding("missing-part", APP, "1234", "number", ("a",), "part 1 is missing", ("a_2.mp4",))
    stranger = CallFinding("two-recordings", 20009999, "1234", "number", ("a", "b"), "", ("a.mp4", "b.mp4"))
    remarked({APP: found}, [gap, stranger])
    assert found.twice.count == 0


def test_a_room_that_is_created_again_is_another_one(automatic: Application) -> None:
    facts = heard(101, 201, 301, 102, 311, *BUSY)
    assert [(room.recorder, room.stored) for room in facts.rooms] == [(True, True), (False, False)]
    assert seen(automatic, callbacks=facts)[MODE].verdict is CONTRADICTS


def test_a_file_of_the_room_that_had_the_id_before_is_not_this_rooms(automatic: Application) -> None:
    found = seen(automatic, file(began=60), callbacks=heard(*BUSY, began=3 * 3600))[MODE]
    assert found.verdict is CONTRADICTS


def test_only_the_first_few_facts_are_kept_and_all_are_counted(automatic: Application) -> None:
    files = [file(f"20001001_{room}_1.mp4", 60 + room) for room in range(5)]
    found = seen(automatic, *files)[MODE]
    assert (found.count, len(found.facts)) == (5, 3)


CONTROLLER = "controller: {url: https://c, tokenRef: env:T, callbackKeyRefs: [env:K]}"
HOW = "manual: {start: %s, stop: idle, roomIds: number, sdkSecretKeyRef: env:SDK}"


@pytest.mark.parametrize("start", ["backend", "first-stream"])
def test_what_a_controller_is_to_record(start: str) -> None:
    controller = ("environments/dev/environment.yaml", "site:", f"{CONTROLLER}\nsite:")
    controlled = app(controller, of_spec("recording:\n", f"recording:\n  {HOW % start}\n"), MANUAL)
    assert seen(controlled, file())[MODE].reason == "recorded over REST, 1 call"
    silent = seen(controlled, callbacks=heard(*BUSY))[MODE]
    every_room = "the controller is to record every room, and rooms were busy without being recorded"
    none_seen = "nothing was recorded, and room callbacks are not collected"
    assert (silent.verdict, silent.reason) == (
        (NOTHING, none_seen) if start == "backend" else (CONTRADICTS, every_room)
    )


def test_what_a_backend_is_to_record_only_the_backend_knows() -> None:
    backend = app(BACKEND_TOO, MANUAL)
    reason = "recorded: by the backend or by a template, nobody can tell"
    assert (seen(backend, file())[MODE].verdict, seen(backend, file())[MODE].reason) == (NOTHING, reason)
    silent = seen(backend, callbacks=heard(*BUSY))[MODE]
    assert (silent.verdict, silent.facts[0].detail) == (NOTHING, "room 1234")
    assert "nobody here knows which ones the backend was to record" in silent.reason


def test_where_recording_is_off_nothing_is_declared() -> None:
    old_type = ("environments/dev/embedded.yaml", "20001001}", "20001001, generation: old}")
    off = app(old_type, of_spec("enabled: true", "enabled: false"), MANUAL)
    assert list(seen(off)) == [ENABLED]
    assert seen(off)[ENABLED].verdict is NOTHING
    found = seen(off, file())[ENABLED]
    assert (found.verdict, found.reason) == (CONTRADICTS, "recording is not enabled: something was recorded")


def test_a_name_that_tells_when_it_began_needs_no_length(automatic: Application) -> None:
    named = file("20001001_1234__UserId_s_YWxpY2U.__UserId_e_main_video_20260301120500123.ts", seconds=None)
    assert seen(automatic, named)[MODE].count == 1
    assert seen(automatic, file(created=None))[MODE].verdict is NOTHING

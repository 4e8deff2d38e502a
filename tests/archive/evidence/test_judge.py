"""What is seen against what is declared: each judgement by itself, without a console."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.evidence.callbacks import read
from provisioner.archive.evidence.facts import Facts, FileFacts, calls, remarked
from provisioner.archive.evidence.judge import judge, longest_file, recorded
from provisioner.archive.evidence.room_callbacks import CallbackFacts, RoomCallbacks, Storing
from provisioner.archive.evidence.verdicts import EvidenceVerdict, Fact, Judgement, SeenFacts
from provisioner.archive.files.calls import CallFinding
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.files.storages import storage_of
from provisioner.archive.minutes.usage import Usage
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.file_names import readings
from provisioner.recording.minutes import MinuteKind
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from tests.reconcile.typed import application
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


# The same by values: what is seen stands there as it is, and so does every word of the judgement.

SETTINGS = "/recording/settings"
Whole = tuple[EvidenceVerdict, str, tuple[str, ...], int]
"""Verdict, reason, the facts' names, and how many there are."""


def spec(mode: str = "auto", enabled: bool = True, backend: bool = False, **settings: Value | None) -> Application:
    """A mixed application of mp4 in VOD, with settings of its own; `None` takes one away."""
    usual: dict[str, Value | None] = {
        "formats": ("mp4",),
        "mixed/maxUsers": 8,
        "maxFileDuration": seconds(7200),
        "storage/vendor": "vod",
        "storage/vod/subAppId": 1500000010,
        "storage/vod/retention": seconds(7 * 86_400),
    }
    usual |= {name.replace("_", "/"): value for name, value in settings.items()}
    values: dict[str, Value] = {ENABLED: enabled, MODE: mode, BACKEND: backend}
    values |= {f"{SETTINGS}/{name}": value for name, value in usual.items() if value is not None}
    return application("call", values)


def controlled_by(start: str) -> Application:
    app = spec("manual")
    return application("call", {**app.values, "/recording/manual/start": start})


def seconds(amount: int | None) -> Quantity:
    return Quantity(Dimension.TIME, amount)


def some(*names: str, kind: Any = "file", count: int = 0) -> SeenFacts:
    """These were seen, and more of them where `count` says so."""
    return SeenFacts(count or len(names), [Fact(kind, name) for name in names])


def told(
    recorders: SeenFacts | None = None,
    failed: SeenFacts | None = None,
    stored: SeenFacts | None = None,
    lost: SeenFacts | None = None,
) -> CallbackFacts:
    nothing = SeenFacts()
    return CallbackFacts(
        SINCE, Storing(), recorders or nothing, failed or nothing, _stored=stored or nothing, _lost=lost or nothing
    )


def room(name: str = "1", line: int = 1, day: int = 2, **change: Any) -> RoomCallbacks:
    """A room in which somebody sent something on a day of March."""
    sent_at = datetime(2026, 3, day, 12, tzinfo=UTC)
    return RoomCallbacks(name, **{"sent": Location("inbox", line), "sent_at": sent_at, **change})


def minutes(**by_day: dict[MinuteKind, float]) -> Usage:
    """Minutes by `dDAY` of March."""
    days = {date(2026, 3, int(day[1:])): kinds for day, kinds in by_day.items()}
    return Usage(Period(min(days), max(days)), days)


HD, SD = MinuteKind("mixed", "HD"), MinuteKind("single", "SD")


def judged(
    app: Application,
    files: FileFacts | None = None,
    callbacks: CallbackFacts | None = None,
    days: Usage | None = None,
    silent: tuple[RoomCallbacks, ...] = (),
) -> dict[str, Whole]:
    found = judge(app, Facts(SINCE, files or FileFacts(), callbacks or told(), days, silent))
    return {one.path: (one.verdict, one.reason, tuple(fact.name for fact in one.facts), one.count) for one in found}


def whether(app: Application, *arguments: Any, **named: Any) -> Whole:
    found = judged(app, *arguments, **named)
    return found[MODE] if MODE in found else found[ENABLED]


NOT_SEEN: Whole = (NOTHING, "nothing was recorded, and room callbacks are not collected", (), 0)


def test_every_leaf_of_an_application_without_evidence() -> None:
    assert judged(spec()) == {
        MODE: NOT_SEEN,
        BACKEND: (NOTHING, "no file", (), 0),
        FORMATS: (NOTHING, "no mp4 file", (), 0),
        MIXED: (NOTHING, "no mixed streams were recorded", (), 0),
        LENGTH: (NOTHING, "no file of a known length", (), 0),
        f"{SETTINGS}/storage/vendor": (NOTHING, "no file", (), 0),
        KEPT: (NOTHING, "no file that says how long it is kept", (), 0),
    }
    assert [*judged(spec("manual", backend=True))] == [*judged(spec())]
    assert [*judged(controlled_by("backend"))] == [*judged(spec())]
    assert judged(spec("manual")) == {MODE: NOT_SEEN}
    assert judged(spec(enabled=False)) == judged(spec(enabled=False, backend=True)) == {ENABLED: NOT_SEEN}


def test_every_leaf_of_an_application_that_records_as_declared() -> None:
    files = FileFacts(
        calls=some("a.mp4", "b.mp4"),
        formats={"mp4": some("a.mp4")},
        kinds={"mixed": some("a.mp4", "c.mp4")},
        longest=3661.4,
        kept={timedelta(days=7): some("k.mp4")},
    )
    assert judged(spec(), files) == {
        MODE: (BEHAVES, "recorded by the template, 2 calls", ("a.mp4", "b.mp4"), 2),
        BACKEND: (BEHAVES, "no call was recorded twice", (), 0),
        FORMATS: (BEHAVES, "mp4, and no other", ("a.mp4",), 1),
        MIXED: (BEHAVES, "mixed streams were recorded", ("a.mp4", "c.mp4"), 2),
        LENGTH: (NOTHING, "the longest file has 1:01:01", (), 0),
        f"{SETTINGS}/storage/vendor": (BEHAVES, f"files lie in {storage_of(spec())}", ("a.mp4", "b.mp4"), 2),
        KEPT: (BEHAVES, "files are kept 7d", ("k.mp4",), 1),
    }


def test_what_shows_a_recording_is_a_file_or_a_recorder_that_stored() -> None:
    files, stored = FileFacts(calls=some("a", count=2)), told(stored=some("l", kind="callback", count=1_234))
    assert whether(spec(), files) == (BEHAVES, "recorded by the template, 2 calls", ("a",), 2)
    assert whether(spec(), None, stored) == (BEHAVES, "recorded by the template, 1,234 calls", ("l",), 1234)
    assert whether(spec(), files, stored) == (BEHAVES, "recorded by the template, 1,234 calls", ("a", "l"), 1234)
    assert whether(spec(), FileFacts(calls=some("a")))[1] == "recorded by the template, 1 call"
    assert recorded(Facts(SINCE, files, stored, None)) == (1234, [Fact("file", "a"), Fact("callback", "l")])


def test_recorders_and_minutes_are_no_recordings() -> None:
    started, failed = some("s", kind="callback"), some("f", kind="callback")
    day = minutes(d2={HD: 7.25}, d3={}, d4={SD: 1000.0, HD: 0.5})
    no_file = "recorders were started, and no file is known"
    for app in (spec(), spec("manual", backend=True), controlled_by("backend"), controlled_by("first-stream")):
        assert whether(app, None, told(recorders=started), day) == (NOTHING, no_file, ("s",), 1)
        assert whether(app, None, None, day) == (
            NOTHING,
            "minutes were recorded, and no file is known",
            ("2026-03-02", "2026-03-04"),
            2,
        )
        assert whether(app) == NOT_SEEN
    assert whether(spec(), None, told(recorders=started, failed=failed)) == (
        CONTRADICTS,
        "recorders were started and failed",
        ("f",),
        1,
    )
    assert whether(spec(), FileFacts(calls=some("a")), told(failed=failed))[0] is BEHAVES
    assert whether(controlled_by("backend"), None, told(failed=failed)) == NOT_SEEN
    assert judge(spec(), Facts(SINCE, FileFacts(), told(), day))[0].facts == (
        Fact("day", "2026-03-02", "7.2 minutes"),
        Fact("day", "2026-03-04", "1,000.5 minutes"),
    )


def test_what_nobody_was_to_record_contradicts_however_it_shows() -> None:
    reasons = [
        (spec("manual"), "mode is manual, and no backend records: something was recorded"),
        (spec(enabled=False), "recording is not enabled: something was recorded"),
    ]
    files, stored = FileFacts(calls=some("a")), some("l", kind="callback")
    started, day = some("s", kind="callback", count=3), minutes(d2={HD: 7.0}, d3={HD: 1.0})
    for app, reason in reasons:
        assert whether(app, files) == (CONTRADICTS, reason, ("a",), 1)
        assert whether(app, None, told(stored=stored)) == (CONTRADICTS, reason, ("l",), 1)
        assert whether(app, None, told(recorders=started)) == (CONTRADICTS, reason, ("s",), 3)
        assert whether(app, None, None, day) == (CONTRADICTS, reason, ("2026-03-02", "2026-03-03"), 2)
        everything = ("a", "l", "s", "2026-03-02", "2026-03-03")
        assert whether(app, files, told(stored=stored, recorders=started), day) == (CONTRADICTS, reason, everything, 3)
        assert whether(app, silent=(room(),)) == (
            BEHAVES,
            "busy rooms were not recorded by themselves",
            ("inbox:1:1",),
            1,
        )
        assert whether(app, None, told(lost=stored)) == NOT_SEEN
        assert whether(app, silent=(room(recorder=True),)) == NOT_SEEN


LOST_REASON = "recorders ran, and what they recorded is not stored"


def test_what_a_recorder_lost_contradicts_whatever_else_was_stored() -> None:
    lost = told(lost=some("x", kind="callback"), stored=some("l", kind="callback"))
    files = FileFacts(calls=some("a"))
    for app in (spec(), spec("manual", backend=True), controlled_by("backend")):
        assert whether(app, files, lost, silent=(room(),)) == (CONTRADICTS, LOST_REASON, ("x",), 1)
        ran = (room("7", 7), room("8", 8, recorder=True))
        assert whether(app, files, silent=ran) == (CONTRADICTS, LOST_REASON, ("inbox:8:1",), 1)


def test_busy_rooms_without_a_recording() -> None:
    rooms = (room("7", 7), room("8", 8))
    lines = ("inbox:7:1", "inbox:8:1")
    auto = "mode is auto, and rooms were busy without being recorded"
    every = "the controller is to record every room, and rooms were busy without being recorded"
    nobody = "busy rooms were not recorded, and nobody here knows which ones the backend was to record"
    assert whether(spec(), silent=rooms) == (CONTRADICTS, auto, lines, 2)
    assert whether(spec(), FileFacts(calls=some("a")), silent=rooms) == (CONTRADICTS, auto, lines, 2)
    assert whether(controlled_by("first-stream"), silent=rooms) == (CONTRADICTS, every, lines, 2)
    assert whether(controlled_by("backend"), silent=rooms) == NOT_SEEN
    assert whether(spec("manual", backend=True), silent=rooms) == (NOTHING, nobody, lines, 2)
    (found, *_) = judge(spec(), Facts(SINCE, FileFacts(), told(), None, rooms))
    assert found.facts == (Fact("callback", "inbox:7:1", "room 7"), Fact("callback", "inbox:8:1", "room 8"))


@pytest.mark.parametrize(
    ("seen", "days", "counts"),
    [
        (room(), None, True),
        (room(filed=True), None, False),
        (room(sent=None), None, False),
        (room(sent_at=None), None, False),
        (room(), {HD: 3.0}, False),  # minutes of that day: files were moved or deleted
        (room(), {HD: 0.0}, True),
        (room(day=3), {HD: 3.0}, True),
    ],
)
def test_which_busy_rooms_count(seen: RoomCallbacks, days: dict[MinuteKind, float] | None, counts: bool) -> None:
    usage = minutes(d2=days) if days is not None else None
    assert (whether(spec(), None, None, usage, (seen,))[0] is CONTRADICTS) is counts
    first = room("none", 3, filed=True)  # one that does not count hides no other
    assert (whether(spec(), None, None, usage, (first, seen))[0] is CONTRADICTS) is counts
    if days == {HD: 3.0}:
        elsewhere = FileFacts(calls=some("a"))  # then files are not gone
        assert whether(spec(), elsewhere, None, usage, (seen,))[0] is CONTRADICTS


def test_a_room_of_a_day_with_minutes_hides_no_other() -> None:
    rooms = (room("1", 1), room("2", 2, day=3), room("3", 3))
    assert whether(spec(), None, None, minutes(d2={HD: 3.0}), rooms)[2:] == (("inbox:2:1",), 1)


def test_no_room_counts_while_files_could_not_be_listed() -> None:
    blind = FileFacts(missing=Unknown(UnknownCause.REFUSED, "no"))
    assert whether(spec(), blind, silent=(room(), room(recorder=True))) == NOT_SEEN
    vendor = f"{SETTINGS}/storage/vendor"
    day = minutes(d2={HD: 1.0})
    assert judged(spec(), blind, None, day)[vendor] == (NOTHING, "files could not be listed", (), 0)
    blind.calls.add(Fact("file", "a"))
    assert judged(spec(), blind)[vendor][0] is BEHAVES


def test_who_recorded_what() -> None:
    files, twice = FileFacts(calls=some("a")), FileFacts(calls=some("a"), twice=some("t", "u"))
    both, rest = spec(backend=True), "recorded: by the backend or by a template, nobody can tell"
    assert whether(both, files) == (NOTHING, "recorded: by the template or by the backend, nobody can tell", (), 0)
    assert whether(both, twice) == (BEHAVES, "recorded by the template, 1 call", ("a",), 1)
    assert whether(spec("manual", backend=True), files) == (NOTHING, rest, (), 0)
    assert whether(controlled_by("backend"), files) == (BEHAVES, "recorded over REST, 1 call", ("a",), 1)
    assert whether(controlled_by("first-stream"), FileFacts(calls=some("a", "b"))) == (
        BEHAVES,
        "recorded over REST, 2 calls",
        ("a", "b"),
        2,
    )


@pytest.mark.parametrize(
    ("app", "verdicts"),
    [
        (spec(), (BEHAVES, CONTRADICTS)),
        (spec(backend=True), (NOTHING, BEHAVES)),
        (spec("manual", backend=True), (BEHAVES, CONTRADICTS)),
    ],
)
def test_two_copies_are_what_two_recorders_leave(app: Application, verdicts: tuple[EvidenceVerdict, ...]) -> None:
    once, twice = FileFacts(calls=some("a")), FileFacts(calls=some("a"), twice=some("t", "u"))
    assert judged(app)[BACKEND] == (NOTHING, "no file", (), 0)
    assert judged(app, once)[BACKEND] == (verdicts[0], "no call was recorded twice", (), 0)
    reason = "calls were recorded twice at the same time: two files, two fees"
    assert judged(app, twice)[BACKEND] == (verdicts[1], reason, ("t", "u"), 2)
    assert judged(app, FileFacts(twice=some("t")))[BACKEND] == (verdicts[1], reason, ("t",), 1)


@pytest.mark.parametrize(
    ("declared", "formats", "said"),
    [
        (("mp4",), {}, (NOTHING, "no mp4 file", (), 0)),
        (("aac", "hls"), {}, (NOTHING, "no aac and hls file", (), 0)),
        (("hls", "mp4"), {"mp4": "m"}, (NOTHING, "no hls file yet", (), 0)),
        (("hls", "mp4"), {"mp4": "m", "hls": "h"}, (BEHAVES, "hls and mp4, and no other", ("h",), 1)),
        (("mp4",), {"mp4": "m", "hls": "h"}, (CONTRADICTS, "hls is not declared", ("h",), 1)),
        (("mp4",), {"hls": "h", "aac": "a"}, (CONTRADICTS, "aac and hls are not declared", ("a",), 1)),
    ],
)
def test_formats_are_those_declared(declared: tuple[str, ...], formats: dict[str, str], said: Whole) -> None:
    files = FileFacts(formats={form: some(name) for form, name in formats.items()})
    assert judged(spec(formats=declared), files)[FORMATS] == said
    assert FORMATS not in judged(spec(formats=None), files)


SINGLE_ONLY: dict[str, Any] = {"mixed_maxUsers": None, "single_streams": "main"}
BOTH: dict[str, Any] = {"single_streams": "main"}


@pytest.mark.parametrize(
    ("declared", "kinds", "day", "mixed", "single"),
    [
        ({}, {}, {}, (NOTHING, "no mixed streams were recorded", (), 0), None),
        ({}, {"mixed": "m"}, {HD: 1.0}, (BEHAVES, "mixed streams were recorded", ("m",), 1), None),
        ({}, {}, {HD: 1.0}, (NOTHING, "minutes of mixed streams were recorded, and no file", ("2026-03-02",), 1), None),
        (
            {},
            {"single": "s"},
            {},
            (CONTRADICTS, "single streams were recorded instead", ("s",), 1),
            (CONTRADICTS, "single streams were recorded, and mixed ones declared", ("s",), 1),
        ),
        (
            {},
            {"mixed": "m"},
            {SD: 1.0},
            (BEHAVES, "mixed streams were recorded", ("m",), 1),
            (CONTRADICTS, "single streams were recorded, and mixed ones declared", ("2026-03-02",), 1),
        ),
        (
            SINGLE_ONLY,
            {"mixed": "m"},
            {HD: 1.0},
            (CONTRADICTS, "mixed streams were recorded, and single ones declared", ("m", "2026-03-02"), 1),
            (CONTRADICTS, "mixed streams were recorded instead", ("m", "2026-03-02"), 1),
        ),
        (
            BOTH,
            {"mixed": "m"},
            {},
            (BEHAVES, "mixed streams were recorded", ("m",), 1),
            (NOTHING, "no single streams were recorded", (), 0),
        ),
        (
            BOTH,
            {"single": "s"},
            {HD: 0.0},
            (NOTHING, "no mixed streams were recorded", (), 0),
            (BEHAVES, "single streams were recorded", ("s",), 1),
        ),
    ],
)
def test_streams_are_those_declared(
    declared: dict[str, Any], kinds: dict[str, str], day: dict[MinuteKind, float], mixed: Whole, single: Whole | None
) -> None:
    files = FileFacts(kinds={kind: some(name) for kind, name in kinds.items()})
    found = judged(spec(**declared), files, None, minutes(d2=day))
    assert (found.get(MIXED), found.get(SINGLE)) == (mixed, single)


def test_streams_are_counted_once_by_file_or_day() -> None:
    files = FileFacts(kinds={"single": some("s", count=5)})
    days = minutes(d2={SD: 1.0}, d3={SD: 1.0})
    reason = "single streams were recorded, and mixed ones declared"
    names = ("s", "2026-03-02", "2026-03-03")
    assert judged(spec(), files, None, days)[SINGLE] == (CONTRADICTS, reason, names, 5)
    files.kinds["single"] = some("s")
    assert judged(spec(), files, None, days)[SINGLE] == (CONTRADICTS, reason, names, 2)


def test_a_file_may_be_a_minute_longer_than_declared() -> None:
    assert longest_file(spec()) == 7260.0
    assert longest_file(spec(maxFileDuration=None)) is None
    over = FileFacts(longest=9000.4, too_long=some("l"), split=some("p"))
    reason = "files are longer than 2h: up to 2:30:00"
    assert judged(spec(), over)[LENGTH] == (CONTRADICTS, reason, ("l",), 1)
    split = FileFacts(longest=59.6, split=some("p"))
    assert judged(spec(), split)[LENGTH] == (BEHAVES, "recordings were split at 2h or before", ("p",), 1)
    assert judged(spec(), FileFacts(longest=59.6))[LENGTH] == (NOTHING, "the longest file has 0:01:00", (), 0)
    assert judged(spec(), FileFacts(longest=3600.0 * 25 + 59))[LENGTH][1] == "the longest file has 25:00:59"
    assert LENGTH not in judged(spec(maxFileDuration=None), over)
    assert LENGTH not in judged(spec(maxFileDuration=seconds(None)), over)
    assert judged(spec(), FileFacts(too_long=some("l")))[LENGTH][0] is NOTHING


def test_minutes_without_a_file_tell_that_files_are_elsewhere() -> None:
    vendor = f"{SETTINGS}/storage/vendor"
    reason = "minutes were recorded, and no file is there: deleted, moved, or stored elsewhere"
    assert judged(spec(), None, None, minutes(d2={HD: 1.0}))[vendor] == (NOTHING, reason, ("2026-03-02",), 1)
    assert judged(spec(), FileFacts(calls=some("a")), None, minutes(d2={HD: 1.0}))[vendor][0] is BEHAVES


YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("declared", "kept", "said"),
    [
        (seconds(7 * 86_400), timedelta(days=7), (BEHAVES, "files are kept 7d", ("k",), 1)),
        (seconds(7 * 86_400), timedelta(days=8), (BEHAVES, "files are kept 7d", ("k",), 1)),
        (seconds(7 * 86_400), timedelta(days=6), (BEHAVES, "files are kept 7d", ("k",), 1)),
        (
            seconds(7 * 86_400),
            timedelta(days=8, hours=1),
            (CONTRADICTS, "files are kept 8d, and 7d is declared", ("k",), 1),
        ),
        (
            seconds(7 * 86_400),
            timedelta(hours=23),
            (CONTRADICTS, "files are kept 23h, and 7d is declared", ("k",), 1),
        ),
        (
            seconds(7 * 86_400),
            101 * YEAR,
            (CONTRADICTS, "files are kept for ever, and 7d is declared", ("k",), 1),
        ),
        (seconds(None), 101 * YEAR, (BEHAVES, "files are kept forever", ("k",), 1)),
        (
            seconds(None),
            100 * YEAR,
            (CONTRADICTS, "files are kept 36500d, and forever is declared", ("k",), 1),
        ),
    ],
)
def test_files_are_kept_as_long_as_declared(declared: Quantity, kept: timedelta, said: Whole) -> None:
    files = FileFacts(kept={kept: some("k")})
    assert judged(spec(storage_vod_retention=declared), files)[KEPT] == said


def test_one_file_that_goes_too_early_is_enough() -> None:
    files = FileFacts(kept={timedelta(days=7): some("k"), timedelta(days=1): some("x", "y")})
    assert judged(spec(), files)[KEPT] == (CONTRADICTS, "files are kept 1d, and 7d is declared", ("x", "y"), 2)
    assert KEPT not in judged(spec(storage_vod_retention=None), files)
    bucket: dict[str, Any] = {"vendor": "cos", "cos_bucket": "rec-1250000000", "cos_region": "ap-singapore"}
    moved = spec(**{f"storage_{name}": value for name, value in bucket.items()})
    assert KEPT not in judged(moved, files)

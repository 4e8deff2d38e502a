"""What a call leaves behind under a template."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.foundation.errors import UsageError
from provisioner.recording.file_names import readings
from provisioner.simulator.calls import (
    Call,
    CallEvent,
    Dismiss,
    Drop,
    Enter,
    ImpossibleCallError,
    Leave,
    LeaveCode,
    Publish,
    Rehearsal,
    Room,
    Unpublish,
    rehearse,
)
from provisioner.simulator.calls.billed_time import billed
from provisioner.simulator.calls.events import from_json, to_json
from provisioner.simulator.sites import CN, INTL
from tests.simulator.calls.values import MIXED, SINGLE, calls, merged, talk


def ends(rehearsal: Rehearsal) -> list[tuple[float, float | None, LeaveCode | None]]:
    return [(take.started_at, take.ended_at, take.code) for _, take in rehearsal.takes]


def names(rehearsal: Rehearsal) -> list[str]:
    return [str(file.name) for file in rehearsal.files]


def test_it_starts_at_the_first_upstream_and_ends_with_the_room() -> None:
    left = rehearse(MIXED, [Enter(0, "ann"), Enter(1, "ben"), Publish(3, "ben", "audio"), Dismiss(60)])
    assert ends(left) == [(3, 60, LeaveCode.DISMISSED)]
    (file,) = left.files
    assert (str(file.name), file.seconds, file.users, file.picture) == ("1400000001_1234_1.mp4", 57, ("ben",), None)
    assert file.size == 57 * 64_000 // 8


def test_nobody_sends_nothing_is_recorded() -> None:
    assert rehearse(MIXED, [Enter(0, "ann"), Enter(1, "ben"), Leave(50, "ann"), Dismiss(60)]).takes == ()


def test_silent_anchors_keep_it_alive() -> None:
    events: list[CallEvent] = [Enter(0, "ann"), Publish(0, "ann", "audio"), Unpublish(10, "ann", "audio")]
    events.append(Leave(500, "ann"))
    assert ends(rehearse(MIXED, events)) == [(0, 505, LeaveCode.IDLE)]


def test_an_audience_does_not_keep_it_alive() -> None:
    fan: list[CallEvent] = [Enter(0, "fan", anchor=False), Leave(900, "fan")]
    assert ends(rehearse(MIXED, merged(talk("ann", 0, 100), fan))) == [(0, 105, LeaveCode.IDLE)]


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (104.9, [(0, 205, LeaveCode.IDLE)]),
        (105, [(0, 205, LeaveCode.IDLE)]),  # not longer than the idle time
        (105.1, [(0, 105, LeaveCode.IDLE), (105.1, 205, LeaveCode.IDLE)]),
    ],
)
def test_the_idle_time_decides_whether_a_return_is_one_recording(back: float, expected: list[Any]) -> None:
    assert ends(rehearse(MIXED, merged(talk("ann", 0, 100), talk("ann", back, 200)))) == expected


def test_the_ninth_user_is_not_in_the_mix_until_a_place_falls_free() -> None:
    people = [talk(f"u{number}", number, 100) for number in range(1, 9)]
    left = rehearse(MIXED, merged(*people, talk("u9", 9, 100)))
    assert left.files[0].users == tuple(f"u{number}" for number in range(1, 9))
    people[2] = talk("u3", 3, 50)
    left = rehearse(MIXED, merged(*people, talk("u9", 9, 100)))
    assert left.files[0].users[-1] == "u9"
    told = [(moment.at, moment.text) for moment in left.timeline if moment.recording]
    assert told == [
        (1, "mixed recording starts"),
        (9, "mixed recording does not take in u9: no place is free"),
        (50, "mixed recording takes in u9: a place fell free"),
        (100, "mixed recording waits up to 5 s for an anchor to return"),
        (105, "mixed recording ends: no anchor came back in time"),
    ]


def test_a_smaller_mix() -> None:
    template = {**MIXED, "MixRecord": {"MaxUsers": 2}}
    left = rehearse(template, merged(*(talk(f"u{number}", number, 100) for number in range(1, 5))))
    assert left.files[0].users == ("u1", "u2")


def test_twelve_seconds_without_a_network_are_two_recordings_under_five_seconds_of_idle_time() -> None:
    call = Call(people=9, seconds=600, drops=(Drop(at=300, seconds=12),))
    assert ends(rehearse(MIXED, call.events())) == [(0, 305, LeaveCode.IDLE), (312, 600, LeaveCode.DISMISSED)]
    patient = {**MIXED, "MaxIdleTime": 30}
    assert ends(rehearse(patient, call.events())) == [(0, 600, LeaveCode.DISMISSED)]
    assert [file.seconds for file in rehearse(patient, call.events()).files] == [600]


def test_each_user_has_a_file_for_each_track() -> None:
    ann = [*talk("ann", 0, 60), Publish(10, "ann", "screen", 1920, 1080)]
    left = rehearse(SINGLE, merged(ann, talk("ben", 5, 65, video=False)))
    assert [(str(file.name), file.seconds, file.picture, file.sound) for file in left.files] == [
        ("1400000001_1234_UserId_s_YW5u_UserId_e_main_1.mp4", 60, (640, 360), True),
        ("1400000001_1234_UserId_s_YmVu_UserId_e_main_1.mp4", 60, None, True),
        ("1400000001_1234_UserId_s_YW5u_UserId_e_aux_1.mp4", 50, (1920, 1080), False),
    ]


def test_coming_and_going_within_the_idle_time_stays_one_file() -> None:
    left = rehearse(SINGLE, merged(talk("ann", 0, 100), talk("ben", 10, 20), talk("ben", 23, 30)))
    assert [(file.name.user, file.began_at, file.seconds) for file in left.files] == [("ann", 0, 100), ("ben", 10, 17)]


@pytest.mark.parametrize(
    ("formats", "single", "expected"),
    [
        (["mp4"], {}, ["_main.mp4"]),
        (["hls"], {}, ["_main_audio.m3u8", "_main_video.m3u8"]),
        (["hls"], {"AvMerge": 1}, ["_main_audiovideo.m3u8"]),
        (["hls", "aac"], {"MediaId": 1}, ["_main_audio.m3u8", "_main_video.m3u8", "_main.aac"]),
        (["mp4"], {"MediaId": 2}, []),
    ],
)
def test_formats_of_single_streams(formats: list[str], single: dict[str, Any], expected: list[str]) -> None:
    template = {**SINGLE, "SingleRecord": single, "RecordFormat": formats}
    left = rehearse(template, talk("ann", 0, 60), site=CN)
    assert [name.partition("_UserId_e")[2] for name in names(left)] == expected


@pytest.mark.parametrize(
    ("stream_type", "expected"), [(0, [(True, (640, 360))]), (1, [(True, None)]), (2, [(False, (640, 360))])]
)
def test_only_the_media_that_are_asked_for(stream_type: int, expected: list[Any]) -> None:
    left = rehearse({**SINGLE, "StreamType": stream_type}, talk("ann", 0, 60))
    assert [(file.sound, file.picture) for file in left.files] == expected


def test_video_only_leaves_nothing_for_aac() -> None:
    template = {**SINGLE, "StreamType": 2, "RecordFormat": ["aac"]}
    assert rehearse(template, talk("ann", 0, 60)).files == ()


def test_files_split_by_duration_and_hls_does_not() -> None:
    template = {**MIXED, "RecordFormat": ["mp4", "hls"], "MaxMediaFileDuration": 2}
    left = rehearse(template, talk("ann", 0, 300), site=CN)
    assert [(str(file.name), file.began_at, file.seconds) for file in left.files] == [
        ("1400000001_1234_1.mp4", 0, 120),
        ("1400000001_1234_2.mp4", 120, 120),
        ("1400000001_1234_3.mp4", 240, 65),
        ("1400000001_1234.m3u8", 0, 305),
    ]


def test_an_unsplit_file_has_an_index_by_the_guide_and_none_on_the_chinese_site() -> None:
    assert names(rehearse(MIXED, talk("ann", 0, 60), site=INTL)) == ["1400000001_1234_1.mp4"]
    assert names(rehearse(MIXED, talk("ann", 0, 60), site=CN)) == ["1400000001_1234.mp4"]


def test_files_split_at_two_gigabytes() -> None:
    video = {"Width": 1920, "Height": 1080, "Fps": 30, "BitRate": 8_192_000, "Gop": 2}
    left = rehearse({**MIXED, "MixRecord": {"VideoParams": video}}, talk("ann", 0, 3600))
    assert len(left.files) == 2
    assert max(file.size for file in left.files) == 2 * 1024**3


def test_mixed_and_single_together() -> None:
    template = {**MIXED, "SingleRecord": {}}
    left = rehearse(template, merged(talk("ann", 0, 60), talk("ben", 0, 60)), site=CN)
    assert [file.name.user for file in left.files] == [None, "ann", "ben"]


def test_a_prefix_stands_before_files_in_vod_only() -> None:
    named = {**MIXED, "UserDefineRecordPrefix": "lesson"}
    assert names(rehearse(named, talk("ann", 0, 60))) == ["lesson__UserDefine_u_1400000001_1234_1.mp4"]
    bucket = {"CloudStorage": {"Vendor": 0, "Region": "ap-singapore", "Bucket": "records"}}
    assert names(rehearse({**named, "StorageParams": bucket}, talk("ann", 0, 60))) == ["1400000001_1234_1.mp4"]


def test_a_call_that_is_still_going_on_has_left_no_file() -> None:
    left = rehearse(MIXED, [Enter(0, "ann"), Publish(0, "ann", "audio")])
    assert (ends(left), left.files) == ([(0, None, None)], ())


@pytest.mark.parametrize(
    "events",
    [
        [Leave(0, "ann")],
        [Enter(0, "ann"), Enter(1, "ann")],
        [Enter(0, "ann", anchor=False), Publish(1, "ann", "audio")],
        [Enter(0, "ann"), Unpublish(1, "ann", "audio")],
        [Enter(5, "ann"), Leave(4, "ann")],
        [Enter(0, "ann"), Dismiss(1), Enter(2, "ann")],
    ],
)
def test_what_no_room_could_have_seen(events: list[CallEvent]) -> None:
    with pytest.raises(ImpossibleCallError):
        rehearse(MIXED, events)


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        (Room, (1, "")),
        (Room, (1, "lobby")),
        (Room, (1, "4294967296")),
        (Room, (10**10, "1")),
        (Room, (1, "\ud800", False)),
        (Enter, (0, "")),
        (Enter, (0, "\ud800")),
        (Publish, (0, "ann", "video", 0, 360)),
        (Publish, (0, "ann", "smell")),
    ],
    ids=ascii,
)
def test_what_could_leave_no_file_is_refused_before_it_happens(what: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError):
        what(*arguments)


def test_any_other_name_will_do() -> None:
    room = Room(1, "会议/室 1", numbered=False)
    (file,) = rehearse(SINGLE, talk("安\x00/=_", 0, 60), room=room).files
    assert (file.name.room, file.name.user) == ("会议/室 1", "安\x00/=_")
    assert file.name in readings(str(file.name))


@pytest.mark.parametrize(
    "call",
    [
        Call(people=0),
        Call(people=9, seconds=8),
        Call(stagger=-1),
        Call(drops=(Drop(600, 5),)),
        Call(drops=(Drop(5, 0),)),
    ],
)
def test_a_scenario_that_makes_no_sense(call: Call) -> None:
    with pytest.raises(UsageError):
        call.events()


def test_a_drop_may_be_of_some_people_and_longer_than_the_call() -> None:
    some = Call(people=3, seconds=100, drops=(Drop(50, 20, people=1),))
    assert [event.at for event in some.events() if isinstance(event, Enter) and event.user == "user-1"] == [0, 70]
    assert ends(rehearse(MIXED, some.events())) == [(0, 100, LeaveCode.DISMISSED)]
    gone = Call(people=2, seconds=100, drops=(Drop(50, 500),), dismissed=False)
    assert ends(rehearse(MIXED, gone.events())) == [(0, 55, LeaveCode.IDLE)]


@given(calls())
def test_events_survive_json(events: list[CallEvent]) -> None:
    assert [from_json(to_json(event)) for event in events] == events
    with pytest.raises(ValueError, match="no event of a call"):
        from_json({"kind": "explode", "at": 0})


@given(calls(), st.sampled_from([MIXED, SINGLE]), st.sampled_from([1, 2, 1440]), st.sampled_from([CN, INTL]))
def test_whatever_happens_the_sums_are_right(
    events: list[CallEvent], base: dict[str, Any], minutes: int, site: Any
) -> None:
    left = rehearse({**base, "MaxMediaFileDuration": minutes}, events, site=site)
    for (_, before), (_, after) in pairwise(left.takes):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
    for _, take in left.takes:
        assert all(len(span.streams) <= 25 for span in take.spans)
        assert all(before.end == after.start for before, after in pairwise(take.spans))
        assert all(not set(span.left_out) & {stream.user for stream in span.streams} for span in take.spans)
        if take.ended_at is None:
            continue
        lasted = take.ended_at - take.started_at
        alone = files_between(left, take.started_at, take.ended_at)
        assert len({str(file.name) for file in alone}) == len(alone)
        assert all(file.seconds <= minutes * 60 and file.size <= 2 * 1024**3 for file in alone)
        users = {file.name.user for file in alone}
        for user in users:
            seconds = sum(file.seconds for file in alone if file.name.user == user and file.name.track != "aux")
            assert seconds <= lasted + 1e-6
            assert user is not None or math.isclose(seconds, lasted)
        if site.profile.billing == "task":
            assert math.isclose(sum(billed(take, site).values()), lasted)
    assert left == rehearse({**base, "MaxMediaFileDuration": minutes}, events, site=site)


def files_between(left: Rehearsal, start: float, end: float) -> list[Any]:
    return [file for file in left.files if start <= file.began_at < end]

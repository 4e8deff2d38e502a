"""Names of recorded files, there and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.file_names import (
    RecordedName,
    RecordedPath,
    name_prefixes,
    parse,
    parse_path,
    path_readings,
    readings,
)

APP = 1400000001
EXAMPLES = {
    f"{APP}_1234_UserId_s_YWxpY2U._UserId_e_main.mp4": RecordedName(APP, "1234", True, "mp4", "alice", "main"),
    f"{APP}_1234.mp4": RecordedName(APP, "1234", True, "mp4"),
    f"{APP}_67CpLTE._3.aac": RecordedName(APP, "방-1", False, "aac", index=3),
    f"{APP}_12345__UserId_s_MTY4NjExOQ..__UserId_e_main_video_20330531094551825.ts": RecordedName(
        APP,
        "12345",
        True,
        "ts",
        "1686119",
        "main",
        "video",
        datetime(2033, 5, 31, 9, 45, 51, 825_000, UTC),
        separator="__",
    ),
    f"lesson-7__UserDefine_u_{APP}_1234_1.mp4": RecordedName(APP, "1234", True, "mp4", index=1, prefix="lesson-7"),
    f"ha2_{APP}_1234.m3u8": RecordedName(APP, "1234", True, "m3u8", failover=2),
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_the_guides(text: str) -> None:
    name = EXAMPLES[text]
    assert str(name) == text
    assert parse(text, numbered=name.numbered) == name


def words(alphabet: str = "", longest: int = 32) -> st.SearchStrategy[str]:
    return st.text(alphabet or st.characters(codec="utf-8"), min_size=1, max_size=longest)


@st.composite
def names(draw: st.DrawFn) -> RecordedName:
    numbered = draw(st.booleans())
    extension: Any = draw(st.sampled_from(["mp4", "aac", "m3u8", "ts"]))
    user = draw(st.none() | words())
    moments = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1970)
    milliseconds = moments.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    mark = draw(st.sampled_from(["", "prefix", "failover"]))
    single_hls = user is not None and extension in ("m3u8", "ts")
    return RecordedName(
        sdk_app_id=draw(st.integers(1, 9_999_999_999)),
        room=str(draw(st.integers(0, 2**32 - 1))) if numbered else draw(words()),
        numbered=numbered,
        extension=extension,
        user=user,
        track=None if user is None else draw(st.sampled_from(["main", "aux"])),
        media=draw(st.sampled_from(["audio", "video", "audiovideo"])) if single_hls else None,
        started=draw(milliseconds) if extension == "ts" else None,
        index=None if extension == "ts" else draw(st.none() | st.integers(1, 999_999_999)),
        prefix=draw(words("abcXYZ019_-", 64)) if mark == "prefix" else None,
        failover=draw(st.integers(1, 3)) if mark == "failover" else None,
        separator=draw(st.sampled_from(["_", "__"])) if user is not None else "_",
    )


@given(names())
def test_every_name_is_read_back_as_it_was_built(name: RecordedName) -> None:
    assert parse(str(name), numbered=name.numbered) == name
    assert name in readings(str(name))


@given(names(), words("abc-_019", 20), st.lists(words("abc-_019"), max_size=3))
def test_every_path_is_read_back_as_it_was_built(name: RecordedName, task: str, folders: list[str]) -> None:
    path = RecordedPath(task, name, tuple(folders))
    assert parse_path(str(path), numbered=name.numbered) == path
    assert path in path_readings(str(path))


@given(names(), st.integers(0, 9))
def test_a_name_begins_as_those_of_its_room_and_of_no_shorter_number(name: RecordedName, digit: int) -> None:
    text = str(replace(name, failover=None))  # told in cloud storage only
    assert text.startswith(name_prefixes(name.sdk_app_id, name.room, name.prefix))
    assert text.startswith(name_prefixes(name.sdk_app_id, prefix=name.prefix))
    if name.numbered:
        other = name.room[:-1] or f"{name.room}{digit}"
        assert not text.startswith(name_prefixes(name.sdk_app_id, other, name.prefix))


@given(st.text(max_size=80) | st.from_regex(r"[1-9]{1,3}_[A-Za-z0-9+.-]{0,9}(_[a-zA-Z0-9_.]{0,20})?\.[mp4tsaac38u]*"))
def test_whatever_is_read_is_built_again(text: str) -> None:
    for name in readings(text):
        assert str(name) == text


def test_a_room_may_be_read_both_ways() -> None:
    text = f"{APP}_1400.mp4"
    assert [(name.numbered, name.room) for name in readings(text)] == [(True, "1400"), (False, "\u05cd4")]
    assert str(RecordedName(APP, "\u05cd4", False, "mp4")) == text
    assert len(readings(f"{APP}_1234.mp4")) == 1  # 1234 is base64 too, but of no text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "holiday.mp4",
        f"{APP}.mp4",
        f"{APP}_1234",
        f"{APP}_1234.flv",
        f"{APP}_1234.mp4\n",
        f"0{APP}_1234.mp4",
        f"{APP}_0123.mp4",
        f"{APP}_4294967296.mp4",
        f"{APP}_1234_0.mp4",
        f"{APP}_1234_1.ts",
        f"{APP}_1234_20331331094551825.ts",
        f"{APP}_1234_audio.mp4",
        f"{APP}_1234_UserId_s_YWxpY2U._UserId_e_main.m3u8",
        f"{APP}_1234_UserId_s_YWxpY2U.__UserId_e_main.mp4",
        f"{APP}_1234_UserId_s_YWxpY2V._UserId_e_main.mp4",  # stray bits in the padding
        f"{APP}_1234_UserId_s_YWxpY2U_UserId_e_main.mp4",
        f"{APP}_1234_UserId_s_YWxpY2U._UserId_e_side.mp4",
        f"{APP}_\N{RIGHT-TO-LEFT OVERRIDE}1234.mp4",
        f"ha4_{APP}_1234.mp4",
        f"{'x' * 65}__UserDefine_u_{APP}_1234.mp4",
        f"a/{APP}_1234.mp4",
        f"{APP}_١٢٣٤.mp4",
    ],
)
def test_a_foreign_name_is_no_recording(text: str) -> None:
    assert readings(text) == ()
    with pytest.raises(ValueError, match="no recorder names"):
        parse(text, numbered=True)


@pytest.mark.parametrize(
    "text", ["", "/", f"/{APP}_1234.mp4", f"a//task/{APP}_1234.mp4", f"{APP}_1234.mp4", "task/x.mp4"]
)
def test_a_foreign_path_is_no_recording(text: str) -> None:
    assert path_readings(text) == ()
    with pytest.raises(ValueError, match="no recorder"):
        parse_path(text, numbered=True)


@pytest.mark.parametrize(
    "change",
    [
        {"user": "alice"},
        {"track": "main"},
        {"media": "audio"},
        {"started": datetime(2026, 1, 1, tzinfo=UTC)},
        {"extension": "ts"},
        {"separator": "__"},
        {"room": "lobby"},
        {"room": "-1"},
        {"index": 0},
        {"failover": 4},
        {"prefix": "a b"},
        {"sdk_app_id": 0},
        {"numbered": False, "room": ""},
        {"prefix": "a", "failover": 1},
    ],
)
def test_a_name_that_no_recorder_gives_cannot_be_built(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"single-stream|segments|room number|no recorder|VOD"):
        replace(RecordedName(APP, "1234", True, "mp4"), **change)

"""SearchMedia and its traps, against the simulator and a scripted endpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.vod import Sought, search
from provisioner.console.port import ConsoleError
from provisioner.console.tencent.client import TencentClient
from provisioner.simulator import ConsoleState
from tests.archive.support import APP, NOON, OTHER, SUB, stored, vod_client
from tests.console.endpoint import answers, endpoint, refuses

ONLY: Sought = {APP: None}
ANYTHING = Query()


def found(client: TencentClient, query: Query = ANYTHING, sought: Sought = ONLY) -> list[str]:
    return [file.key for file in search(client, SUB, sought, query)]


def test_a_file_is_read_with_all_that_vod_tells(vod: TencentClient, state: ConsoleState) -> None:
    state.media.add([stored(f"{APP}_1234_1.mp4", users=["alice", "bob"])])
    (file,) = search(vod, SUB, ONLY, ANYTHING)
    assert file == RecordedFile(
        "vod",
        f"{APP}_1234_1.mp4",
        file.readings,
        APP,
        "task-1",
        1_000_000,
        60.0,
        NOON,
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        "1234",
        ("alice", "bob"),
        "5285890800000000001",
        f"https://media.example.com/5285890800000000001/{APP}_1234_1.mp4",
    )
    assert (file.room, file.room_type, file.kind) == ("1234", "number", "mixed")


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("12", [f"{APP}_12.mp4", f"{APP}_12_1.mp4", f"{APP}_12__UserId_s_YWxpY2U.__UserId_e_main.mp4"]),
        ("123", [f"{APP}_123_1.mp4"]),
        ("방-1", [f"{APP}_67CpLTE._3.aac"]),
        ("a?>b", [f"{APP}_YT8+Yg.._1.mp4"]),
        ("a?/b", [f"{APP}_YT8vYg.._1.mp4"]),
        ("??>", [f"{APP}_Pz8+_1.mp4", f"class__UserDefine_u_{APP}_Pz8+_1.mp4"]),
        ("??\x7f", [f"{APP}_Pz9-_1.mp4"]),
        ("1234", [f"{APP}_1234_1.mp4", f"{APP}_MTIzNA.._1.mp4"]),
        ("1", []),
    ],
)
def test_a_room_is_found_by_its_number_or_base64_and_no_other_room_is(
    vod: TencentClient, state: ConsoleState, room: str, names: list[str]
) -> None:
    everything = [
        f"{APP}_12.mp4",
        f"{APP}_12_1.mp4",
        f"{APP}_12__UserId_s_YWxpY2U.__UserId_e_main.mp4",
        f"{APP}_123_1.mp4",
        f"{APP}_1234_1.mp4",
        f"{APP}_MTIzNA.._1.mp4",
        f"{APP}_67CpLTE._3.aac",
        f"{APP}_YT8+Yg.._1.mp4",
        f"{APP}_YT8vYg.._1.mp4",
        f"{APP}_Pz8+_1.mp4",
        f"class__UserDefine_u_{APP}_Pz8+_1.mp4",
        f"{APP}_Pz9-_1.mp4",
    ]
    state.media.add(stored(name, -number) for number, name in enumerate(everything))
    assert found(vod, Query(room=room)) == names
    # Where VOD does not tell whose file it is, its name does.
    state.media.add(stored(name, -number, sdk_app_id=0, room_id="") for number, name in enumerate(everything))
    assert found(vod, Query(room=room), {APP: "class"}) == [name for name in names for _ in "ab"]


def test_the_room_that_vod_tells_settles_what_a_name_leaves_open(vod: TencentClient, state: ConsoleState) -> None:
    state.media.add([stored(f"{APP}_1500.mp4"), stored(f"{APP}_1500.mp4", -1, room_id="ם4")])
    state.media.add([stored(f"{APP}_1500.mp4", -2, room_id="")])
    assert [(file.room_type, file.room) for file in search(vod, SUB, ONLY, ANYTHING)] == [
        ("number", "1500"),
        ("string", "ם4"),
        ("either", "1500"),
    ]


def test_files_with_a_prefix_of_their_own_are_found(vod: TencentClient, state: ConsoleState) -> None:
    declared, other = f"lesson__UserDefine_u_{APP}_7_1.mp4", f"x__UserDefine_u_{APP}_7_1.mp4"
    state.media.add([stored(declared, sdk_app_id=0), stored(declared, -1), stored(other, -2)])
    state.media.add([stored(other, -3, sdk_app_id=0)])  # neither declared nor told: nobody can ask for it
    assert found(vod, sought={APP: "lesson"}) == [declared, declared, other]
    assert found(vod) == [declared, other]


def test_foreign_names_are_listed_and_other_applications_are_not(vod: TencentClient, state: ConsoleState) -> None:
    state.media.add(
        [
            stored("lesson one.mp4"),
            stored(f"{APP}_=cmd.mp4", -1, sdk_app_id=0),
            stored(f"{OTHER}_1.mp4", -2),
            stored(f"{APP}_2.mp4", -3, sdk_app_id=OTHER),
            stored(f"{APP}0_1.mp4", -4, sdk_app_id=0),
        ]
    )
    assert [(file.key, file.unrecognized, file.sdk_app_id) for file in search(vod, SUB, ONLY, ANYTHING)] == [
        ("lesson one.mp4", True, APP),
        (f"{APP}_=cmd.mp4", True, APP),
    ]


def test_many_applications_are_searched_together(vod: TencentClient, state: ConsoleState) -> None:
    apps = {APP + number: "p" if number % 2 else None for number in range(25)}
    state.media.add(stored(f"{app}_1.mp4", number) for number, app in enumerate(apps))
    state.media.add(stored(f"p__UserDefine_u_{app}_1.mp4", -number) for number, app in enumerate(apps))
    assert sorted(found(vod, sought=apps)) == sorted(
        [f"{app}_1.mp4" for app in apps] + [f"p__UserDefine_u_{app}_1.mp4" for app in apps]
    )


def test_the_window_of_five_thousand_is_passed_by_time(vod: TencentClient, state: ConsoleState) -> None:
    # Three files within each second, so that one lies on both sides of a window's end; fractions are not shown.
    state.media.add(stored(f"{APP}_{number}.mp4", -number / 3) for number in range(5100))
    names = [f"{APP}_{number}.mp4" for number in range(5100)]
    assert sorted(found(vod)) == sorted(names)
    assert len(found(vod, Query(since=NOON - timedelta(seconds=60), until=NOON - timedelta(seconds=1)))) == 178


def media(name: str, created: str = "2026-03-01T12:00:00Z", **basic: Any) -> dict[str, Any]:
    return {"FileId": name, "BasicInfo": {"Name": name, "CreateTime": created, **basic}, "MetaData": None}


def test_a_second_that_holds_more_than_the_window_is_said(vod: TencentClient) -> None:
    window = [answers(TotalCount=5000, MediaInfoSet=[media(f"{APP}_{number}.mp4")]) for number in range(10)]
    with endpoint(window[0], *window, *window) as served:  # the first tells how many there are
        files = search(vod_client(served.host), SUB, ONLY, ANYTHING)
        assert [next(files).key for _ in range(10)] == [f"{APP}_{number}.mp4" for number in range(10)]
        with pytest.raises(IncompleteListingError, match="more than 5000 files were created at") as caught:
            next(files)
    assert caught.value.missing == "files created at 2026-03-01T12:00:00Z and before"


def test_a_page_that_brings_nothing_new_ends_the_listing_and_says_so(vod: TencentClient) -> None:
    with endpoint(answers(TotalCount=5000, MediaInfoSet=[media(f"{APP}_1.mp4")])) as served:
        files = search(vod_client(served.host), SUB, ONLY, ANYTHING)
        assert next(files).key == f"{APP}_1.mp4"
        with pytest.raises(IncompleteListingError, match="after 1 of 5000 files a page brings nothing new"):
            next(files)


def test_a_page_that_fails_leaves_what_was_listed(vod: TencentClient) -> None:
    full = answers(TotalCount=900, MediaInfoSet=[media(f"{APP}_1_{number}.mp4") for number in range(1, 501)])
    with endpoint(full, full, refuses("InternalError", "storm")) as served:
        files = search(vod_client(served.host), SUB, ONLY, ANYTHING)
        assert len([next(files) for _ in range(500)]) == 500
        with pytest.raises(IncompleteListingError, match="SearchMedia: InternalError: storm") as caught:
            next(files)
    assert caught.value.missing == "files created before 2026-03-01T12:00:00Z"


def test_a_first_page_that_fails_is_an_error(vod: TencentClient) -> None:
    with endpoint(refuses("UnauthorizedOperation")) as served, pytest.raises(ConsoleError, match="Unauthorized"):
        list(search(vod_client(served.host), SUB, ONLY, ANYTHING))


def test_what_is_asked(vod: TencentClient) -> None:
    with endpoint(answers(TotalCount=0, MediaInfoSet=[])) as served:
        query = Query(NOON, NOON + timedelta(microseconds=1), room="x" * 64)
        assert found(vod_client(served.host), query, {APP: "u" * 64}) == []
    (_, headers, by_name), (_, _, by_app) = served.seen
    assert "X-TC-Region" not in headers
    assert all(len(prefix) <= 100 for prefix in by_name["NamePrefixes"])
    assert by_name == {
        "SubAppId": SUB,
        "NamePrefixes": by_name["NamePrefixes"],
        "CreateTime": {"After": "2026-03-01T12:00:00Z", "Before": "2026-03-01T12:00:01Z"},
        "Sort": {"Field": "CreateTime", "Order": "Desc"},
        "Filters": ["basicInfo", "metaData"],
        "Offset": 0,
        "Limit": 500,
    }
    assert (by_app["TrtcSdkAppIds"], by_app["TrtcRoomIds"]) == ([APP], ["x" * 64])


def test_a_name_without_its_extension_is_completed_from_the_type(vod: TencentClient) -> None:
    page = answers(TotalCount=1, MediaInfoSet=[media(f"{APP}_12", Type="HLS")])
    with endpoint(page) as served:
        (file,) = search(vod_client(served.host), SUB, ONLY, ANYTHING)
    assert (file.key, file.name and file.name.extension) == (f"{APP}_12", "m3u8")


@pytest.mark.parametrize("broken", [{}, {"TotalCount": 1, "MediaInfoSet": [{"FileId": "1"}]}, {"TotalCount": None}])
def test_an_answer_of_another_shape_is_an_error_in_words(vod: TencentClient, broken: dict[str, Any]) -> None:
    with endpoint(answers(**broken)) as served, pytest.raises(ConsoleError, match="not as VOD documents it"):
        list(search(vod_client(served.host), SUB, ONLY, ANYTHING))

"""Recording over REST, through the SDK's typed client."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient

from provisioner.simulator import Call, ConsoleServer, ConsoleState, Fault, Room, SeedApplication
from provisioner.simulator.calls import CallEvent, Dismiss, Enter, Leave, Publish
from tests.simulator.conftest import MovableClock
from tests.simulator.support import MANUAL, NEW, refused_typed, trtc, typed

VOD: dict[str, Any] = {"CloudVod": {"TencentVod": {"SubAppId": 1500000001, "ExpireTime": 86_400}}}
BUCKET: dict[str, Any] = {
    "CloudStorage": {
        "Vendor": 0,
        "Region": "ap-singapore",
        "Bucket": "records-125",
        "AccessKey": "access-key-1",
        "SecretKey": "secret-key-1",
        "FileNamePrefix": ["prod", "calls"],
    }
}
ORDER: dict[str, Any] = {
    "SdkAppId": MANUAL,
    "RoomId": "1234",
    "UserId": "robot-1234",
    "UserSig": "eJw-signature",
    "RecordParams": {"RecordMode": 2},
    "StorageParams": VOD,
}
ROOM = Room(MANUAL, "1234")


@pytest.fixture
def client(server: ConsoleServer) -> TrtcClient:
    return trtc(server.endpoint)


def start(client: TrtcClient, **change: Any) -> str:
    task_id: str = typed(client, "CreateCloudRecording", **{**ORDER, **change}).TaskId
    return task_id


def status(client: TrtcClient, task_id: str) -> str:
    answer = typed(client, "DescribeCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    assert (answer.TaskId, answer.RecorderKey) == (task_id, "")
    word: str = answer.Status
    return word


def talk(*users: str, until: float = 600) -> list[CallEvent]:
    enter = [event for user in users for event in (Enter(0, user), Publish(0, user, "audio"))]
    return [*enter, *(Leave(until, user) for user in users)]


def test_a_task_from_start_to_end(client: TrtcClient, state: ConsoleState, clock: MovableClock) -> None:
    task_id = start(client, RecordParams={"RecordMode": 2, "MaxIdleTime": 60})
    assert status(client, task_id) == "Idle"  # nobody is there yet
    clock.now += 30
    state.recordings.play(ROOM, talk("ann"))
    assert status(client, task_id) == "InProgress"
    clock.now += 100
    assert typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=task_id).TaskId == task_id
    assert status(client, task_id) == "Exited"
    clock.now += 5
    for action in ("DescribeCloudRecording", "ModifyCloudRecording", "DeleteCloudRecording"):
        refusal = refused_typed(client, action, SdkAppId=MANUAL, TaskId=task_id)
        assert refusal.code == "FailedOperation.TaskFinished"
    (file,) = state.media.files()
    assert (file.name, file.details["seconds"], file.task_id) == (f"{MANUAL}_1234_1.mp4", 130, task_id)
    assert state.accepted_writes() == 2


def test_a_task_that_nobody_stops_ends_by_itself(client: TrtcClient, state: ConsoleState, clock: MovableClock) -> None:
    forgotten, dismissed = start(client), start(client, RoomId="5", UserId="robot-5")
    state.recordings.play(Room(MANUAL, "5"), [*talk("ann", until=9), Dismiss(10)])
    clock.now += 10
    assert (status(client, forgotten), status(client, dismissed)) == ("Idle", "Exited")
    clock.now += 20.5
    assert status(client, forgotten) == "Exited"
    assert [int(task.code or 0) for task in state.recordings.tasks(MANUAL)] == [99, 2]


def test_number_1234_and_text_1234_are_two_rooms(client: TrtcClient, state: ConsoleState) -> None:
    state.recordings.play(Room(MANUAL, "1234", numbered=False), talk("ann"))
    numbered, named = start(client), start(client, RoomIdType=0, UserId="robot-2")
    assert (status(client, numbered), status(client, named)) == ("Idle", "InProgress")


def test_a_robot_takes_the_place_of_another_of_its_name(
    client: TrtcClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.recordings.play(ROOM, talk("ann"))
    first = start(client)
    clock.now += 60
    second, elsewhere = start(client), start(client, RoomId="5")
    assert (status(client, first), status(client, second)) == ("Exited", "InProgress")
    assert status(client, elsewhere) == "Idle"
    assert state.recordings.tasks(MANUAL)[0].code == 101


def test_a_robot_has_a_name_of_its_own(client: TrtcClient, state: ConsoleState) -> None:
    state.recordings.play(ROOM, talk("ann"))
    assert refused_typed(client, "CreateCloudRecording", **{**ORDER, "UserId": "ann"}).code == "InvalidParameter.UserId"


def test_a_hundred_recordings_at_once(client: TrtcClient, clock: MovableClock) -> None:
    tasks = [start(client, RoomId=str(number)) for number in range(100)]
    refusal = refused_typed(client, "CreateCloudRecording", **{**ORDER, "RoomId": "100"})
    assert refusal.code == "FailedOperation.RestrictedConcurrency"
    start(client, RoomId="99")  # takes the place of the one that is there
    typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=tasks[0])
    start(client, RoomId="100")


def test_a_robot_that_is_put_out_records_no_longer(
    client: TrtcClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.recordings.play(ROOM, talk("ann", "ben"))
    first, other = start(client), start(client, UserId="robot-2")
    clock.now += 60
    typed(client, "RemoveUser", SdkAppId=MANUAL, RoomId=1234, UserIds=["robot-1234", "ann", "nobody"])
    assert (status(client, first), status(client, other)) == ("Exited", "InProgress")
    assert state.recordings.tasks(MANUAL)[0].code == 1
    clock.now += 60
    typed(client, "RemoveUser", SdkAppId=MANUAL, RoomId=1234, UserIds=["ben", "robot-2"])
    assert [(task.ended_at, task.code) for task in state.recordings.tasks(MANUAL)] == [
        (clock.now - 60, 1),
        (clock.now, 1),
    ]


def test_a_room_is_named_in_its_own_way(client: TrtcClient, state: ConsoleState) -> None:
    state.recordings.play(Room(MANUAL, "1234", numbered=False), talk("ann"))
    refusal = refused_typed(client, "RemoveUser", SdkAppId=MANUAL, RoomId=1234, UserIds=["ann"])
    assert refusal.code == "FailedOperation.RoomNotExist"
    typed(client, "RemoveUserByStrRoomId", SdkAppId=MANUAL, RoomId="1234", UserIds=["ann"])
    refusal = refused_typed(client, "RemoveUserByStrRoomId", SdkAppId=MANUAL, RoomId="1234", UserIds=["ann"])
    assert refusal.code == "FailedOperation.RoomNotExist"


def test_a_task_that_can_no_longer_be_stopped_is_ended_by_removing_its_robot(
    client: TrtcClient, state: ConsoleState
) -> None:
    state.recordings.play(ROOM, talk("ann", until=9e9))
    task_id = start(client, ResourceExpiredHour=6)
    state.wind(6 * 3600)
    refusal = refused_typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    assert refusal.code == "FailedOperation.TaskNotExist"
    assert state.recordings.tasks(MANUAL)[0].ended_at is None
    typed(client, "RemoveUser", SdkAppId=MANUAL, RoomId=1234, UserIds=["robot-1234"])
    assert state.recordings.tasks(MANUAL)[0].ended_at == state.now()


def test_on_demand_a_second_create_is_refused_instead_of_replacing(
    client: TrtcClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.faults.add(Fault("task-exist"))
    task_id = start(client)
    clock.now += 1
    assert refused_typed(client, "CreateCloudRecording", **ORDER).code == "FailedOperation.TaskExist"
    assert status(client, task_id) == "Idle"
    typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    assert start(client) != task_id


def test_on_demand_the_service_fails_and_nothing_happened(client: TrtcClient, state: ConsoleState) -> None:
    state.faults.add(Fault("internal-error", ("Create*",), count=1))
    assert refused_typed(client, "CreateCloudRecording", **ORDER).code == "InternalError.CRInternalError"
    assert state.recordings.tasks(MANUAL) == []
    start(client)


@pytest.mark.parametrize("hours", [6, 72, 720])
def test_a_task_outlives_what_can_be_asked_of_it(
    client: TrtcClient, state: ConsoleState, clock: MovableClock, hours: int
) -> None:
    state.recordings.play(ROOM, talk("ann", until=hours * 3600 + 1000))
    task_id = start(client, **({} if hours == 72 else {"ResourceExpiredHour": hours}))
    state.wind(hours * 3600 - 1)  # the SDK's own clock cannot be wound
    assert status(client, task_id) == "InProgress"
    state.wind(1)
    for action in ("DescribeCloudRecording", "ModifyCloudRecording", "DeleteCloudRecording"):
        refusal = refused_typed(client, action, SdkAppId=MANUAL, TaskId=task_id)
        assert refusal.code == "FailedOperation.TaskNotExist"
    assert state.recordings.tasks(MANUAL)[0].ended_at is None  # and still it records
    state.wind(2000)
    assert sum(file.details["seconds"] for file in state.media.files()) == hours * 3600 + 1000 + 30


def test_the_files_so_far_in_a_bucket(client: TrtcClient, state: ConsoleState, clock: MovableClock) -> None:
    state.recordings.play(ROOM, talk("ann", "ben"))
    task_id = start(client, StorageParams=BUCKET, RecordParams={"RecordMode": 1, "OutputFormat": 1})
    clock.now += 60
    answer = typed(client, "DescribeCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    name = f"{MANUAL}_1234_UserId_s_YW5u_UserId_e_main_audio.m3u8"
    assert [vars(file) for file in answer.StorageFileList][:1] == [
        {
            "_UserId": "ann",
            "_FileName": name,
            "_TrackType": "audio",
            "_BeginTimeStamp": (clock.now - 60) * 1000,
        }
    ]
    assert len(answer.StorageFileList) == 2
    typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    paths = [file.path for file in state.media.files()]
    assert f"prod/calls/{task_id}/{name}" in paths
    assert len(paths) == 4
    assert "secret-key-1" not in state.path.read_bytes().decode("latin-1")


def test_the_files_in_vod_are_not_told(client: TrtcClient, state: ConsoleState, clock: MovableClock) -> None:
    state.recordings.play(ROOM, talk("ann"))
    task_id = start(client)
    clock.now += 60
    assert typed(client, "DescribeCloudRecording", SdkAppId=MANUAL, TaskId=task_id).StorageFileList == []


def test_a_modification_replaces_the_subscription_in_full(
    client: TrtcClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.recordings.play(ROOM, talk("ann", "ben"))
    task_id = start(
        client,
        RecordParams={
            "RecordMode": 1,
            "SubscribeStreamUserIds": {"SubscribeAudioUserIds": ["ann"], "SubscribeVideoUserIds": ["ann"]},
        },
    )
    clock.now += 60
    change = {"UnSubscribeAudioUserIds": ["ann"]}
    typed(client, "ModifyCloudRecording", SdkAppId=MANUAL, TaskId=task_id, SubscribeStreamUserIds=change)
    clock.now += 60
    typed(client, "ModifyCloudRecording", SdkAppId=MANUAL, TaskId=task_id, MixLayoutParams={"MixLayoutMode": 3})
    clock.now += 60
    typed(client, "DeleteCloudRecording", SdkAppId=MANUAL, TaskId=task_id)
    assert [(file.details["users"], file.details["seconds"]) for file in state.media.files()] == [
        (["ann"], 120),
        (["ben"], 120),
    ]
    assert state.accepted_writes() == 4


def test_all_that_an_order_may_say(client: TrtcClient) -> None:
    everything = {
        "RoomIdType": 1,
        "ResourceExpiredHour": 24,
        "PrivateMapKey": "key",
        "RecordParams": {
            "RecordMode": 2,
            "MaxIdleTime": 5,
            "StreamType": 1,
            "SubscribeStreamUserIds": {"UnSubscribeAudioUserIds": ["guest.*$"], "SubscribeVideoUserIds": []},
            "OutputFormat": 3,
            "AvMerge": 1,
            "MaxMediaFileDuration": 60,
            "MediaId": 1,
            "FillType": 1,
            "SubscribeAbility": 1,
        },
        "StorageParams": {
            "CloudVod": {
                "TencentVod": {
                    "Procedure": "LongVideoPreset",
                    "ExpireTime": 0,
                    "StorageRegion": "ap-singapore",
                    "ClassId": 7,
                    "SubAppId": 1500000001,
                    "SessionContext": "session",
                    "SourceContext": "source",
                    "MediaType": 4,
                    "UserDefineRecordId": "lesson-7",
                }
            }
        },
        "MixTranscodeParams": {
            "VideoParams": {"Width": 1280, "Height": 720, "Fps": 15, "BitRate": 1_200_000, "Gop": 10},
            "AudioParams": {"SampleRate": 1, "Channel": 2, "BitRate": 64_000},
        },
        "MixLayoutParams": {
            "MixLayoutMode": 4,
            "MixLayoutList": [{"Top": 0, "Left": 0, "Width": 640, "Height": 360, "UserId": "ann", "Alpha": 0}],
            "BackGroundColor": "#FFA500",
            "MaxResolutionUserId": "ann",
            "MediaId": 1,
            "BackgroundImageUrl": "https://example.com/a.png",
            "PlaceHolderMode": 1,
            "WaterMarkList": [
                {
                    "WaterMarkType": 0,
                    "WaterMarkImage": {
                        "WaterMarkUrl": "https://example.com/m.png",
                        "Top": 0,
                        "Left": 0,
                        "Width": 10,
                        "Height": 10,
                    },
                },
                {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 0, "TimeZone": 8}},
            ],
            "RenderMode": 1,
            "MaxResolutionUserAlign": 1,
            "PureAudioDisableLayout": True,
        },
    }
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", start(client, **everything))


def vod(**members: Any) -> dict[str, Any]:
    return {"StorageParams": {"CloudVod": {"TencentVod": members}}}


def record(**members: Any) -> dict[str, Any]:
    return {"RecordParams": {"RecordMode": 1, **members}}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SdkAppId": 999}, "FailedOperation.SdkAppIdNotExist"),
        ({"SdkAppId": NEW}, "FailedOperation.NotAbility"),  # recording is not on
        ({"SdkAppId": 1400000109}, "FailedOperation.NotAbility"),  # of the old type
        ({"RoomId": "lobby"}, "InvalidParameter.RoomId"),
        ({"RoomId": "4294967296"}, "InvalidParameter.RoomId"),
        ({"RoomId": "x" * 65, "RoomIdType": 0}, "InvalidParameter.RoomId"),
        ({"RoomIdType": 2}, "InvalidParameterValue"),
        ({"UserId": ""}, "InvalidParameterValue"),
        ({"UserSig": ""}, "InvalidParameterValue"),
        ({"UserSig": None}, "MissingParameter"),
        ({"StorageParams": {}}, "MissingParameter"),
        ({"StorageParams": {**VOD, **BUCKET}}, "InvalidParameterValue"),
        ({"RecordParams": {}}, "MissingParameter"),
        ({"ResourceExpiredHour": 5}, "InvalidParameterValue"),
        ({"ResourceExpiredHour": 721}, "InvalidParameterValue"),
        (record(MaxIdleTime=4), "InvalidParameterValue"),
        (record(RecordMode=3), "InvalidParameterValue"),
        (record(SubscribeStreamUserIds={"SubscribeAudioUserIds": ["a"] * 33}), "InvalidParameterValue"),
        (
            record(SubscribeStreamUserIds={"SubscribeAudioUserIds": ["a"], "UnSubscribeAudioUserIds": ["b"]}),
            "InvalidParameterValue",
        ),
        (vod(MediaType=2), "InvalidParameterValue"),
        (vod(MediaType=4), "InvalidParameterValue"),
        (vod(UserDefineRecordId="a b"), "InvalidParameterValue"),
        ({"MixTranscodeParams": {"AudioParams": {"SampleRate": 1}}}, "MissingParameter"),
        ({"MixLayoutParams": {"MixLayoutMode": 4, "MixLayoutList": [{"Top": 0}]}}, "MissingParameter"),
    ],
    ids=str,
)
def test_an_order_that_is_refused(client: TrtcClient, state: ConsoleState, change: dict[str, Any], code: str) -> None:
    state.seed([SeedApplication(1400000109, "old-and-on", "old", enabled=True)])
    refusal = refused_typed(client, "CreateCloudRecording", **{**ORDER, **change})
    assert refusal.code == code
    assert "eJw-signature" not in refusal.message
    assert state.accepted_writes() == 0
    assert state.recordings.tasks(MANUAL) == []


@pytest.mark.parametrize("action", ["DescribeCloudRecording", "ModifyCloudRecording", "DeleteCloudRecording"])
def test_a_task_that_does_not_exist(client: TrtcClient, state: ConsoleState, action: str) -> None:
    task_id = start(client)
    state.seed([SeedApplication(20000109, "another", "new")])
    for unknown in ({"SdkAppId": MANUAL, "TaskId": "nope"}, {"SdkAppId": 20000109, "TaskId": task_id}):
        assert refused_typed(client, action, **unknown).code == "FailedOperation.TaskNotExist"
    unheard = refused_typed(client, action, SdkAppId=999, TaskId=task_id)
    assert unheard.code == "FailedOperation.SdkAppIdNotExist"
    assert refused_typed(client, action, SdkAppId=MANUAL).code == "MissingParameter"


def test_automatic_and_ordered_recording_are_two_files(
    client: TrtcClient, state: ConsoleState, clock: MovableClock
) -> None:
    state.edit(MANUAL, mode="auto", template={"MaxIdleTime": 5, "MixRecord": {}, "StorageParams": VOD})
    state.wind(state.effect_seconds)
    state.recordings.play(ROOM, Call(people=2, seconds=60).events())
    start(client)
    state.wind(120)
    assert len(state.recordings.tasks(MANUAL)) == 2
    assert [file.name for file in state.media.files()] == [f"{MANUAL}_1234_1.mp4"] * 2

"""`render --as`: the requests of a manual application, read by people and sent by backends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.cli import render
from provisioner.recording.manual import robot_user
from tests.project import Project
from tests.specs.keys.test_controller import DESK, declare

CREATE = ("--as", "create-cloud-recording")
MODIFY = ("--as", "modify-cloud-recording")


def rendered(project: Project, *options: str) -> Any:
    ran = project.run("render", "dev/support-desk", *options)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def test_the_request_names_secrets_and_shows_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(project, own=", privateMapKey: true")
    (project.root / "sdk.key").write_text("the-key-itself")
    ran = project.run("render", "dev/support-desk", *CREATE, "--room", "consulting")
    body = json.loads(ran.out)
    assert "the-key-itself" not in ran.out
    assert {
        name: body[name] for name in ("SdkAppId", "RoomId", "RoomIdType", "UserId", "UserSig", "PrivateMapKey")
    } == {
        "SdkAppId": 20001003,
        "RoomId": "consulting",
        "RoomIdType": 0,
        "UserId": robot_user(20001003, "consulting", False, ""),
        "UserSig": "userSig(file:sdk.key)",
        "PrivateMapKey": "privateMapKey(file:sdk.key)",
    }
    assert body["StorageParams"] == {
        "CloudVod": {"TencentVod": {"MediaType": 0, "SubAppId": 1500000010, "ExpireTime": 604800, "ClassId": 0}}
    }


def test_a_backend_that_records_by_itself_gets_the_same_request(project: Project) -> None:
    body = rendered(project, *CREATE, "--room", "4711", "--user", "our-robot")
    assert (body["RoomIdType"], body["UserId"], body["UserSig"]) == (1, "our-robot", "userSig(SDKSecretKey)")
    assert rendered(project, *CREATE, "--room", "4711", "--room-type", "string")["RoomIdType"] == 0


def test_a_running_recording_is_moved_by_its_task(project: Project) -> None:
    assert rendered(project, *MODIFY)["TaskId"] == "TASK_ID"
    body = rendered(project, *MODIFY, "--task", "task-1")
    assert (body["SdkAppId"], body["TaskId"]) == (20001003, "task-1")
    assert body["MixLayoutParams"]["MixLayoutMode"] == 3


def test_secrets_are_revealed_on_a_terminal(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(project, own=", privateMapKey: true")
    monkeypatch.setattr(render, "on_terminal", lambda: True)
    ran = project.run("render", "dev/support-desk", *CREATE, "--room", "a", "--reveal")
    assert "the secret file:sdk.key cannot be read" in ran.err
    (project.root / "sdk.key").write_text("the-key-itself")
    body = rendered(project, *CREATE, "--room", "a", "--reveal")
    assert body["UserSig"].startswith("eJ")
    assert body["PrivateMapKey"].startswith("eJ")
    assert body["UserSig"] != body["PrivateMapKey"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--room", "1"), "--room is for --as create-cloud-recording"),
        ((*MODIFY, "--user", "u"), "--user is for --as create-cloud-recording"),
        ((*CREATE, "--room", "1", "--task", "t"), "--task is for --as modify-cloud-recording"),
        (CREATE, "--as create-cloud-recording needs --room"),
        ((*CREATE, "--room", "abc"), '"abc" is no room number'),
        ((*CREATE, "--room", "01"), '"01" is no room number'),
        ((*CREATE, "--room", "4294967296"), '"4294967296" is no room number'),
        ((*CREATE, "--room", "r" * 65, "--room-type", "string"), "a room's name has 1 to 64 bytes"),
        ((*CREATE, "--room", "1", "--user", ""), "--user takes a UserId"),
        ((*CREATE, "--room", "1", "--user", "a b"), "--user takes a UserId"),
        ((*CREATE, "--room", "1", "--format", "yaml"), "a request is JSON"),
        ((*CREATE, "--room", "1", "--reveal"), "--reveal shows secrets on a terminal only"),
        ((*MODIFY, "--reveal"), "--reveal is for --as create-cloud-recording"),
    ],
)
def test_no_option_is_passed_over(project: Project, options: tuple[str, ...], message: str) -> None:
    ran = project.run("render", "dev/support-desk", *options)
    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("dev/classroom", "dev/classroom records by the console's template: no request over REST records it"),
        ("dev", '"dev" names no application'),
    ],
)
def test_only_a_manual_application_has_requests(project: Project, address: str, message: str) -> None:
    ran = project.run("render", address, *CREATE, "--room", "1")
    assert ran.code == 1
    assert message in ran.err


def test_an_application_that_is_off_has_none(project: Project) -> None:
    project.edit(DESK, "enabled: true", "enabled: false")
    assert "dev/support-desk is not recorded" in project.run("render", "dev/support-desk", *MODIFY).err


def test_nobody_can_make_a_user_sig_without_a_key(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "on_terminal", lambda: True)
    ran = project.run("render", "dev/support-desk", *CREATE, "--room", "1", "--reveal")
    assert "no UserSig can be made: support-desk names no SDKSecretKey" in ran.err

"""The REST requests of a manual application as people see them: secrets by reference, or revealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.catalogue.vocabulary import USER
from provisioner.recording.cloud_recording import Json, RecordingContract, RobotPass, recording_contract
from provisioner.recording.field import Mode
from provisioner.recording.file_names import is_room_number
from provisioner.recording.manual import BLOCK, robot_user
from provisioner.recording.sites import SITES
from provisioner.recording.user_sig import ROBOT_SECONDS, private_map_key, user_sig
from provisioner.specs.documents.environment import Environment

_LONGEST_ROOM = 64
"""Bytes of a room's name."""

NO_TASK = "TASK_ID"
"""Stands where the answer of CreateCloudRecording goes."""


@dataclass(frozen=True, slots=True)
class Keys:
    """How secrets are revealed: what a reference stands for, and the epoch second at which UserSigs are made."""

    secret: Callable[[str], str]
    now: int


def create_cloud_recording(
    environment: Environment,
    app: Application,
    *,
    room: str,
    numbered: bool | None = None,
    user: str | None = None,
    keys: Keys | None = None,
) -> Json:
    """The body of CreateCloudRecording for one room; without `keys` secrets are named, not shown.

    `numbered` is by default what the spec says, else that rooms have numbers, which is the API's own default.
    Raises UsageError where the application is not recorded over REST, or there can be no such room.
    """
    contract = _contract(environment, app)
    carried_out = contract.carried_out
    if numbered is None:
        numbered = carried_out is None or carried_out.numbered
    _check_room(room, numbered)
    robot = _user(user) if user is not None else robot_user(app.sdk_app_id, room, numbered, "")
    if keys is None:
        return contract.create(room, numbered, _named(contract, robot))
    if carried_out is None:
        raise UsageError(
            f"no UserSig can be made: {app.name} names no SDKSecretKey",
            where=app.where,
            fix=f"Write {BLOCK[1:].replace('/', '.')}.sdkSecretKeyRef, or leave --reveal out.",
        )
    key = keys.secret(carried_out.sdk_secret_key_ref)
    signature = user_sig(app.sdk_app_id, key, robot, now=keys.now, seconds=ROBOT_SECONDS)
    map_key = None
    if carried_out.private_map_key:
        map_key = private_map_key(app.sdk_app_id, key, robot, room, numbered, now=keys.now, seconds=ROBOT_SECONDS)
    return contract.create(room, numbered, RobotPass(robot, signature, map_key), keys.secret)


def modify_cloud_recording(environment: Environment, app: Application, task: str | None = None) -> Json:
    """The body of ModifyCloudRecording. Raises UsageError where the application is not recorded over REST."""
    return _contract(environment, app).modify(task or NO_TASK)


def _contract(environment: Environment, app: Application) -> RecordingContract:
    if not app.records or app.mode != Mode.MANUAL.value:
        reason = "records by the console's template" if app.records else "is not recorded"
        raise UsageError(
            f"{environment.name}/{app.name} {reason}: no request over REST records it",
            where=app.origin("/recording/mode"),
            fix="`provisioner render` without --as shows its settings.",
        )
    return recording_contract(app, SITES[environment.site])


def _named(contract: RecordingContract, robot: str) -> RobotPass:
    """What lets the robot in, as words that say of which secret it is made."""
    carried_out = contract.carried_out
    key = carried_out.sdk_secret_key_ref if carried_out else "SDKSecretKey"
    needs_map_key = carried_out is not None and carried_out.private_map_key
    return RobotPass(robot, f"userSig({key})", f"privateMapKey({key})" if needs_map_key else None)


def _user(user: str) -> str:
    try:
        return str(USER.parse(user))
    except ValueError as reason:
        raise UsageError(printable(f"--user {reason}")) from None


def _check_room(room: str, numbered: bool) -> None:
    if numbered and not is_room_number(room):
        raise UsageError(
            f'"{printable(room[:80])}" is no room number',
            fix="A number is 0 to 4294967295; else pass --room-type string.",
        )
    if not 0 < len(room.encode("utf-8", "surrogatepass")) <= _LONGEST_ROOM:
        raise UsageError(f"a room's name has 1 to {_LONGEST_ROOM} bytes")

"""The actions of the service that the controller uses, all of them public, and what their answers mean."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.console.port import ConsoleError
from provisioner.console.service_client import open_service
from provisioner.console.tencent.client import Patience, TencentClient
from provisioner.controller.machine import Refusal, back_off
from provisioner.credentials.registry import VARIABLES
from provisioner.specs.documents.environment import Environment

SERVICE, VERSION = "trtc", "2019-07-22"

PATIENCE = Patience(connect_seconds=2, answer_seconds=6, refusals=1, total_seconds=8)
"""8 s in all, inside a lease of 9 s. Refusals are waited out by the store's bucket, which all replicas share."""

CREATE, DELETE, DESCRIBE, MODIFY = (f"{word}CloudRecording" for word in ("Create", "Delete", "Describe", "Modify"))
REMOVE, REMOVE_BY_NAME = "RemoveUser", "RemoveUserByStrRoomId"

GONE = ("FailedOperation.TaskNotExist", "FailedOperation.TaskFinished")
"""The task is not running: what Delete was to reach."""

_NOBODY_THERE = ("FailedOperation.RoomNotExist", "FailedOperation.UserNotExist")
"""The robot is not in the room: what RemoveUser was to reach."""

_RATE = ("RequestLimitExceeded", "FailedOperation.RestrictedFrequency")
_CROWDED = ("FailedOperation.RestrictedConcurrency", "UnsupportedOperation.TaskLimit")
_PASSING = ("ClientNetworkError", "AuthFailure", "UnauthorizedOperation", "ResourceInsufficient", "ResourceUnavailable")
"""What a person or time mends while the call goes on: credentials, policies, the way there."""

_log = logging.getLogger(__name__)


class RecordingService:
    """One environment's account. Every method makes one call and raises ConsoleError (also AmbiguousWriteError)."""

    def __init__(self, client: TencentClient) -> None:
        self._client = client

    def create(self, body: dict[str, Any]) -> str:
        """The TaskId."""
        return str(self._client.write(CREATE, body)["TaskId"])

    def delete(self, sdk_app_id: int, task_id: str) -> None:
        """DeleteCloudRecording. Raises as the client does; TaskNotExist and TaskFinished are the caller's to judge."""
        self._client.write(DELETE, {"SdkAppId": sdk_app_id, "TaskId": task_id})

    def describe(self, sdk_app_id: int, task_id: str) -> str:
        """Idle, InProgress or Exited; a task that is not there is an error."""
        return str(self._client.write(DESCRIBE, {"SdkAppId": sdk_app_id, "TaskId": task_id}).get("Status", ""))

    def modify(self, body: dict[str, Any]) -> None:
        """ModifyCloudRecording with `body`, which replaces layout and subscription in full."""
        self._client.write(MODIFY, body)

    def remove(self, sdk_app_id: int, room: str, numbered: bool, user: str) -> None:
        """Put the robot out of the room; it is fine where neither is there."""
        action, number = (REMOVE, int(room)) if numbered else (REMOVE_BY_NAME, room)
        try:
            self._client.write(action, {"SdkAppId": sdk_app_id, "RoomId": number, "UserIds": [user]})
        except ConsoleError as error:
            if not error.code.startswith(_NOBODY_THERE):
                raise

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()


@contextmanager
def recording_service(environment: Environment, root: Path, variables: Mapping[str, str]) -> Iterator[RecordingService]:
    """The service behind an environment, the simulated one included. Raises ProvisionerError without credentials."""
    with open_service(
        environment,
        root,
        variables,
        SERVICE,
        VERSION,
        region=environment.region,
        calls_per_second=1_000,
        patience=PATIENCE,
    ) as client:
        yield RecordingService(client)


def account_of(environment: Environment, variables: Mapping[str, str]) -> str:
    """Names whose rate is used up: environments with one console and one key share it."""
    if environment.console.driver == "embedded":
        return f"simulated {environment.name}"
    source = environment.console.credentials
    key = variables.get("TENCENTCLOUD_SECRET_ID", "") if source == VARIABLES else repr(source)
    return hashlib.sha256(f"{environment.site} {key}".encode()).hexdigest()[:16]


def refusal_of(error: ConsoleError, attempts: int) -> Refusal:
    """What a refused call means: when it may be tried again, if ever. `error` is no AmbiguousWriteError."""
    code = error.code
    if code.startswith(_RATE):
        return Refusal(code, 1.0, "the service's rate is used up")
    if code.startswith(_CROWDED):
        return Refusal(code, 5.0, f"waits: the account's limit of tasks is reached ({code})")
    if code.startswith(_PASSING):
        return Refusal(code, back_off(attempts), f"refused, tried again: {code}")
    return Refusal(code, None, f"refused: {code}")


def gone(error: ConsoleError) -> bool:
    """Whether the service says that there is no such task running."""
    return error.code.startswith(GONE)


def unknown_wait(error: ConsoleError, attempts: int) -> float | None:
    """How long to wait after a call of which nobody knows what it did; None for the lease."""
    return back_off(attempts) if error.code.startswith("InternalError") else None

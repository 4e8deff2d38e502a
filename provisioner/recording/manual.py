"""What the controller does for an application in manual mode: the `manual:` block of its spec as values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, cast

from provisioner.recording.application import Application
from provisioner.recording.field import Mode

BLOCK = "/recording/manual"

Start = Literal["backend", "first-stream", "room-created"]
Stop = Literal["dismissed", "idle"]


@dataclass(frozen=True, slots=True)
class Manual:
    """What starts and ends a recording. `numbered`: the application's rooms have numbers, else names.

    The keys are references (`env:NAME`, `file:PATH`). `callback_key_refs` are the application's own, empty where those
    of its environment hold. `private_map_key`: rooms are entered with one.
    """

    start: Start
    stop: Stop
    numbered: bool
    sdk_secret_key_ref: str
    callback_key_refs: tuple[str, ...] = ()
    private_map_key: bool = False


def manual(app: Application) -> Manual | None:
    """None where no controller records the application: not in manual mode, not at all, or its backend does."""
    start = app.value(f"{BLOCK}/start")
    if not app.records or app.mode != Mode.MANUAL.value or start is None:
        return None
    keys = app.value(f"{BLOCK}/callbackKeyRefs")
    return Manual(
        cast(Start, start),
        cast(Stop, app.value(f"{BLOCK}/stop")),
        app.value(f"{BLOCK}/roomIds") == "number",
        str(app.value(f"{BLOCK}/sdkSecretKeyRef")),
        keys if isinstance(keys, tuple) else (),
        app.value(f"{BLOCK}/privateMapKey") is True,
    )


def robot_user(sdk_app_id: int, room: str, numbered: bool, session: str) -> str:
    """The UserId of the robot that records one call: always the same for it, and nobody else's.

    A second CreateCloudRecording for the call thus replaces the first instead of doubling it. 29 of the 32 bytes that
    a UserId may have.
    """
    call = "\0".join((str(sdk_app_id), "number" if numbered else "string", room, session))
    return f"rec-{hashlib.sha256(call.encode('utf-8', 'surrogatepass')).hexdigest()[:25]}"

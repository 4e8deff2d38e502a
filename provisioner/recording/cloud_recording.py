"""The contract of a recording over REST: the exact CreateCloudRecording and ModifyCloudRecording of an application.

Names and codes are those of the field table (`wire.py`); this module knows only which member holds which class.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS, pattern
from provisioner.recording.manual import Manual, manual
from provisioner.recording.sites import Site
from provisioner.recording.storages import STORAGES
from provisioner.recording.wire import WIRE
from provisioner.recording.wire_codecs import Wire

Json = dict[str, Any]

_PLACES: Mapping[str, tuple[str, ...]] = {
    "CreateCloudRecordingRequest": (),
    "RecordParams": ("RecordParams",),
    "SubscribeStreamUserIds": ("RecordParams", "SubscribeStreamUserIds"),
    "TencentVod": ("StorageParams", "CloudVod", "TencentVod"),
    "CloudStorage": ("StorageParams", "CloudStorage"),
    "VideoParams": ("MixTranscodeParams", "VideoParams"),
    "AudioParams": ("MixTranscodeParams", "AudioParams"),
    "MixLayoutParams": ("MixLayoutParams",),
}
"""Where the request holds the members of each class; those of panes and watermarks stand in lists."""

_PANES = f"{SETTINGS}/mixed/layout/panes/"
_WATERMARKS = f"{SETTINGS}/mixed/layout/watermarks/"
_WATERMARK_TYPES = {"WaterMarkImage": 0, "WaterMarkChar": 1, "WaterMarkTimestamp": 2}
_SECRETS = ("AccessKey", "SecretKey")
SINGLE, MIXED = 1, 2
"""RecordParams.RecordMode."""


@dataclass(frozen=True, slots=True)
class RobotPass:
    """What lets the robot `user` into the room; `private_map_key` only where rooms are entered with one."""

    user: str
    user_sig: str
    private_map_key: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingContract:
    """What all recordings of one application have in common.

    `parameters` are CreateCloudRecording's but for room, robot and task; secrets stand in them by reference.
    `carried_out` is what the controller does, None where the backend does it. `templates` are the versions
    (`call@v1`) that the settings come from.
    """

    sdk_app_id: int
    parameters: Json
    carried_out: Manual | None
    templates: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over canonical JSON of all but the templates' names: who runs this has nothing else to know.

        References count by their text, never the secrets behind them.
        """
        whole = {
            "sdkAppId": self.sdk_app_id,
            "parameters": self.parameters,
            "manual": self.carried_out and asdict(self.carried_out),
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def create(self, room: str, numbered: bool, robot: RobotPass, secret: Callable[[str], str] = str) -> Json:
        """The body of CreateCloudRecording. `secret` answers what a reference stands for; by default itself."""
        body: Json = {
            "SdkAppId": self.sdk_app_id,
            "RoomId": room,
            "RoomIdType": int(numbered),
            "UserId": robot.user,
            "UserSig": robot.user_sig,
            **({} if robot.private_map_key is None else {"PrivateMapKey": robot.private_map_key}),
            **deepcopy(self.parameters),
        }
        bucket = body["StorageParams"].get("CloudStorage", {})
        bucket.update({name: secret(bucket[name]) for name in _SECRETS if name in bucket})
        return body

    def modify(self, task_id: str) -> Json:
        """The body of ModifyCloudRecording, which replaces layout and subscription in full."""
        body: Json = {"SdkAppId": self.sdk_app_id, "TaskId": task_id}
        if "MixLayoutParams" in self.parameters:
            body["MixLayoutParams"] = deepcopy(self.parameters["MixLayoutParams"])
        if lists := self.parameters["RecordParams"].get("SubscribeStreamUserIds"):
            body["SubscribeStreamUserIds"] = deepcopy(lists)
        return body


def recording_contract(app: Application, site: Site) -> RecordingContract:
    """The contract of an application that has passed the rules and is in manual mode."""
    owner_of_storage = "CloudStorage" if STORAGES[str(app.setting("storage/vendor"))].bucket else "TencentVod"
    body: Json = {"RecordParams": {"RecordMode": MIXED if app.mixed else SINGLE}}
    for path, value in app.values.items():
        if not path.startswith(f"{SETTINGS}/") or path.startswith((_PANES, _WATERMARKS)):
            continue
        wire = _member(WIRE[pattern(path)], owner_of_storage)
        if wire is None or wire.name in site.unknown_to_rest:
            continue
        owner, _, name = wire.name.partition(".")
        _at(body, _PLACES[owner])[name] = wire.codec.encode(value)
    if app.mixed:
        layout = body["MixLayoutParams"]
        if panes := [_listed(app, f"{_PANES}{name}", site) for name in app.members("mixed/layout/panes")]:
            layout["MixLayoutList"] = [pane for blocks in panes for pane in blocks.values()]
        if marks := [_listed(app, f"{_WATERMARKS}{name}", site) for name in app.members("mixed/layout/watermarks")]:
            layout["WaterMarkList"] = [
                {"WaterMarkType": _WATERMARK_TYPES[owner], owner: members}
                for blocks in marks
                for owner, members in blocks.items()
            ]
    return RecordingContract(app.sdk_app_id, body, manual(app), app.templates)


def _member(wire: Wire, storage: str) -> Wire | None:
    """How REST spells a field for the chosen storage; None where it does not know it.

    A storage's own spelling is the last: RecordParams.OutputFormat is ignored where TencentVod.MediaType counts.
    """
    foreign = {"TencentVod", "CloudStorage"} - {storage}
    owned = [(spelling, spelling.name.partition(".")[0]) for spelling in wire.rest or (wire,)]
    fitting = [spelling for spelling, owner in owned if owner in _PLACES and owner not in foreign]
    return fitting[-1] if fitting else None


def _at(body: Json, place: tuple[str, ...]) -> Json:
    for name in place:
        body = body.setdefault(name, {})
    return body


def _listed(app: Application, member: str, site: Site) -> dict[str, Json]:
    """One pane or watermark: its members by their class."""
    blocks: dict[str, Json] = {}
    for path, value in app.values.items():
        if path.startswith(f"{member}/"):
            wire = WIRE[pattern(path)]
            if wire.name not in site.unknown_to_rest:
                owner, _, name = wire.name.partition(".")
                blocks.setdefault(owner, {})[name] = wire.codec.encode(value)
    return blocks

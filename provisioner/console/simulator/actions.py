"""What the console can do: one function an action, each with the shape of its parameters.

Tencent names these four actions for access control and audit only and publishes no shape for them; the
shapes here are the default binding's. The rules (the template before automatic mode, new-type recording that
stays on) are the TUICallKit cloud-recording page's and the console guide's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from provisioner.console.simulator.applications import Application
from provisioner.console.simulator.errors import ApiError
from provisioner.console.simulator.shape import AtLeastOne, Integer, JsonObject, Record, Text
from provisioner.console.simulator.state import ConsoleState, UnknownApplicationError
from provisioner.console.simulator.template import TEMPLATE
from provisioner.foundation.clock import timestamp

PAGE = 100
"""The longest page of applications, and the length of one where Limit is not given."""

_SDK_APP_ID = Integer(1)


@dataclass(frozen=True, slots=True)
class Action:
    """One action: what its parameters look like, and what it does with parameters of that shape."""

    parameters: Record
    handle: Callable[[ConsoleState, JsonObject], JsonObject]

    def perform(self, state: ConsoleState, parameters: object) -> JsonObject:
        """The members of a successful `Response`, RequestId aside. Raises ApiError."""
        self.parameters.check(parameters, "")
        assert isinstance(parameters, dict)  # the shape says so; mypy cannot know
        try:
            return self.handle(state, parameters)
        except UnknownApplicationError as error:
            raise ApiError("FailedOperation.SdkAppIdNotExist", "The SdkAppId does not exist.") from error


def _describe_app_stat_list(state: ConsoleState, parameters: JsonObject) -> JsonObject:
    total, page = state.applications(parameters.get("Offset", 0), parameters.get("Limit", PAGE))
    return {
        "TotalCount": total,
        "AppStatList": [{"SdkAppId": app.sdk_app_id, "Name": app.name} for app in page],
    }


def _describe_sdk_app_info(state: ConsoleState, parameters: JsonObject) -> JsonObject:
    app = state.application(parameters["SdkAppId"])
    changed = None if app.changed_at is None else timestamp(datetime.fromtimestamp(app.changed_at, UTC))
    recording = {
        "Enabled": int(app.enabled),
        "Type": app.generation,
        "Mode": app.mode,
        "Template": None if app.template is None else TEMPLATE.without_hidden(app.template),
        "ChangedAt": changed,
    }
    return {"SdkAppInfo": {"SdkAppId": app.sdk_app_id, "Name": app.name, "Recording": recording}}


def _alter_recording(state: ConsoleState, parameters: JsonObject) -> JsonObject:
    def decide(app: Application) -> Application:
        if not app.enabled:
            raise _not_enabled()
        return replace(app, template=parameters["Template"])  # as a whole: nothing of the old one is kept

    state.change(parameters["SdkAppId"], decide)
    return {}


def _modify_record_mode(state: ConsoleState, parameters: JsonObject) -> JsonObject:
    def decide(app: Application) -> Application:
        enabled = bool(parameters.get("Enabled", app.enabled))
        if app.enabled and not enabled and app.generation == "new":
            raise _not_allowed("Recording of the new type cannot be switched off once it is on.")
        if parameters.get("Mode") == "auto":
            if not enabled:
                raise _not_enabled()
            if app.template is None:
                raise _not_allowed("Automatic recording needs a recording template; create the template first.")
        return replace(app, enabled=enabled, mode=parameters.get("Mode", app.mode))

    state.change(parameters["SdkAppId"], decide)
    return {}


def _not_enabled() -> ApiError:
    return ApiError("FailedOperation.NotAbility", "Cloud recording is not enabled for this SdkAppId.")


def _not_allowed(why: str) -> ApiError:
    return ApiError("FailedOperation.NotAllowed", why)


_TRTC = {
    "DescribeAppStatList": Action(Record({"Offset": Integer(), "Limit": Integer(1, PAGE)}), _describe_app_stat_list),
    "DescribeSdkAppInfo": Action(Record({"SdkAppId": _SDK_APP_ID}, complete=True), _describe_sdk_app_info),
    "AlterRecording": Action(Record({"SdkAppId": _SDK_APP_ID, "Template": TEMPLATE}, complete=True), _alter_recording),
    "ModifyRecordMode": Action(
        Record(
            {"SdkAppId": _SDK_APP_ID, "Enabled": Integer(0, 1), "Mode": Text("auto|manual")},
            required=("SdkAppId",),
            rules=(AtLeastOne(("Enabled", "Mode")),),
        ),
        _modify_record_mode,
    ),
}

SERVICES: Mapping[str, Mapping[str, Mapping[str, Action]]] = {"trtc": {"2019-07-22": _TRTC}}
"""Every action by service, version and name."""


def find(service: str, version: str, name: str) -> Action:
    """The action of that name. Raises ApiError: NoSuchVersion, InvalidAction."""
    versions = SERVICES[service]
    if version not in versions:
        raise ApiError("NoSuchVersion", f"The specified api version=`{version}` does not exist in service=`{service}`.")
    if name not in versions[version]:
        raise ApiError(
            "InvalidAction", f"The request action=`{name}` is invalid or doesn't match the specified version."
        )
    return versions[version][name]

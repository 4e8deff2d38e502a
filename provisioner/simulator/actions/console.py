"""What the console itself calls: the four actions that read and write an application's recording.

Tencent names these four actions for access control and audit. Only DescribeAppStatList has ever been published with
its shape, and was withdrawn; the other shapes are the default binding's. The rules (the template before automatic
mode, new-type recording that stays on) are the TUICallKit cloud-recording page's and the console guide's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from provisioner.foundation.clock import timestamp
from provisioner.recording.limits import LISTED_APPLICATIONS
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.actions.parameters import SDK_APP_ID
from provisioner.simulator.applications import SimulatedApplication
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import AtLeastOne, IntegerParam, JsonObject, ObjectParam, TextParam
from provisioner.simulator.template import TEMPLATE, check_site

_USABLE = 1
"""Of DescribeAppStatList's Status; 0 is an application that was stopped."""


def _describe_app_stat_list(call: ApiCall) -> JsonObject:
    total, page = call.state.applications(
        call.parameters.get("Offset", 0), call.parameters.get("Limit", LISTED_APPLICATIONS)
    )
    return {
        "TotalNum": total,
        "SdkAppInfos": [{"ID": app.sdk_app_id, "Name": app.name, "Status": _USABLE} for app in page],
    }


def _describe_sdk_app_info(call: ApiCall) -> JsonObject:
    return shown(call.state.application(call.parameters["SdkAppId"], seen_at=call.at if call.stale else None))


def shown(app: SimulatedApplication) -> JsonObject:
    """What the console shows of an application: nothing that it hides."""
    changed = None if app.changed_at is None else timestamp(datetime.fromtimestamp(app.changed_at, UTC))
    recording = {
        "Enabled": int(app.enabled),
        "Type": app.generation,
        "Mode": app.mode,
        "Template": None if app.template is None else TEMPLATE.without_hidden(app.template),
        "ChangedAt": changed,
    }
    return {"SdkAppInfo": {"SdkAppId": app.sdk_app_id, "Name": app.name, "Recording": recording}}


def _alter_recording(call: ApiCall) -> JsonObject:
    template = call.parameters["Template"]
    check_site(template, call.state.site)

    def decide(app: SimulatedApplication) -> SimulatedApplication:
        if not app.enabled:
            raise _not_enabled()
        return replace(app, template=template)  # as a whole: nothing of the old one is kept

    call.state.change(call.parameters["SdkAppId"], decide)
    return {}


def _modify_record_mode(call: ApiCall) -> JsonObject:
    parameters = call.parameters

    def decide(app: SimulatedApplication) -> SimulatedApplication:
        enabled = bool(parameters.get("Enabled", app.enabled))
        if app.enabled and not enabled and app.generation == "new":
            raise _not_allowed("Recording of the new type cannot be switched off once it is on.")
        if parameters.get("Mode") == "auto":
            if not enabled:
                raise _not_enabled()
            if app.template is None:
                raise _not_allowed("Automatic recording needs a recording template; create the template first.")
        return replace(app, enabled=enabled, mode=parameters.get("Mode", app.mode))

    call.state.change(parameters["SdkAppId"], decide)
    return {}


def _not_enabled() -> ApiError:
    return ApiError("FailedOperation.NotAbility", "Cloud recording is not enabled for this SdkAppId.")


def _not_allowed(why: str) -> ApiError:
    return ApiError("FailedOperation.NotAllowed", why)


CONSOLE: Actions = {
    "DescribeAppStatList": SimulatedAction(
        ObjectParam({"Offset": IntegerParam(), "Limit": IntegerParam(1, LISTED_APPLICATIONS)}), _describe_app_stat_list
    ),
    "DescribeSdkAppInfo": SimulatedAction(ObjectParam({"SdkAppId": SDK_APP_ID}, complete=True), _describe_sdk_app_info),
    "AlterRecording": SimulatedAction(
        ObjectParam({"SdkAppId": SDK_APP_ID, "Template": TEMPLATE}, complete=True), _alter_recording, writes=True
    ),
    "ModifyRecordMode": SimulatedAction(
        ObjectParam(
            {"SdkAppId": SDK_APP_ID, "Enabled": IntegerParam(0, 1), "Mode": TextParam("auto|manual")},
            required=("SdkAppId",),
            rules=(AtLeastOne(("Enabled", "Mode")),),
        ),
        _modify_record_mode,
        writes=True,
    ),
}

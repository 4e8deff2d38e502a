"""Recorded time: DescribeRecordingUsage in minutes, DescribeRecordStatistic in seconds.

Days are Beijing's [inferred: the pages name no zone]. A query of one day answers by five minutes, a longer one by
days (API reference, DescribeRecordStatistic).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from provisioner.recording.limits import USAGE_CALLS_PER_SECOND, USAGE_DAYS
from provisioner.recording.tiers import TIERS, Tier
from provisioner.simulator import regions
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.actions.parameters import SDK_APP_ID
from provisioner.simulator.calls.billed_time import SLOT_SECONDS
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import JsonObject, ObjectParam, TextParam
from provisioner.simulator.sites import CN

BEIJING = timezone(timedelta(hours=8))
_DAY = 86_400
_DATE = TextParam(r"\d{4}-\d\d-\d\d")

_Row = tuple[datetime, dict[Tier, float]]


def _recording_usage(call: ApiCall) -> JsonObject:
    rows, _ = _rows(call, mixed=call.parameters["MixType"] == "multi")
    usage = [
        {
            "TimeKey": f"{moment:%Y-%m-%d %H:%M:%S}",
            "TimeStampKey": int(moment.timestamp()),
            "UsageValue": [round(seconds.get(tier, 0) / 60, 2) for tier in TIERS],
        }
        for moment, seconds in rows
    ]
    return {"UsageKey": list(TIERS), "UsageList": usage}


def _record_statistic(call: ApiCall) -> JsonObject:
    rows, daily = _rows(call, mixed=None)
    form = "%Y-%m-%d" if daily else "%Y-%m-%d %H:%M:%S"
    usages = [
        {
            "TimeKey": moment.strftime(form),
            "Class1VideoTime": round(seconds.get("SD", 0)),
            "Class2VideoTime": round(seconds.get("HD", 0)),
            "Class3VideoTime": round(sum(seconds.get(tier, 0) for tier in TIERS[3:])),
            "AudioTime": round(seconds.get("Audio", 0)),
        }
        for moment, seconds in rows
    ]
    # Without an application the answer is one sum over all of them.
    return {"SdkAppIdUsages": [{"SdkAppId": str(call.parameters.get("SdkAppId", "")), "Usages": usages}]}


def _rows(call: ApiCall, *, mixed: bool | None) -> tuple[Iterator[_Row], bool]:
    """What was recorded step by step, and whether the steps are days."""
    first, last = _date(call, "StartTime", "StartTs"), _date(call, "EndTime", "EndTs")
    days = (last - first).days + 1
    if days < 1:
        raise ApiError("InvalidParameter.EndTs", "The EndTime is before the StartTime.")
    if days > USAGE_DAYS:
        raise ApiError("InvalidParameter.QueryScaleOversize", f"The range is longer than {USAGE_DAYS} days.")
    sdk_app_id = call.parameters.get("SdkAppId")
    if sdk_app_id is not None:
        call.state.application(sdk_app_id)
    start, step = first.timestamp(), _DAY if days > 1 else SLOT_SECONDS
    found = call.state.recordings.usage(start, start + days * _DAY, step, sdk_app_id=sdk_app_id, mixed=mixed)
    return ((datetime.fromtimestamp(at, BEIJING), seconds) for at, seconds in found), days > 1


def _date(call: ApiCall, name: str, code: str) -> datetime:
    try:
        return datetime.strptime(call.parameters[name], "%Y-%m-%d").replace(tzinfo=BEIJING)
    except ValueError:
        raise ApiError(f"InvalidParameter.{code}", f"The {name} is no date such as 2026-01-31.") from None


USAGE: Actions = {
    "DescribeRecordingUsage": SimulatedAction(
        ObjectParam(
            {"StartTime": _DATE, "EndTime": _DATE, "MixType": TextParam("single|multi"), "SdkAppId": SDK_APP_ID},
            required=("StartTime", "EndTime", "MixType"),
        ),
        _recording_usage,
        per_application=False,
        regions=regions.USAGE,
        per_second=USAGE_CALLS_PER_SECOND,
    ),
    "DescribeRecordStatistic": SimulatedAction(
        ObjectParam(
            {"StartTime": _DATE, "EndTime": _DATE, "SdkAppId": SDK_APP_ID},
            required=("StartTime", "EndTime"),
        ),
        _record_statistic,
        per_application=False,
        regions=regions.STATISTIC,
        site=CN,
    ),
}

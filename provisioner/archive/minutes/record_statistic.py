"""What DescribeRecordStatistic counts: seconds of recorded streams by class of picture, on the Chinese site only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provisioner.archive.api_action import ApiAction
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.recording.limits import USAGE_DAYS

if TYPE_CHECKING:
    from provisioner.console.tencent.client import TencentClient

_ACTION = "DescribeRecordStatistic"

CLASSES: Mapping[str, str] = MappingProxyType(
    {"audio": "AudioTime", "sd": "Class1VideoTime", "hd": "Class2VideoTime", "above-hd": "Class3VideoTime"}
)
"""Members of the answer by class: sound, SD, HD, and everything above (API reference: RecordUsage)."""

StatisticSeconds = Mapping[str, int]
"""Seconds by class."""

ON_NO_OTHER_SITE = Unknown(UnknownCause.NOT_HERE, f"{_ACTION} is an action of the Chinese site only")


class StatisticSource:
    """Answers recorded seconds of one account's applications."""

    def __init__(self, client: TencentClient) -> None:
        self._action = ApiAction(client, _ACTION)

    def seconds(self, sdk_app_id: int, period: Period) -> Mapping[date, StatisticSeconds] | Unknown:
        """One application's by day, without the days that the service says nothing of; or why nothing is known."""
        found: dict[date, StatisticSeconds] = {}
        for window in period.windows(USAGE_DAYS):
            days = self._window(sdk_app_id, window)
            if isinstance(days, Unknown):
                return days
            found |= days
        return found or Unknown(UnknownCause.NO_DATA, f"{_ACTION} answers nothing for these days")

    def _window(self, sdk_app_id: int, window: Period) -> dict[date, StatisticSeconds] | Unknown:
        query = {"StartTime": str(window.first), "EndTime": str(window.last), "SdkAppId": sdk_app_id}
        return self._action.ask(query, lambda answer: _days(answer, window))


def _days(answer: Mapping[str, Any], window: Period) -> dict[date, StatisticSeconds]:
    """Raises ValueError and its like for what is no such answer."""
    days: dict[date, StatisticSeconds] = {}
    for usages in answer["SdkAppIdUsages"] or []:
        for row in usages["Usages"] or []:
            day = window.day(row["TimeKey"])
            before = days.get(day, {})
            days[day] = {name: before.get(name, 0) + _whole(row[member]) for name, member in CLASSES.items()}
    return days


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"no seconds: {str(value)[:40]!r}")
    return value

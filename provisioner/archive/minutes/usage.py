"""Recorded minutes by application, kind and day, through DescribeRecordingUsage.

The action answers at most 31 days a call, for single or for mixed streams, 5 calls a second (API reference). One day
comes by five minutes, several come by days. The current day's figures still grow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provisioner.archive.api_action import ApiAction
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.recording.limits import USAGE_CALLS_PER_SECOND, USAGE_DAYS
from provisioner.recording.minutes import STREAMS, MinuteKind, Minutes, Streams, added, total
from provisioner.recording.tiers import TIERS
from provisioner.specs.documents.environment import Environment

if TYPE_CHECKING:
    from provisioner.console.tencent.client import TencentClient

_ACTION = "DescribeRecordingUsage"
_MIX_TYPE: Mapping[Streams, str] = MappingProxyType({"single": "single", "mixed": "multi"})


SERVICE, VERSION = "trtc", "2019-07-22"


def region(site: str) -> str:
    """Where usage is asked for: these actions live in few regions, whichever an environment records in."""
    # DescribeRecordingUsage: ap-guangzhou on the Chinese site's page, ap-singapore too on the international one's;
    # DescribeRecordStatistic: ap-guangzhou.
    return "ap-guangzhou" if site == "cn" else "ap-singapore"


@contextmanager
def open_usage(environment: Environment, root: Path, variables: Mapping[str, str]) -> Iterator[TencentClient]:
    """A client that usage can be asked with; `variables` are the process's, read for credentials.

    Raises ProvisionerError where there are none.
    """
    from provisioner.console.service_client import open_service  # loads the SDK

    rate = min(USAGE_CALLS_PER_SECOND, environment.console.calls_per_second)
    where = region(environment.site)
    with open_service(environment, root, variables, SERVICE, VERSION, region=where, calls_per_second=rate) as client:
        yield client


@dataclass(frozen=True, slots=True)
class UsageGap:
    """Days of which the minutes of one kind of streams are not known."""

    period: Period
    streams: Streams
    why: Unknown


@dataclass(frozen=True, slots=True)
class Usage:
    """One application's recorded minutes in `period`.

    `days` holds what is known of each day; where `gaps` overlaps a day, that is not all of it.
    """

    period: Period
    days: Mapping[date, Minutes]
    gaps: tuple[UsageGap, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything at all is."""
        return bool(self.days)

    @property
    def complete(self) -> bool:
        """Whether every day's minutes of every kind are known."""
        return not self.gaps

    @property
    def minutes(self) -> Minutes:
        """What is known of all days together."""
        return added(self.days.values())

    def whole(self, day: date) -> bool:
        """Whether everything is known of the day."""
        return day in self.days and not any(day in gap.period for gap in self.gaps)

    def within(self, part: Period) -> Usage:
        """What this says of a part of its period."""
        days = {day: minutes for day, minutes in self.days.items() if day in part}
        return Usage(part, days, tuple(_cut(gap, part) for gap in self.gaps if _overlap(gap.period, part)))


def joined(period: Period, parts: Sequence[Usage]) -> Usage:
    """Several applications' usage of one period as one."""
    days = sorted({day for part in parts for day in part.days})
    sums = {day: added(part.days[day] for part in parts if day in part.days) for day in days}
    return Usage(period, sums, tuple(gap for part in parts for gap in part.gaps))


def _overlap(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last


def _cut(gap: UsageGap, part: Period) -> UsageGap:
    return UsageGap(Period(max(gap.period.first, part.first), min(gap.period.last, part.last)), gap.streams, gap.why)


class UsageSource:
    """Answers recorded minutes of one account's applications."""

    def __init__(self, client: TencentClient) -> None:
        self._action = ApiAction(client, _ACTION)
        self._rate = client.calls_per_second

    def applications_per_second(self, period: Period) -> float:
        """How many one may ask about: a call for each kind of stream and window, and for the time before."""
        calls = len(STREAMS) * len(list(period.before().until(period).windows(USAGE_DAYS)))
        return self._rate / calls

    def usage(self, sdk_app_id: int, period: Period) -> Usage:
        """One application's. Never raises ConsoleError: what cannot be had is a gap."""
        known: dict[date, list[Minutes]] = {}
        gaps: list[UsageGap] = []
        for streams in STREAMS:
            for window in period.windows(USAGE_DAYS):
                days = self._window(sdk_app_id, window, streams)
                if isinstance(days, Unknown):
                    gaps.append(UsageGap(window, streams, days))
                    continue
                for day, minutes in days.items():
                    known.setdefault(day, []).append(minutes)
                gaps.extend(UsageGap(missing, streams, _NO_DATA) for missing in _missing(window, days))
        return Usage(period, {day: added(known[day]) for day in sorted(known)}, tuple(gaps))

    def _window(self, sdk_app_id: int, window: Period, streams: Streams) -> Mapping[date, Minutes] | Unknown:
        dates = {"StartTime": str(window.first), "EndTime": str(window.last)}
        query = {**dates, "MixType": _MIX_TYPE[streams], "SdkAppId": sdk_app_id}
        return self._action.ask(query, lambda answer: _days(answer, window, streams))


_NO_DATA = Unknown(UnknownCause.NO_DATA, f"{_ACTION} answers nothing for these days")


def _days(answer: Mapping[str, Any], window: Period, streams: Streams) -> Mapping[date, Minutes]:
    """Minutes by day; five-minute rows are summed. Raises ValueError and its like for what is no such answer."""
    rows = answer["UsageList"] or []
    if not rows:
        return {}
    if unknown := [key for key in answer["UsageKey"] if key not in TIERS]:
        raise ValueError(f"no kind of minutes: {str(unknown[0])[:40]!r}")
    kinds = [MinuteKind(streams, tier) for tier in answer["UsageKey"]]
    days: dict[date, list[Minutes]] = {}
    for row in rows:
        amounts = map(_amount, row["UsageValue"])
        days.setdefault(window.day(row["TimeKey"]), []).append(dict(zip(kinds, amounts, strict=True)))
    return {day: added(parts) for day, parts in days.items()}


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and value >= 0):
        raise ValueError(f"no minutes: {str(value)[:40]!r}")
    return float(value)


def _missing(window: Period, known: Mapping[date, Minutes]) -> Iterator[Period]:
    """The days that an answer left out, in runs."""
    run: Period | None = None
    for day in window:
        if day in known:
            continue
        if run and run.last + timedelta(days=1) == day:
            run = Period(run.first, day)
        else:
            if run:
                yield run
            run = Period(day, day)
    if run:
        yield run


DAILY = 7
"""How many whole days a daily mean is taken over."""


def last_week(today: date) -> Period:
    """The seven days that are over."""
    return Period(today - timedelta(days=DAILY), today - timedelta(days=1))


def daily_minutes(usage: Usage) -> float | Unknown:
    """Recorded minutes a day, the mean of the usage's period; or why it is not known."""
    return usage.gaps[0].why if usage.gaps else round(total(usage.minutes) / len(usage.period), 2)

"""Minutes from answers: whole, half-failed, refused, and such as no page describes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from tencentcloud.common.credential import Credential

from provisioner.archive.minutes.record_statistic import StatisticSource
from provisioner.archive.minutes.usage import UsageSource, daily_minutes, last_week, region
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.console.tencent import client
from provisioner.console.tencent.client import TencentClient
from provisioner.recording.minutes import MinuteKind, total
from tests.console.endpoint import Endpoint, Reply, answers, endpoint, refuses, status

FIRST = date(2026, 3, 1)
APP = 20000123
KEYS = ["Audio", "SD", "HD", "FullHD", "2K", "4K"]


@contextmanager
def service(*script: Reply) -> Iterator[tuple[TencentClient, Endpoint]]:
    """A client that is answered as the script says, and asks no question twice."""
    with endpoint(*script) as served:
        known = Credential("AKIDtest", "test")
        host = client.Endpoint(served.host, "http", direct=True)
        api = TencentClient("trtc", "2019-07-22", "ap-singapore", host, known, back_off=())
        try:
            yield api, served
        finally:
            api.close()


@contextmanager
def asked(*script: Reply) -> Iterator[tuple[UsageSource, Endpoint]]:
    with service(*script) as (api, served):
        yield UsageSource(api), served


def rows(first: date, days: int, hd: float = 0, keys: list[str] = KEYS) -> Reply:
    """An answer of `days` days with `hd` minutes of HD each."""
    values = [hd if key == "HD" else 0 for key in keys]
    moments = (first + timedelta(days=number) for number in range(days))
    return answers(UsageKey=keys, UsageList=[{"TimeKey": f"{day} 00:00:00", "UsageValue": values} for day in moments])


def test_a_long_period_is_joined_from_windows_of_31_days_of_single_and_of_mixed_streams() -> None:
    days = Period(FIRST, FIRST + timedelta(days=39))
    script = [rows(FIRST, 31, 1), rows(date(2026, 4, 1), 9, 2), rows(FIRST, 31, 10), rows(date(2026, 4, 1), 9, 20)]
    with asked(*script) as (source, served):
        usage = source.usage(APP, days)
    assert usage.complete
    assert usage.minutes == {MinuteKind("single", "HD"): 31 + 18, MinuteKind("mixed", "HD"): 310 + 180}
    assert usage.days[date(2026, 4, 1)] == {MinuteKind("single", "HD"): 2, MinuteKind("mixed", "HD"): 20}
    assert [(body["StartTime"], body["EndTime"], body["MixType"]) for _, _, body in served.seen] == [
        ("2026-03-01", "2026-03-31", "single"),
        ("2026-04-01", "2026-04-09", "single"),
        ("2026-03-01", "2026-03-31", "multi"),
        ("2026-04-01", "2026-04-09", "multi"),
    ]
    assert {body["SdkAppId"] for _, _, body in served.seen} == {APP}


def test_the_five_minutes_of_a_single_day_are_added_up() -> None:
    slots = [{"TimeKey": f"2026-03-01 12:{minute:02}:00", "UsageValue": [0, 0, 0.1, 0, 0, 0]} for minute in (0, 5, 10)]
    with asked(answers(UsageKey=KEYS, UsageList=slots)) as (source, _):
        usage = source.usage(APP, Period(FIRST, FIRST))
    assert usage.minutes == {MinuteKind("single", "HD"): 0.3, MinuteKind("mixed", "HD"): 0.3}


def test_half_failed_pages_leave_the_other_half_known() -> None:
    days = Period(FIRST, FIRST + timedelta(days=39))
    script = [rows(FIRST, 31, 1), refuses("InternalError.Unknown", "half is missing"), rows(FIRST, 31, 10)]
    with asked(*script, rows(date(2026, 4, 1), 9, 20)) as (source, _):
        usage = source.usage(APP, days)
    (gap,) = usage.gaps
    assert (gap.streams, str(gap.period), gap.why.cause) == ("single", "2026-04-01 to 2026-04-09", UnknownCause.FAILED)
    assert total(usage.minutes) == 31 + 310 + 180
    assert usage.whole(FIRST)
    assert not usage.whole(date(2026, 4, 1))
    assert usage.within(Period(FIRST, date(2026, 3, 31))).complete
    assert str(usage.within(Period(date(2026, 4, 5), date(2026, 4, 9))).gaps[0].period) == "2026-04-05 to 2026-04-09"


def test_days_that_an_answer_leaves_out_are_unknown_not_zero() -> None:
    days = Period(FIRST, FIRST + timedelta(days=4))
    some = answers(
        UsageKey=KEYS,
        UsageList=[
            {"TimeKey": "2026-03-01 00:00:00", "UsageValue": [1, 0, 0, 0, 0, 0]},
            {"TimeKey": "2026-03-04 00:00:00", "UsageValue": [0, 0, 0, 0, 0, 0]},
        ],
    )
    with asked(some, rows(FIRST, 5)) as (source, _):
        usage = source.usage(APP, days)
    assert [(str(gap.period), gap.why.cause) for gap in usage.gaps] == [
        ("2026-03-02 to 2026-03-03", UnknownCause.NO_DATA),
        ("2026-03-05", UnknownCause.NO_DATA),
    ]
    assert usage.whole(date(2026, 3, 4))
    assert usage.days[date(2026, 3, 4)] == {}


@pytest.mark.parametrize("nothing", [[], None])
def test_an_application_without_data_is_unknown(nothing: Any) -> None:
    with asked(answers(UsageKey=KEYS, UsageList=nothing)) as (source, _):
        usage = source.usage(APP, Period(FIRST, FIRST))
    assert not usage.known
    assert {gap.why.cause for gap in usage.gaps} == {UnknownCause.NO_DATA}


@pytest.mark.parametrize(
    ("code", "cause", "calls"),
    [
        ("UnauthorizedOperation", UnknownCause.REFUSED, 1),
        ("AuthFailure.UnauthorizedOperation", UnknownCause.REFUSED, 1),
        ("AuthFailure.SignatureFailure", UnknownCause.REFUSED, 1),
        ("FailedOperation.SdkAppIdNotExist", UnknownCause.NO_APPLICATION, 4),
        ("InvalidParameter.SdkAppId", UnknownCause.FAILED, 4),
    ],
)
def test_a_refusal_says_which_and_is_not_asked_again_where_it_lasts(code: str, cause: UnknownCause, calls: int) -> None:
    with asked(refuses(code)) as (source, served):
        found = [daily_minutes(source.usage(number, last_week(FIRST))) for number in (1, 2)]
    assert [entry.cause for entry in found if isinstance(entry, Unknown)] == [cause, cause]
    assert len(served.seen) == calls


def test_a_number_that_is_none_is_no_answer() -> None:
    endless: dict[str, Any] = {
        "UsageKey": ["HD"],
        "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": [float("inf")]}],
    }
    with asked(answers(**endless)) as (source, _):
        usage = source.usage(APP, Period(FIRST, FIRST))
    assert {gap.why.cause for gap in usage.gaps} == {UnknownCause.NO_ANSWER}


def test_no_answer_is_told_apart_and_asked_once() -> None:
    with asked(status(502)) as (source, served):
        usage = source.usage(APP, Period(FIRST, FIRST))
    assert {gap.why.cause for gap in usage.gaps} == {UnknownCause.NO_ANSWER}
    assert len(served.seen) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": [-1]}]},
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": ["7"]}]},
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": [True]}]},
        {"UsageKey": ["HD", "SD"], "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": [1]}]},
        {"UsageKey": ["8K"], "UsageList": [{"TimeKey": "2026-03-01 00:00:00", "UsageValue": [1]}]},
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": "2026-04-01 00:00:00", "UsageValue": [1]}]},
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": "\x1b[2J", "UsageValue": [1]}]},
        {"UsageKey": ["HD"], "UsageList": [{"TimeKey": 7, "UsageValue": [1]}]},
        {"UsageKey": ["HD"], "UsageList": "none"},
        {"UsageKey": ["HD"]},
    ],
)
def test_an_answer_that_no_page_describes_is_no_figure(hostile: dict[str, Any]) -> None:
    with asked(answers(**hostile)) as (source, _):
        usage = source.usage(APP, Period(FIRST, FIRST))
    assert not usage.known
    reasons = {gap.why.reason for gap in usage.gaps}
    assert {gap.why.cause for gap in usage.gaps} == {UnknownCause.UNREADABLE}
    assert all(reason.isprintable() for reason in reasons)


def test_minutes_a_day_are_the_mean_of_seven_whole_days() -> None:
    with asked(rows(FIRST, 7, 7), rows(FIRST, 7, 3.5)) as (source, served):
        assert daily_minutes(source.usage(APP, last_week(FIRST + timedelta(days=7)))) == 10.5
    assert served.seen[0][2]["StartTime"] == "2026-03-01"
    assert served.seen[0][2]["EndTime"] == "2026-03-07"


def test_one_unknown_day_makes_the_mean_unknown() -> None:
    with asked(rows(FIRST, 6, 7)) as (source, _):
        found = daily_minutes(source.usage(APP, last_week(FIRST + timedelta(days=7))))
    assert isinstance(found, Unknown)


def test_usage_is_asked_for_where_it_lives_whatever_the_environments_region() -> None:
    assert (region("cn"), region("intl")) == ("ap-guangzhou", "ap-singapore")


def test_statistics_are_seconds_by_day() -> None:
    row = {"Class1VideoTime": 60, "Class2VideoTime": 0, "Class3VideoTime": 5, "AudioTime": 7}
    usages = [{"TimeKey": "2026-03-01", **row}, {"TimeKey": "2026-03-02", **row}]
    with service(answers(SdkAppIdUsages=[{"SdkAppId": str(APP), "Usages": usages}])) as (api, served):
        found = StatisticSource(api).seconds(APP, Period(FIRST, FIRST + timedelta(days=1)))
    seconds = {"audio": 7, "sd": 60, "hd": 0, "above-hd": 5}
    assert found == {FIRST: seconds, FIRST + timedelta(days=1): seconds}
    assert served.seen[0][0] == "DescribeRecordStatistic"


def test_no_statistics_are_unknown() -> None:
    with service(answers(SdkAppIdUsages=[])) as (api, _):
        found = StatisticSource(api).seconds(APP, Period(FIRST, FIRST))
    assert isinstance(found, Unknown)
    assert found.cause is UnknownCause.NO_DATA

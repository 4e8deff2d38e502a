"""Recorded minutes as people read them: known, partly known, unknown, with and without money."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.archive.minutes.record_statistic import ON_NO_OTHER_SITE, StatisticSeconds
from provisioner.archive.minutes.usage import Usage, UsageGap
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.recording.minutes import MinuteKind, Minutes
from provisioner.recording.prices import Prices
from provisioner.report.archive.usage import ApplicationUsage, UsageReport, render_usage, trend, usage_csv
from provisioner.report.archive.usage_chart import draw
from tests.project import Project

DAYS = Period(date(2026, 3, 27), date(2026, 3, 30))
HD, SOUND, SINGLE = MinuteKind("mixed", "HD"), MinuteKind("mixed", "Audio"), MinuteKind("single", "FullHD")
HOSTILE = Unknown(UnknownCause.FAILED, "DescribeRecordingUsage: InternalError: \x1b[2J half is missing")
REFUSED = Unknown(UnknownCause.REFUSED, "DescribeRecordingUsage: UnauthorizedOperation: not allowed (request req-1)")
PRICES = Prices(
    "USD",
    "task",
    {HD: Decimal("5.99"), SOUND: Decimal("1.49")},
    "billing page, a copy",
    date(2026, 3, 1),
    Location("prices.yaml"),
)


def usage(period: Period, *amounts: Minutes, gaps: tuple[UsageGap, ...] = ()) -> Usage:
    return Usage(period, dict(zip(period, amounts, strict=False)), gaps)


def nothing(period: Period) -> Usage:
    return usage(period, gaps=(UsageGap(period, "single", REFUSED), UsageGap(period, "mixed", REFUSED)))


@pytest.fixture
def report(project: Project) -> UsageReport:
    """classroom: a day of single streams is unknown; support-desk: refused; video-call: all known."""
    classroom, desk, call = project.environment("dev").applications
    before = DAYS.before()
    half = UsageGap(Period(date(2026, 3, 29), date(2026, 3, 29)), "single", HOSTILE)
    seconds: dict[date, StatisticSeconds] = {DAYS.first: {"audio": 90, "sd": 0, "hd": 7200, "above-hd": 0}}
    return UsageReport(
        "dev",
        "TRTC API at trtc.intl.tencentcloudapi.com",
        DAYS,
        (
            ApplicationUsage(
                classroom,
                usage(DAYS, {SINGLE: 300}, {SINGLE: 20.5}, {HD: 7}, {}, gaps=(half,)),
                usage(before, {SINGLE: 100}, {}, {}, {}),
                seconds,
            ),
            ApplicationUsage(desk, nothing(DAYS), nothing(before), ON_NO_OTHER_SITE),
            ApplicationUsage(
                call,
                usage(DAYS, {HD: 1200}, {HD: 60, SOUND: 2.25}, {}, {HD: 0.5}),
                usage(before, {HD: 1500}, {}, {}, {}),
                ON_NO_OTHER_SITE,
            ),
        ),
    )


def test_the_text(report: UsageReport, snapshot: SnapshotAssertion) -> None:
    assert render_usage(report) == snapshot


def test_the_text_with_money(report: UsageReport, snapshot: SnapshotAssertion) -> None:
    priced = UsageReport(report.environment, report.source, DAYS, report.applications, PRICES, growing=True)
    assert render_usage(priced) == snapshot


def test_csv(report: UsageReport, snapshot: SnapshotAssertion) -> None:
    assert usage_csv(report) == snapshot


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [(0, 0, "same"), (5, 0, "new"), (5, 5, "same"), (5, 4, "+25 %"), (0, 4, "-100 %"), (1000, 999, "same")],
)
def test_trends(now: float, before: float, words: str) -> None:
    assert trend(now, before) == words


def test_a_chart_says_what_is_unknown(report: UsageReport) -> None:
    picture = draw(report, "svg").decode()
    assert "dev: at least 1,590 minutes recorded<" in picture
    assert "something unknown" in picture
    assert ", without support-desk; " in picture
    only = UsageReport("dev", "x", DAYS, report.applications[1:2])
    assert "dev/support-desk: recorded minutes unknown<" in draw(only, "svg").decode()
    day = Period(DAYS.first, DAYS.first)
    call = report.applications[2]
    one = ApplicationUsage(call.application, call.usage.within(day), usage(day.before(), {HD: 1200}), call.statistic)
    assert (
        "dev/video-call: 1,200 minutes recorded, as many as in the day before<"
        in draw(UsageReport("dev", "x", day, (one,)), "svg").decode()
    )


def test_a_year_of_many_applications_is_drawn(report: UsageReport) -> None:
    year = Period(date(2025, 4, 1), date(2025, 4, 1) + timedelta(days=365))
    entries = tuple(
        ApplicationUsage(
            report.applications[0].application,
            Usage(year, {day: {HD: 1.0 + number} for day in year}),
            Usage(year.before(), {}),
            ON_NO_OTHER_SITE,
        )
        for number in range(9)
    )
    picture = draw(UsageReport("dev", "x", year, entries), "svg").decode()
    assert "2 others  1,098" in picture
    assert "none in the 366 days before<" in picture

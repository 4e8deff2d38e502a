"""Which day a minute belongs to, and which days can be asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.archive.minutes.usage_period import Period, beginning, day_of, period
from provisioner.foundation.errors import UsageError

TODAY = date(2026, 3, 30)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
PERIODS = st.builds(lambda first, more: Period(first, first + timedelta(days=more)), DAYS, st.integers(0, 400))


def test_a_minute_belongs_to_beijings_day_wherever_the_reader_is() -> None:
    assert day_of(datetime(2026, 3, 28, 16, 0, tzinfo=UTC)) == date(2026, 3, 29)
    assert day_of(datetime(2026, 3, 28, 15, 59, tzinfo=UTC)) == date(2026, 3, 28)
    berlin = ZoneInfo("Europe/Berlin")
    # The night in which Berlin's clocks jump from two to three: still one day of 24 hours.
    assert day_of(datetime(2026, 3, 29, 0, 30, tzinfo=berlin)) == date(2026, 3, 29)
    assert beginning(date(2026, 3, 30)) - beginning(date(2026, 3, 29)) == timedelta(hours=24)


@given(PERIODS, st.integers(1, 40))
def test_windows_cover_each_day_once_and_are_short_enough(days: Period, longest: int) -> None:
    windows = list(days.windows(longest))
    assert [day for window in windows for day in window] == list(days)
    assert all(len(window) <= longest for window in windows)
    assert len(windows) == -(-len(days) // longest)


@given(PERIODS)
def test_the_time_before_is_equally_long_and_ends_the_day_before(days: Period) -> None:
    assert len(days.before()) == len(days)
    assert days.before().last + timedelta(days=1) == days.first
    assert len(days.before().until(days)) == 2 * len(days)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (None, None, "2026-03-23", "2026-03-29"),
        ("2026-03-01", None, "2026-03-01", "2026-03-29"),
        (None, "2026-03-01", "2026-02-23", "2026-03-01"),
        ("today", None, "2026-03-30", "2026-03-30"),
        ("yesterday", "today", "2026-03-29", "2026-03-30"),
        ("today", "2026-03-31", "2026-03-30", "2026-03-31"),
        ("2024-02-29", "2024-03-01", "2024-02-29", "2024-03-01"),
    ],
)
def test_what_from_and_to_mean(start: str | None, end: str | None, first: str, last: str) -> None:
    found = period(start, end, TODAY)
    assert (str(found.first), str(found.last)) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2026-02-30", None, "--from: no calendar has 2026-02-30"),
        ("2026-W10-1", None, '--from takes YYYY-MM-DD, today or yesterday, not "2026-W10-1"'),
        (None, "20260301", '--to takes YYYY-MM-DD, today or yesterday, not "20260301"'),
        ("\x1b[2J", None, 'not "\\u001b[2J"'),
        ("2026-03-02", "2026-03-01", "--to 2026-03-01 is before --from 2026-03-02"),
        ("2062-01-01", None, "2062-01-01 has not begun: today is 2026-03-30 (UTC+8)"),
        (None, "2026-04-01", "2026-04-01 has not begun"),
        ("2025-03-28", None, "are 367 days; at most 366 at once"),
        ("\u0662026-03-01", None, "--from takes YYYY-MM-DD"),
    ],
)
def test_dates_that_make_no_sense(start: str | None, end: str | None, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        period(start, end, TODAY)
    assert reason in str(caught.value)

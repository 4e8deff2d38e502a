"""The stretch of time that somebody asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from provisioner.archive.time_range import time_range
from provisioner.foundation.errors import UsageError

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 23, 59, 59, 999999, UTC)),
        ("2026-03-01T12:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01 12:00:00+08:00", datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2026, 3, 1, 4, tzinfo=UTC)),
        # The hour that a clock shows twice has an offset that says which one is meant.
        (
            "2025-10-26T02:30:00+01:00",
            datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
            datetime(2025, 10, 26, 1, 30, 0, 0, UTC),
        ),
    ],
)
def test_a_day_counts_whole_and_a_moment_by_its_offset(text: str, since: datetime, until: datetime) -> None:
    assert time_range(text, text, NOW) == (since, until)


def test_either_end_may_be_open() -> None:
    assert time_range(None, None, NOW) == (None, None)
    assert time_range(None, "2027-01-01", NOW)[0] is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", r'--since "yesterday" is neither a day nor a moment'),
        ("", "neither a day nor a moment"),
        ("20260301", "neither a day nor a moment"),
        ("2026-W09-7", "neither a day nor a moment"),
        ("٢٠٢٦-03-01", "neither a day nor a moment"),
        ("2026-03-01\x1b", r"\\u001b"),
        ("2026-02-30", "is no time of the calendar"),
        ("2026-03-01T25:00Z", "is no time of the calendar"),
        ("0001-01-01T00:00:00+14:00", "is no time of the calendar"),
        ("2026-03-01T12:00:00", r"names no zone\n  Write 2026-03-01T12:00:00Z for UTC"),
        ("2026-06-02", "lies in the future: it is 2026-06-01T12:00:00Z now"),
    ],
)
def test_nonsense_is_refused_with_the_fix(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        time_range(text, None, NOW)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(UsageError, match="--since 2026-03-02 is later than --until 2026-03-01"):
        time_range("2026-03-02", "2026-03-01", NOW)

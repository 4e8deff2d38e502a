"""Days as the service counts recorded minutes, and periods of them.

No page names the zone of a usage day. This tool takes Beijing's (UTC+8), as the simulator does [inferred]: it has no
summer time, so that every day has 24 hours and every minute one day, wherever the reader is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable

ZONE = timezone(timedelta(hours=8), "UTC+8")

LONGEST_PERIOD = 366
"""Days that can be asked for at once: a slip of the keyboard must not become thousands of calls."""

_DAY = timedelta(days=1)
_TIME_KEY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})( [0-9:]{8})?", re.ASCII)


def day_of(moment: datetime) -> date:
    """The day that a moment's minutes are counted in."""
    return moment.astimezone(ZONE).date()


def beginning(day: date) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + _DAY * number for number in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    def day(self, key: str) -> date:
        """The day that an answer's `TimeKey` names: 2026-01-31, with or without a time. Raises ValueError."""
        match = _TIME_KEY.fullmatch(key)
        day = date.fromisoformat(match[1]) if match else None
        if day is None or day not in self:
            raise ValueError(f"no day of {self}: {key[:40]!r}")
        return day

    def before(self) -> Period:
        """The equally long time before."""
        return Period(self.first - _DAY * len(self), self.first - _DAY)

    def until(self, later: Period) -> Period:
        """From here to the end of `later`."""
        return Period(self.first, later.last)

    def windows(self, longest: int) -> Iterator[Period]:
        """The days in order, in periods of at most `longest`."""
        first = self.first
        while first <= self.last:
            last = min(self.last, first + _DAY * (longest - 1))
            yield Period(first, last)
            first = last + _DAY


def period(start: str | None, end: str | None, today: date) -> Period:
    """What `--from` and `--to` name; by default the last seven days that are over. Raises UsageError.

    A day is YYYY-MM-DD, `today` or `yesterday`. Tomorrow is no mistake: east of Beijing it has begun earlier.
    """
    last = _day(end, "--to", today) if end else None
    first = _day(start, "--from", today) if start else None
    last = last or max(today - _DAY, first or today - _DAY)
    first = first or last - 6 * _DAY
    if last < first:
        raise UsageError(f"--to {last} is before --from {first}", fix="Exchange them.")
    if last > today + _DAY:
        raise UsageError(f"{last} has not begun: today is {today} ({ZONE})", fix="Name days that have been.")
    if (last - first).days >= LONGEST_PERIOD:
        raise UsageError(
            f"{first} to {last} are {(last - first).days + 1} days; at most {LONGEST_PERIOD} at once",
            fix="Ask for a part of it, and then for the next one.",
        )
    return Period(first, last)


def _day(text: str, option: str, today: date) -> date:
    words = {"today": today, "yesterday": today - _DAY}
    if text in words:
        return words[text]
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: no calendar has {text}", fix="Write a day such as 2026-01-31.") from None
    raise UsageError(
        f'{option} takes YYYY-MM-DD, today or yesterday, not "{printable(text)[:40]}"',
        fix="Write a day such as 2026-01-31.",
    )

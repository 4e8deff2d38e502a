"""The time range that somebody asks for, in days or moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII)
_EXAMPLES = "Write a day (UTC) such as 2026-03-01, or a moment such as 2026-03-01T12:00:00+08:00."


def time_range(
    since: str | None, until: str | None, now: datetime, options: tuple[str, str] = ("--since", "--until")
) -> tuple[datetime | None, datetime | None]:
    """Both ends in UTC, both included; a day counts from its first moment to its last. Raises UsageError.

    `options` are what the two are called where they were written.
    """
    first, last = options
    begin = None if since is None else _moment(first, since, time.min)
    end = None if until is None else _moment(last, until, time.max)
    if begin is not None and begin > now:
        raise UsageError(f"{first} {since} lies in the future: it is {timestamp(now)} now", fix=_EXAMPLES)
    if begin is not None and end is not None and begin > end:
        raise UsageError(f"{first} {since} is later than {last} {until}", fix="Exchange the two.")
    return begin, end


def _moment(option: str, text: str, day: time) -> datetime:
    moment = _MOMENT.fullmatch(text)
    if not moment and not _DAY.fullmatch(text):
        raise UsageError(f'{option} "{printable(text)}" is neither a day nor a moment', fix=_EXAMPLES)
    try:
        if not moment:
            return datetime.combine(date.fromisoformat(text), day, UTC)
        if not moment["zone"]:
            raise UsageError(
                f"{option} {text} names no zone", fix=f"Write {text}Z for UTC, or an offset such as {text}+08:00."
            )
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"{option} {text} is no time of the calendar", fix=_EXAMPLES) from None

"""`freeze`: windows in which nothing is promoted, by the wall clock of a place: every week, or once.

weekend: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin}
year-end: {from: 2026-12-20T00:00, until: 2027-01-04T08:00, zone: Asia/Singapore}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from provisioner.recording.findings import Finding
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema, mapping, text
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKLY = re.compile(rf"({'|'.join(_DAYS)}) ([01][0-9]|2[0-3]):([0-5][0-9])")
_ONCE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_DAY = 24 * 60
_TAKES = "a day of the week such as Fri 16:00, or a moment such as 2026-12-20T00:00"

Minute = int
"""Of the week, from Monday 00:00 on."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """One window; both bounds are minutes of the week, or naive moments, of the clock in `zone`."""

    name: str
    start: Minute | datetime
    end: Minute | datetime
    zone: ZoneInfo
    reason: str = ""

    def until(self, moment: datetime) -> datetime | None:
        """When the window that `moment` lies in ends, in UTC; None outside. The end is no part of it.

        Clocks that go back repeat an hour: both are inside. Clocks that go forward skip one, and what stands in it.
        """
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            begin = self.start.replace(tzinfo=self.zone)
            end = self.end.replace(tzinfo=self.zone, fold=1)
            return end.astimezone(UTC) if begin.timestamp() <= moment.timestamp() < end.timestamp() else None
        assert isinstance(self.start, int)
        assert isinstance(self.end, int)
        local = moment.astimezone(self.zone)
        now = local.weekday() * _DAY + local.hour * 60 + local.minute
        inside = self.start <= now < self.end if self.start < self.end else now >= self.start or now < self.end
        return self._next_end(local, now, self.end) if inside else None

    def _next_end(self, local: datetime, now: Minute, end: Minute) -> datetime:
        day = local.date() + timedelta(days=((end - now) % (7 * _DAY) + now % _DAY) // _DAY)
        at = time(end % _DAY // 60, end % 60)
        return datetime.combine(day, at, self.zone).replace(fold=1).astimezone(UTC)


def parse_freeze(name: str, start: str, end: str, zone: str, reason: str = "") -> Freeze:
    """The window. Raises ValueError with a sentence for the author, which begins with the key at fault."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # for whoever has a freeze

    first, last = _bound("from", start), _bound("until", end)
    if isinstance(first, int) != isinstance(last, int):
        raise ValueError("until takes a day of the week where from does, and a moment where from does")
    if isinstance(first, datetime) and isinstance(last, datetime) and last <= first:
        raise ValueError("until takes a moment after from")
    if first == last:
        raise ValueError("until takes another time than from")
    try:
        return Freeze(name, first, last, ZoneInfo(zone), reason)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'zone takes a name of the time zone database such as Europe/Berlin, not "{zone}"') from None


def _bound(key: str, words: str) -> Minute | datetime:
    if weekly := _WEEKLY.fullmatch(words):
        return _DAYS.index(weekly[1]) * _DAY + int(weekly[2]) * 60 + int(weekly[3])
    try:
        if _ONCE.fullmatch(words):
            return datetime.strptime(words, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - of the clock in the window's zone
    except ValueError:
        pass
    raise ValueError(f'{key} takes {_TAKES}, not "{words}"')


def _schema() -> Schema:
    window = mapping(
        {
            "from": text("Fri 16:00 for every week, 2026-12-20T00:00 for once.", 200),
            "until": text("As from; the window ends there.", 200),
            "zone": text("Whose clock: a name such as Europe/Berlin.", 200),
            "reason": text("Why, in a sentence.", 200),
        },
        "from",
        "until",
        "zone",
    )
    return {
        "type": "object",
        "properties": {},
        "additionalProperties": window,
        "description": "Windows in which nothing is promoted into this environment, by name.",
    }


def _check(node: Node, file: str) -> Iterator[Finding]:
    """Time zones, and windows that end before they begin."""
    for name, entry in node.plain()["freeze"].items():
        try:
            _window(name, entry)
        except ValueError as reason:
            yield unfit(f"freeze.{name}.{reason}", node.below("freeze", name), file, f"/freeze/{name}")


def _window(name: str, entry: Mapping[str, str]) -> Freeze:
    return parse_freeze(name, entry["from"], entry["until"], entry["zone"], entry.get("reason", ""))


def _read(source: KeySource) -> tuple[Freeze, ...]:
    return tuple(_window(name, entry) for name, entry in source.get("freeze", {}).items())


FREEZE: Key[tuple[Freeze, ...]] = Key("freeze", _schema, _read, _check)

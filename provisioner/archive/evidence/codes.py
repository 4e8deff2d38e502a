"""What a recorder's code says, event by event: one table, which the callback guides fill.

Only storing proves a recording: a recorder that starts, stops or begins to upload has proved nothing yet. 305 and 310
with 2 tell of files that were stuck and have arrived since; 311 with 1 is stuck, with 2 failed (54914, 45169).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class RecorderOutcome(Enum):
    """What an event says of a recording."""

    STARTED = "started"
    FAILED = "failed"
    """The recorder did not start."""

    STOPPED = "stopped"
    INDEXED = "indexed"
    """An index file was uploaded; whether its segments were, 305 says."""

    UPLOADED = "uploaded"
    """Everything that there was to upload is; by itself it does not say that there was anything."""

    STORED = "stored"
    NOT_STORED = "not-stored"
    OTHER = "other"
    """Nothing of whether anything is stored."""


@dataclass(frozen=True, slots=True)
class _Codes:
    """Where the code of one event stands, and what each means. `optional`: pages differ on whether it is there."""

    outcomes: Mapping[int, RecorderOutcome]
    keys: tuple[str, ...] = ("Status",)
    optional: RecorderOutcome | None = None


_Says = RecorderOutcome
_EVENTS: Mapping[int, _Codes] = {
    301: _Codes({0: _Says.STARTED, 1: _Says.FAILED}),
    302: _Codes(dict.fromkeys((*range(5), 99, 100, 101), _Says.STOPPED), ("LeaveCode",)),
    303: _Codes({0: _Says.OTHER, 1: _Says.NOT_STORED}),
    304: _Codes({}, (), _Says.INDEXED),
    305: _Codes(
        {0: _Says.UPLOADED, 1: _Says.NOT_STORED, 2: _Says.UPLOADED},
        ("Status", "LeaveCode"),
    ),
    306: _Codes({0: _Says.OTHER}, optional=_Says.OTHER),
    307: _Codes({}, (), _Says.OTHER),
    308: _Codes({}, (), _Says.NOT_STORED),
    309: _Codes({}, (), _Says.OTHER),
    310: _Codes(
        {0: _Says.STORED, 1: _Says.NOT_STORED, 2: _Says.STORED},
        optional=_Says.STORED,
    ),
    311: _Codes({0: _Says.STORED, 1: _Says.NOT_STORED, 2: _Says.NOT_STORED}),
    312: _Codes({0: _Says.OTHER, 1: _Says.NOT_STORED}),
}

_DIGITS = re.compile(r"[0-9]{1,9}")


def outcome(event: int, payload: Mapping[str, Any]) -> tuple[int | None, RecorderOutcome]:
    """The code of a recorder's event and what it says. Raises ValueError where no guide names it."""
    codes = _EVENTS[event]
    key = next((key for key in codes.keys if key in payload), None)
    if key is None:
        if codes.optional is None:
            raise ValueError(f"Payload.{codes.keys[0]} is not there")
        if event in (304, 310) and not payload.get("FileList"):
            raise ValueError("Payload.FileList names no file")
        return None, codes.optional
    code = payload[key]
    if isinstance(code, str) and _DIGITS.fullmatch(code):
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, int):
        raise ValueError(f"Payload.{key} is no whole number")
    if code not in codes.outcomes:
        raise ValueError(f"Payload.{key} {code} of event {event} is no code that the guide names"[:120])
    return code, codes.outcomes[code]

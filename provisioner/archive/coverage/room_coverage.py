"""What became of one room's recording, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from provisioner.archive.files.recorded import RecordedFile


class CoverageVerdict(Enum):
    """What became of a room; the value is the word that JSON and CSV use."""

    RECORDED = "recorded"
    PARTLY = "partly"
    NOT_RECORDED = "not-recorded"
    NOT_YET = "not-yet"
    """It goes on, or its files may still be on their way."""

    NOT_MEANT = "not-meant"
    """Nobody was to record it, or there was nothing to record."""

    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return "not meant to be" if self is CoverageVerdict.NOT_MEANT else self.value.replace("-", " ")


COUNTED = (CoverageVerdict.RECORDED, CoverageVerdict.PARTLY, CoverageVerdict.NOT_RECORDED)
"""What a percentage is taken over: rooms that were to be recorded and of which it is known whether they were."""


@dataclass(frozen=True, slots=True)
class ModeWindow:
    """From when to when (None: without an end) rooms were created that nothing recorded, and why.

    `kind` is a word for programs, `reason` a sentence without a full stop. It explains what is missing, and proves
    nothing of what is there. `certain`: none of these rooms can have been recorded, so nobody waits for a file.
    """

    since: datetime | None
    until: datetime | None
    verdict: CoverageVerdict
    kind: str
    reason: str
    certain: bool = False

    def covers(self, created: datetime) -> bool:
        """Whether a room that was created then falls into it."""
        return not (self.since and created < self.since) and not (self.until and created >= self.until)


@dataclass(frozen=True, slots=True)
class RoomCoverage:
    """One room from its creation to its end (None: it goes on, or nobody tells), and what became of it.

    `kind` is a word for programs. `files` are those that the storage lists, the first hundred; `missing` are users who
    sent something and are in no file; `source` says who tells that the room existed.
    """

    sdk_app_id: int
    room: str
    created: datetime
    ended: datetime | None
    verdict: CoverageVerdict
    kind: str
    reason: str
    source: str
    files: tuple[RecordedFile, ...] = ()
    file_count: int = 0
    seconds: float | None = None
    missing: tuple[str, ...] = ()
    senders: int = 0
    """How many users are known to have sent something."""

    recorders: int = 0
    """How many recorders are known to have started."""

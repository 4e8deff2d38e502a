"""Any number of rooms counted: by verdict, day and reason; and whether they meet an objective."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from provisioner.archive.coverage.room_coverage import COUNTED, CoverageVerdict, RoomCoverage
from provisioner.specs.keys.coverage import CoverageObjective

_EXAMPLES = 3


@dataclass(slots=True)
class ReasonCount:
    """How many rooms have one reason, and the first few of them."""

    verdict: CoverageVerdict
    kind: str
    count: int = 0
    examples: list[RoomCoverage] = field(default_factory=list)


@dataclass(slots=True)
class CoverageTotals:
    """Counts of rooms, of one application or of several."""

    verdicts: Counter[CoverageVerdict] = field(default_factory=Counter)
    days: dict[date, Counter[CoverageVerdict]] = field(default_factory=dict)
    """By day of creation, UTC."""

    reasons: dict[tuple[CoverageVerdict, str], ReasonCount] = field(default_factory=dict)

    def add(self, room: RoomCoverage) -> None:
        """Count one more."""
        self.verdicts[room.verdict] += 1
        self.days.setdefault(room.created.date(), Counter())[room.verdict] += 1
        key = (room.verdict, room.kind)
        reason = self.reasons.setdefault(key, ReasonCount(*key))
        reason.count += 1
        if len(reason.examples) < _EXAMPLES:
            reason.examples.append(room)

    @property
    def known(self) -> int:
        """Rooms that were to be recorded and of which it is known whether they were."""
        return sum(self.verdicts[verdict] for verdict in COUNTED)

    @property
    def unknown(self) -> int:
        """Rooms of which nobody can say."""
        return self.verdicts[CoverageVerdict.UNKNOWN]

    @property
    def percent(self) -> Decimal | None:
        """Of the known rooms those that were recorded as a whole, rounded down to hundredths; None without any."""
        return _percent(self.verdicts[CoverageVerdict.RECORDED], self.known)

    def worst_first(self) -> list[ReasonCount]:
        """Reasons of all that is not simply recorded: what is lost first, then by number."""
        order = list(CoverageVerdict)
        urgent = [CoverageVerdict.NOT_RECORDED, CoverageVerdict.PARTLY, CoverageVerdict.UNKNOWN]
        rank = {
            verdict: number for number, verdict in enumerate([*urgent, *(one for one in order if one not in urgent)])
        }
        odd = [reason for reason in self.reasons.values() if reason.kind != "recorded"]
        return sorted(odd, key=lambda reason: (rank[reason.verdict], -reason.count, reason.kind))


_URGENCY = (
    CoverageVerdict.NOT_RECORDED,
    CoverageVerdict.PARTLY,
    CoverageVerdict.UNKNOWN,
    CoverageVerdict.NOT_YET,
    CoverageVerdict.RECORDED,
    CoverageVerdict.NOT_MEANT,
)


def _percent(part: int, whole: int) -> Decimal | None:
    return None if not whole else (Decimal(part * 10_000 // whole) / 100).quantize(Decimal("0.01"))


def totals_by_application(rooms: Iterable[RoomCoverage], applications: Iterable[int]) -> dict[int, CoverageTotals]:
    """Counts by SDKAppId, also of those without a room."""
    found = {number: CoverageTotals() for number in applications}
    for room in rooms:
        found[room.sdk_app_id].add(room)
    return found


def together(parts: Iterable[CoverageTotals]) -> CoverageTotals:
    """The sums; reasons are left to each part."""
    whole = CoverageTotals()
    for part in parts:
        whole.verdicts.update(part.verdicts)
        for day, counts in part.days.items():
            whole.days.setdefault(day, Counter()).update(counts)
    return whole


class ObjectiveVerdict(Enum):
    """Whether an objective is met. UNKNOWN: it depends on rooms of which nobody can say, or on times without a list."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


def judged_objective(
    objective: CoverageObjective, totals: CoverageTotals, *, blind: bool
) -> tuple[ObjectiveVerdict, str]:
    """The verdict and its evidence in a sentence. `blind`: of some of the time no list of rooms is known."""
    recorded, known, unknown = totals.verdicts[CoverageVerdict.RECORDED], totals.known, totals.unknown
    told = f"{totals.percent}% of {known:,} room{'' if known == 1 else 's'}" if known else "no room is known"
    told += f", {unknown:,} unknown" if unknown else ""
    told += ", and of some of the time there is no list of rooms" if blind else ""
    least = objective.at_least / 100
    if known and Decimal(recorded) < least * known:
        return ObjectiveVerdict.MISSED, told
    if blind or not known or Decimal(recorded) < least * (known + unknown):
        return ObjectiveVerdict.UNKNOWN, told
    return ObjectiveVerdict.MET, told

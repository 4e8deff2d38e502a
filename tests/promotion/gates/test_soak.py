"""For how long the source has run what is promoted, by its journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.promotion.console_plans import UnreadableConsole
from provisioner.promotion.gates.soak import SOAK, left, running_since, words
from provisioner.promotion.proposal import Move
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.plan.promotable_digest import moving_digest
from provisioner.specs.keys.gates import GateDemands
from tests.promotion.gates.contexts import NOON, context, moving, says
from tests.reconcile.typed import CALL, application

DAY = 86_400
APP = moving("call")["call"].source
THIS = moving_digest(APP.values)


def at(hour: int) -> datetime:
    return datetime(2026, 1, 30, hour, tzinfo=UTC)


def entry(event: str, hour: int, **details: Any) -> JournalEntry:
    return JournalEntry("run", event, at(hour).isoformat(), {"sdkAppId": CALL, **details})


def this(hour: int) -> JournalEntry:
    return entry("applied", hour, digest=THIS)


@pytest.mark.parametrize(
    ("journal", "since"),
    [
        ([], None),
        ([this(1)], at(1)),
        ([this(1), this(2)], at(1)),  # drift was mended: it was this all the time
        ([this(1), entry("applied", 2, digest="another")], None),
        ([this(1), entry("applied", 2)], None),
        ([this(1), entry("applied", 2, digest="another"), this(3)], at(3)),
        ([this(1), entry("failed", 2)], None),
        ([this(1), entry("failed", 2, digest=THIS)], None),
        ([entry("failed", 1), this(2)], at(2)),
        ([this(1), entry("write", 2), entry("released", 3)], at(1)),
        ([this(1), entry("failed", 2, sdkAppId=5), entry("applied", 3, sdkAppId=5, digest=THIS)], at(1)),
        ([entry("applied", 1, sdkAppId=5, digest=THIS), this(2)], at(2)),
        ([entry("write", 1, digest=THIS)], None),
    ],
)
def test_it_counts_from_the_first_apply_of_exactly_this(journal: list[JournalEntry], since: datetime | None) -> None:
    assert running_since(journal, APP) == since


@pytest.mark.parametrize("damaged", ["", "yesterday", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_somebody_damaged_is_not_known(damaged: str) -> None:
    ran = JournalEntry("run", "applied", damaged, {"sdkAppId": CALL, "digest": THIS})
    assert running_since([ran], APP) is None
    assert running_since([ran, this(3)], APP) == at(3)
    assert asked(DAY, (ran,)) == ("unknown", "dev's journal does not tell since when call runs this")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0min"),
        (1, "1min"),
        (60, "1min"),
        (61, "2min"),
        (3600, "1h"),
        (3661, "1h 2min"),
        (12_000, "3h 20min"),
        (DAY - 1, "1d"),
        (DAY, "1d"),
        (DAY + 300, "1d"),
        (DAY + 7500, "1d 2h"),
        (15 * DAY, "15d"),
    ],
)
def test_a_time_is_told_in_two_units_and_rounded_up(seconds: int, told: str) -> None:
    assert words(timedelta(seconds=seconds)) == told


def test_what_is_left_is_zero_when_it_is_over() -> None:
    assert left(at(1), 7200, at(2)) == timedelta(hours=1)
    assert left(at(1), 7200, at(3)) == timedelta()
    assert left(at(1), 7200, at(4)) == -timedelta(hours=1)


def asked(soak: int, journal: Any = (), moves: dict[str, Move] | None = None, **known: Any) -> Any:
    pairs = moving("call") if moves is None else moves
    return says(SOAK, context(pairs, GateDemands(soak=soak), journal=journal, **known))


def test_a_target_that_asks_for_no_time_is_not_asked() -> None:
    assert asked(0) is None


def test_nothing_that_a_console_holds_needs_no_time() -> None:
    assert asked(DAY, moves={}) == ("pass", "nothing moves that a console holds")
    (move,) = moving("call").values()
    assert asked(DAY, after=[move.target]) == ("pass", "nothing moves that a console holds")


def test_it_passes_once_the_whole_time_is_over() -> None:
    over = NOON - timedelta(days=1)
    ran = JournalEntry("run", "applied", over.isoformat(), {"sdkAppId": CALL, "digest": THIS})
    assert asked(DAY, (ran,)) == ("pass", "ran this for 1d and more: call")
    assert asked(DAY, (ran,), now=NOON - timedelta(microseconds=1_000_000)) == (
        "fail",
        "call: 1min of 1d left, applied 2026-01-30T12:00:00Z",
    )
    assert asked(DAY // 2, (ran,)) == ("pass", "ran this for 12h and more: call")


def test_a_journal_that_tells_nothing_is_unknown() -> None:
    assert asked(DAY) == ("unknown", "dev's journal does not tell since when call runs this")
    hidden = UnreadableConsole("dev", "no answer")
    assert asked(DAY, hidden) == ("unknown", "dev's journal cannot be read: no answer")


def test_every_application_that_moves_is_judged() -> None:
    pairs = {**moving("call"), **moving("room")}
    room = application("room", {**pairs["room"].source.values, "/sdkAppId": 7})
    pairs["room"] = Move(room, pairs["room"].target, (), None)
    long_ago = JournalEntry("run", "applied", at(1).isoformat(), {"sdkAppId": CALL, "digest": THIS})
    assert asked(DAY, (long_ago,), pairs) == ("unknown", "dev's journal does not tell since when room runs this")
    also = JournalEntry("run", "applied", at(1).isoformat(), {"sdkAppId": 7, "digest": moving_digest(room.values)})
    assert asked(DAY, (long_ago, also), pairs) == ("pass", "ran this for 1d and more: call, room")

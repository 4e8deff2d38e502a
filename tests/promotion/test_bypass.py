"""A bypass counts for the gate, the source and the applications that it was given for, until its last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from provisioner.foundation.errors import UsageError
from provisioner.promotion.bypass import asked_for, standing
from provisioner.specs.documents.promotion_record import Bypass, JudgedGate, Promoted, PromotionRecord

DAY = date(2026, 2, 2)
BYPASS = Bypass("Incident 42", "2026-02-02")
MOVED: dict[str, Any] = {"/recording/mode": {"after": "auto"}}


def record(moved: tuple[str, ...], *, still: tuple[str, ...] = (), **change: Any) -> PromotionRecord:
    """A promotion that moved some applications, passed over `soak`, and only recorded the `still` ones."""
    shares = {name: Promoted(name, MOVED, {}, {}) for name in moved} | {
        name: Promoted(name, {}, {}, {}) for name in still
    }
    gates = {
        "soak": JudgedGate("fail", "too early", change.pop("bypass", BYPASS)),
        "drift": JudgedGate("pass", "", None),
    }
    return PromotionRecord("prod", "dev", "", datetime(2026, 1, 31, tzinfo=UTC), "ann", shares, {}, gates, **change)


@pytest.mark.parametrize(
    ("names", "source", "today", "counts"),
    [
        (["call"], "dev", DAY, True),
        (["call", "room"], "dev", DAY, True),
        ([], "dev", DAY, True),
        (["call", "desk"], "dev", DAY, False),  # given for call, and desk was never promoted
        (["still"], "dev", DAY, False),  # recorded, and nothing of it moved
        (["call"], "qa", DAY, False),
        (["call"], "dev", date(2026, 2, 3), False),
    ],
)
def test_what_an_earlier_bypass_counts_for(names: list[str], source: str, today: date, counts: bool) -> None:
    given = standing([record(("call", "room"), still=("still",))], source, names, today)
    assert given == ({"soak": BYPASS} if counts else {})


def test_the_latest_of_several_counts() -> None:
    later = Bypass("Incident 43", "2026-02-20")
    records = [record(("call",)), record(("call",), bypass=later), record(("room",))]
    assert standing(records, "dev", ["call"], DAY) == {"soak": later}


def test_bypasses_of_several_records_count_together() -> None:
    other = replace(record(("call",)), gates={"freeze": JudgedGate("fail", "", BYPASS)})
    assert standing([record(("call",)), other], "dev", ["call"], DAY) == {"soak": BYPASS, "freeze": BYPASS}


@pytest.mark.parametrize(
    ("expires", "taken"), [("2026-02-02", True), ("2026-03-04", True), ("2026-02-01", False), ("2026-03-05", False)]
)
def test_a_bypass_is_given_for_today_up_to_thirty_days(expires: str, taken: bool) -> None:
    if taken:
        assert asked_for(["soak"], "Incident 42", expires, DAY) == {"soak": Bypass("Incident 42", expires)}
        return
    with pytest.raises(UsageError, match="--expires takes a day from 2026-02-02 to 2026-03-04"):
        asked_for(["soak"], "Incident 42", expires, DAY)


@pytest.mark.parametrize(
    ("gates", "expires", "told", "fix"),
    [
        ([], "2026-02-02", "--expires says how long --bypass counts; it means nothing here", "Leave it out."),
        (["soka"], "2026-02-02", 'there is no gate "soka" (did you mean "soak"?)', "Known: ladder, converged, soak"),
        (
            ["templates"],
            "2026-02-02",
            "the gate templates compares digests and cannot be bypassed",
            "Every template version that is pinned",
        ),
        (["soak"], "someday", "--expires takes a day as YYYY-MM-DD, not someday", ""),
    ],
)
def test_what_is_refused_says_what_to_write(gates: list[str], expires: str, told: str, fix: str) -> None:
    with pytest.raises(UsageError) as refused:
        asked_for(gates, "x", expires, DAY)
    assert (refused.value.what, str(refused.value.fix or "").startswith(fix)) == (told, True)


def test_without_a_gate_nothing_is_bypassed() -> None:
    assert asked_for([], "promoted for another reason", None, DAY) == {}


@pytest.mark.parametrize(("reason", "expires"), [("", "2026-02-02"), (" ", "2026-02-02"), ("Why", ""), (None, None)])
def test_a_bypass_says_why_and_until_when(reason: str | None, expires: str | None) -> None:
    with pytest.raises(UsageError, match="--bypass needs --reason and --expires") as refused:
        asked_for(["soak"], reason, expires, DAY)
    assert refused.value.fix == '--reason "Why" --expires YYYY-MM-DD.'

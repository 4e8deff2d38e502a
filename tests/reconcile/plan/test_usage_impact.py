"""How much is recorded of what a plan changes: known, priced, unknown, or not asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from provisioner.archive.minutes.usage import Usage, UsageGap
from provisioner.archive.minutes.usage_period import Period
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.usage_impact import Affected, affected
from provisioner.recording.minutes import MinuteKind
from provisioner.recording.prices import Prices
from tests.project import Project

WEEK = Period(date(2026, 3, 1), date(2026, 3, 7))
HD, SD = MinuteKind("mixed", "HD"), MinuteKind("mixed", "SD")
REFUSED = Unknown(UnknownCause.REFUSED, "the key may not ask")


def prices(*kinds: MinuteKind) -> Prices:
    rates = dict.fromkeys(kinds, Decimal("5.99"))
    return Prices("USD", "task", rates, "a list", date(2026, 1, 1), Location("prices.yaml"))


def test_a_week_becomes_a_day() -> None:
    usage = Usage(WEEK, {WEEK.first: {HD: 7000}})
    assert affected(usage, None) == Affected(1000)
    assert affected(usage, prices(HD)) == Affected(1000, Decimal("5.99"), "USD")


def test_what_has_no_price_makes_no_sum() -> None:
    assert affected(Usage(WEEK, {WEEK.first: {HD: 7000, SD: 7}}), prices(HD)) == Affected(1001)


def test_unknown_stays_unknown() -> None:
    usage = Usage(WEEK, {}, (UsageGap(WEEK, "mixed", REFUSED),))
    assert affected(usage, prices(HD)) == Affected(REFUSED)


def test_a_plan_tells_how_much_is_recorded_of_what_changes(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    found = {app["name"]: app["affected"] for app in project.json("plan", "dev", "--usage")["applications"]}
    nothing = {"minutesPerDay": 0, "unknown": None, "costPerDay": None, "currency": None}
    assert found == {"classroom": None, "support-desk": None, "video-call": nothing}
    assert "recorded a day: 0 minutes (last 7 days)" in project.run("plan", "dev", "--usage").words
    assert {app["affected"] for app in project.json("plan", "dev")["applications"]} == {None}

"""Freeze windows by the wall clock of a place, also when that clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.specs.keys.freeze import parse_freeze
from tests.project import Project

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def until(window: tuple[str, str, str], moment: str) -> str | None:
    end = parse_freeze("x", *window).until(at(moment))
    return None if end is None else f"{end:%Y-%m-%dT%H:%M}"


WEEKEND = ("Fri 16:00", "Mon 08:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-01-30T14:59", None),
        ("2026-01-30T15:00", "2026-02-02T07:00"),  # winter: an hour before UTC
        ("2026-02-02T06:59", "2026-02-02T07:00"),
        ("2026-02-02T07:00", None),
        ("2026-07-03T13:59", None),
        ("2026-07-03T14:00", "2026-07-06T06:00"),  # summer: two hours
        ("2026-03-27T15:00", "2026-03-30T06:00"),  # begins in winter, ends in summer
        ("2026-10-23T14:00", "2026-10-26T07:00"),  # and the other way round
        ("2026-10-26T06:59", "2026-10-26T07:00"),
        ("2026-10-26T07:00", None),
    ],
)
def test_a_weekly_window_follows_the_clock_of_its_place(moment: str, end: str | None) -> None:
    assert until(WEEKEND, moment) == end


def test_an_hour_that_comes_twice_is_inside_both_times() -> None:
    window = ("Sun 02:15", "Sun 02:45", "Europe/Berlin")  # on 25 October 2026 at 00:xx and 01:xx UTC
    assert [until(window, f"2026-10-25T0{hour}:30") for hour in (0, 1)] == ["2026-10-25T01:45", "2026-10-25T01:45"]
    assert [until(window, f"2026-10-25T0{hour}:50") for hour in (0, 1)] == [None, None]


def test_an_hour_that_is_skipped_is_in_no_window() -> None:
    window = ("Sun 02:15", "Sun 02:45", "Europe/Berlin")  # on 29 March 2026 the clock goes from 02:00 to 03:00
    assert all(until(window, f"2026-03-29T0{hour}:30") is None for hour in (0, 1, 2))


def test_a_window_that_goes_over_sunday_midnight() -> None:
    window = ("Sun 22:00", "Mon 06:00", "Asia/Singapore")
    assert until(window, "2026-02-01T14:00") == "2026-02-01T22:00"
    assert until(window, "2026-02-01T13:59") is None
    assert until(window, "2026-02-01T21:59") == "2026-02-01T22:00"


def test_a_window_of_its_own_day_ends_on_it() -> None:
    window = ("2026-12-20T00:00", "2027-01-04T08:00", "Asia/Singapore")
    assert until(window, "2026-12-19T15:59") is None
    assert until(window, "2026-12-19T16:00") == "2027-01-04T00:00"
    assert until(window, "2027-01-04T00:00") is None


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - naive on purpose
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.integers(0, 10079),
    st.integers(0, 10079),
)
def test_inside_is_before_an_end_within_the_week(naive: datetime, zone: str, start: int, end: int) -> None:
    if start == end:
        return
    words = [
        f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[m // 1440]} {m % 1440 // 60:02}:{m % 60:02}"
        for m in (start, end)
    ]
    window = parse_freeze("x", words[0], words[1], zone)
    moment = naive.replace(tzinfo=UTC, second=0, microsecond=0)
    found = window.until(moment)
    if found is not None:
        assert moment < found <= moment + timedelta(days=7, hours=2)


@pytest.mark.parametrize(
    ("key", "entry", "words"),
    [
        ("freeze", "{x: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Atlantis}}", "freeze.x.zone takes a name"),
        ("freeze", "{x: {from: Fri 24:00, until: Mon 08:00, zone: UTC}}", "freeze.x.from takes a day of the week"),
        ("freeze", "{x: {from: Fri 16:00, until: Fri 16:00, zone: UTC}}", "freeze.x.until takes another time"),
        ("freeze", "{x: {from: Fri 16:00, until: 2026-01-01T00:00, zone: UTC}}", "freeze.x.until takes a day of"),
        ("freeze", "{x: {from: 2026-02-30T00:00, until: 2026-03-01T00:00, zone: UTC}}", "freeze.x.from takes a day"),
        (
            "freeze",
            "{x: {from: 2026-02-03T00:00, until: 2026-02-01T00:00, zone: UTC}}",
            "freeze.x.until takes a moment",
        ),
        ("freeze", "{x: {from: Fri 16:00, until: Mon 08:00, zone: ../../etc/passwd}}", "freeze.x.zone takes a name"),
        ("gates", "{soak: 400d}", "gates.soak takes 1s to 365d, not 400d"),
        ("gates", "{soak: 24}", "gates.soak takes text, not 24"),
        ("gates", "{evidence: 0}", "gates.evidence takes 1 to 1000, not 0"),
    ],
)
def test_mistakes_are_told_where_they_stand(project: Project, key: str, entry: str, words: str) -> None:
    project.edit("environments/prod/environment.yaml", "site:", f"{key}: {entry}\nsite:")
    (line,) = [line for line in project.run("validate", "prod").out.splitlines() if "REC011" in line]
    assert line.startswith("environments/prod/environment.yaml:6:")
    assert words in line

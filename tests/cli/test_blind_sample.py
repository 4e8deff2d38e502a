"""Values that are typed from the page before anything is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.blind_sample import SAMPLED, misread, sampled
from provisioner.console.runbook.labels import load
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value

LABELS = load("intl", Path())
IDLE, WIDTH, LAYOUT = f"{SETTINGS}/maxIdleTime", f"{SETTINGS}/mixed/video/width", f"{SETTINGS}/mixed/layout/kind"
VALUES: dict[str, Value | None] = {
    IDLE: FIELDS[IDLE].kind.parse("2m"),
    WIDTH: 1280,
    LAYOUT: "grid",
    f"{SETTINGS}/fileNamePrefix": None,
}


def test_numbers_and_texts_that_are_set_are_typed() -> None:
    assert set(sampled(VALUES)) == {IDLE, WIDTH}
    assert len(sampled({**VALUES, f"{SETTINGS}/mixed/video/height": 720})) == SAMPLED
    assert sampled({LAYOUT: "grid"}) == []


@pytest.mark.parametrize("typed", ["120", "120 seconds", " 120 Seconds ", "2m", "120seconds"])
def test_a_value_may_be_typed_as_the_page_or_as_the_spec_has_it(typed: str) -> None:
    assert misread(VALUES, [IDLE], LABELS, lambda _: typed) == ""


@pytest.mark.parametrize("typed", ["", "y", "2", "121", "30 seconds"])
def test_another_value_confirms_nothing_and_gives_nothing_away(typed: str) -> None:
    told = misread(VALUES, [WIDTH, IDLE], LABELS, lambda question: "1280" if "width" in question else typed)
    assert "--seen maxIdleTime=VALUE" in told
    assert "120" not in told.replace(typed, "")
    assert "2m" not in told

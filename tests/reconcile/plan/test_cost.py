"""Where the bill goes: a direction for each kind of change, and unknown where nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from provisioner.console.port import Observed, Shown, Unreadable
from provisioner.reconcile.plan.cost import CostEffect, Direction, cost
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value

BASE: dict[str, Value] = {
    "/recording/enabled": True,
    "/recording/mode": "auto",
    f"{SETTINGS}/media": "audio-video",
    f"{SETTINGS}/formats": ("mp4",),
    f"{SETTINGS}/maxIdleTime": Quantity(Dimension.TIME, 5),
    f"{SETTINGS}/mixed/maxUsers": 8,
    f"{SETTINGS}/mixed/video/width": 640,
    f"{SETTINGS}/mixed/video/height": 480,
}


def judged(wanted: Mapping[str, Value], shown: Mapping[str, Shown]) -> CostEffect:
    observed = Observed(1, "x", "new", shown)
    return cost(wanted, observed, diff(wanted, observed))


@pytest.mark.parametrize(
    ("leaf", "before", "after", "direction", "reason"),
    [
        ("/recording/mode", "manual", "auto", Direction.MORE, "every room is recorded"),
        ("/recording/mode", "auto", "manual", Direction.LESS, "rooms are no longer recorded automatically"),
        (f"{SETTINGS}/formats", ("mp4",), ("mp4", "hls"), Direction.MORE, "hls files as well"),
        (f"{SETTINGS}/formats", ("mp4", "hls"), ("hls",), Direction.LESS, "no more mp4 files"),
        (f"{SETTINGS}/media", "audio-video", "audio", Direction.LESS, "sound only"),
        (f"{SETTINGS}/media", "audio", "video", Direction.MORE, "pictures as well"),
        (f"{SETTINGS}/mixed/video/height", 480, 720, Direction.MORE, "SD -> HD"),
        (f"{SETTINGS}/mixed/video/width", 1280, 640, Direction.LESS, "HD -> SD"),
        (
            f"{SETTINGS}/maxIdleTime",
            Quantity(Dimension.TIME, 5),
            Quantity(Dimension.TIME, 60),
            Direction.MORE,
            "longer idle time, charged as sound",
        ),
        (f"{SETTINGS}/single/streams", None, "main", Direction.MORE, "single-stream recording as well"),
    ],
)
def test_each_thing_that_is_charged_for(
    leaf: str, before: Value | None, after: Value, direction: Direction, reason: str
) -> None:
    assert judged({**BASE, leaf: after}, {**BASE, leaf: before}) == CostEffect(direction, (reason,))


def test_more_here_and_less_there_is_mixed() -> None:
    formats, height = f"{SETTINGS}/formats", f"{SETTINGS}/mixed/video/height"
    found = judged({**BASE, formats: ("mp4", "hls"), height: 480}, {**BASE, height: 720})
    assert found == CostEffect(Direction.MIXED, ("hls files as well", "HD -> SD"))


def test_what_is_not_charged_for_costs_the_same() -> None:
    users = f"{SETTINGS}/mixed/maxUsers"
    assert judged({**BASE, users: 4}, BASE) == CostEffect(Direction.SAME)


def test_nothing_to_change_costs_the_same_even_where_something_is_hidden() -> None:
    assert judged(BASE, {**BASE, f"{SETTINGS}/formats": Unreadable("hidden")}) == CostEffect(Direction.SAME)


def test_a_hidden_field_that_is_charged_for_makes_it_unknown() -> None:
    users = f"{SETTINGS}/mixed/maxUsers"
    found = judged({**BASE, users: 4}, {**BASE, f"{SETTINGS}/formats": Unreadable("hidden")})
    assert found.direction is Direction.UNKNOWN

"""What differs between a spec and a console, field by field."""

from __future__ import annotations

import pytest

from provisioner.console.port import ConsoleChange, Observed, Shown, Unreadable
from provisioner.reconcile.plan.diff import Diff, Difference, Unverified, change, diff, managed
from provisioner.recording.value_types import Value

ENABLED, MODE, WEBHOOK = "/recording/enabled", "/recording/mode", "/calls/webhook/"
IDLE, MEDIA = "/recording/settings/maxIdleTime", "/recording/settings/media"
REST = "/recording/settings/resourceExpiry"
AUTO: dict[str, Value] = {ENABLED: True, MODE: "auto"}
MANUAL: dict[str, Value] = {ENABLED: True, MODE: "manual"}
OFF: dict[str, Value] = {ENABLED: False, MODE: "auto"}


@pytest.mark.parametrize(
    ("desired", "path", "ours"),
    [
        (AUTO, ENABLED, True),
        (OFF, ENABLED, True),
        ({}, ENABLED, True),
        (AUTO, MODE, True),
        (MANUAL, MODE, True),
        (OFF, MODE, False),
        ({MODE: "auto"}, MODE, False),
        (AUTO, IDLE, True),
        (MANUAL, IDLE, False),
        (OFF, IDLE, False),
        ({ENABLED: True}, IDLE, False),
        (AUTO, REST, False),  # only calls over REST know it
        (AUTO, "/recording/settings/of a newer console", True),
        (AUTO, "/recording/settings", False),
        (AUTO, "/recording/other", False),
        (AUTO, "/owner", False),
        (AUTO, f"{WEBHOOK}url", False),
        ({**AUTO, f"{WEBHOOK}url": "https://a.example"}, f"{WEBHOOK}url", True),
        ({**OFF, f"{WEBHOOK}url": "https://a.example"}, f"{WEBHOOK}events", True),
        ({**AUTO, f"{WEBHOOK}url": "https://a.example"}, "/calls/other", False),
    ],
)
def test_of_which_fields_a_spec_speaks(desired: dict[str, Value], path: str, ours: bool) -> None:
    assert managed(desired, path) is ours


def of(desired: dict[str, Value], fields: dict[str, Shown]) -> Diff:
    return diff(desired, Observed(5, "call", "new", fields))


def test_every_field_is_compared_in_the_consoles_order() -> None:
    shown: dict[str, Shown] = {
        REST: "3d",
        MEDIA: Unreadable("hidden"),
        IDLE: "9s",
        ENABLED: False,
        MODE: Unreadable("down"),
        "/recording/settings/formats": ("mp4",),
        "/recording/settings/mixed/maxUsers": 8,
    }
    desired: dict[str, Value] = {**AUTO, IDLE: "5s", MEDIA: "audio", "/recording/settings/formats": ("mp4",)}
    found = of(desired, shown)
    assert found == Diff(
        (
            Difference(IDLE, "9s", "5s"),
            Difference(ENABLED, False, True),
            Difference("/recording/settings/mixed/maxUsers", 8, None),
        ),
        (Unverified(MEDIA, "audio", "hidden"), Unverified(MODE, "auto", "down")),
    )
    assert change(desired, found) == ConsoleChange(
        desired, frozenset({IDLE, ENABLED, "/recording/settings/mixed/maxUsers"})
    )


def test_nothing_is_written_where_nothing_differs() -> None:
    assert of(AUTO, dict(AUTO)) == Diff((), ())
    assert change(AUTO, Diff((), ())) == ConsoleChange(AUTO, frozenset())
    assert of(MANUAL, {**MANUAL, IDLE: "9s"}) == Diff((), ())
    assert of(AUTO, {**AUTO, IDLE: None}) == Diff((), ())

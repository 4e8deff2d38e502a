"""What somebody is asked to confirm at a terminal of 80 columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from provisioner.console.runbook.labels import load
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.report.runbook.runbook_prompt import render_confirmation
from provisioner.specs.documents.observation import Observation

LABELS = load("intl", Path())
IDLE, URL, MERGE = f"{SETTINGS}/maxIdleTime", f"{SETTINGS}/callback/url", f"{SETTINGS}/single/merge"
VALUES: dict[str, Value | None] = {
    "/recording/enabled": True,
    "/recording/mode": "auto",
    IDLE: FIELDS[IDLE].kind.parse("5s"),
    f"{SETTINGS}/mixed/layout/bigPicture": "teacher",
    f"{SETTINGS}/mixed/video/width": 1280,
    f"{SETTINGS}/storage/vendor": "vod",
    MERGE: None,
    URL: None,
}
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
SEEN = Observation("video-call", 20000101, "Kim", NOW, NOW + timedelta(days=30), VALUES)
BEFORE = Observation("video-call", 20000101, "Ada", NOW - timedelta(days=20), NOW + timedelta(days=10), VALUES)


def test_what_nobody_has_confirmed_yet_is_shown_whole(snapshot: SnapshotAssertion) -> None:
    assert render_confirmation(SEEN, None, LABELS) == snapshot


def test_only_what_is_new_is_shown_and_the_rest_counted(snapshot: SnapshotAssertion) -> None:
    address = "https://hooks.example.com/recording"
    known = {path: value for path, value in VALUES.items() if path != MERGE}
    before = replace(BEFORE, values={**known, IDLE: FIELDS[IDLE].kind.parse("30s"), URL: address})
    shown = render_confirmation(SEEN, before, LABELS)
    assert shown == snapshot
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_where_all_is_as_it_was_one_line_says_so(snapshot: SnapshotAssertion) -> None:
    assert render_confirmation(SEEN, BEFORE, LABELS) == snapshot
    capture = replace(BEFORE, capture="sha256:" + "0" * 64)
    assert "by Ada from a capture (--verbose lists them)" in " ".join(
        render_confirmation(SEEN, capture, LABELS).split()
    )


def test_verbose_shows_everything() -> None:
    everything = render_confirmation(SEEN, BEFORE, LABELS, unfolded=True)
    assert everything == render_confirmation(SEEN, None, LABELS)

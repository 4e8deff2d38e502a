"""Why nothing was recorded: what journal, console and audit log say of it, and what they cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.archive.coverage.room_coverage import ModeWindow
from provisioner.console.audit.audit_event import AuditEvent
from provisioner.console.audit.audit_trail import AuditTrail
from provisioner.console.port import Shown
from provisioner.reconcile.apply.journal import JournalEntry
from provisioner.reconcile.apply.mode_windows import MODE, mode_changes, mode_windows
from provisioner.recording.application import Application
from tests.project import Project

APP = 20001001
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT = AuditEvent("e", AT, "ann", "ModifyRecordMode", "203.0.113.7", "ConsoleCall", "r", frozenset({APP}), False)


def hours(count: float) -> datetime:
    return AT + timedelta(hours=count)


def write(at: datetime, before: str, after: str, path: str = MODE, **details: Any) -> JournalEntry:
    changes = [{"path": path, "before": before, "after": after}]
    return JournalEntry("run", "write", at.isoformat(), {"sdkAppId": APP, "changes": changes, **details})


@pytest.fixture
def automatic(project: Project) -> Application:
    return next(app for app in project.environment("dev").applications if app.name == "video-call")


def why(windows: tuple[ModeWindow, ...], created: datetime) -> tuple[str, str] | None:
    return next(((one.verdict.value, one.kind) for one in windows if one.covers(created)), None)


def test_before_the_first_write_mode_was_manual(automatic: Application) -> None:
    windows = mode_windows(automatic, mode_changes([write(AT, "manual", "auto")])[APP], None)
    assert why(windows, hours(-1)) == ("not-recorded", "mode-was-manual")
    assert why(windows, hours(0.1)) == ("not-recorded", "mode-was-manual")
    assert why(windows, hours(0.2)) is None
    assert "until 2026-03-01T12:10:00Z" in windows[0].reason


def test_manual_by_an_applied_spec_was_meant(automatic: Application) -> None:
    entries = [write(AT, "auto", "manual"), write(hours(5), "manual", "auto")]
    windows = mode_windows(automatic, mode_changes(entries)[APP], None)
    assert why(windows, hours(1)) == ("not-meant", "mode-was-manual")
    assert windows[0].reason == "mode was manual from 2026-03-01T12:10:00Z to 2026-03-01T17:10:00Z (journal)"
    assert why(windows, hours(5.1)) == ("not-recorded", "not-in-force")
    assert why(windows, hours(5.2)) is None
    assert why(windows, hours(-1)) is None


def test_somebody_had_clicked_between_two_writes(automatic: Application) -> None:
    entries = [write(AT, "manual", "auto"), write(hours(5), "manual", "auto")]
    windows = mode_windows(automatic, mode_changes(entries)[APP], None)
    assert why(windows, hours(3)) == ("not-recorded", "mode-was-manual")
    (window,) = [one for one in windows if one.covers(hours(3))]
    assert window.reason.endswith("; somebody had changed it after 2026-03-01T12:10:00Z")


def test_what_the_console_shows_now(automatic: Application) -> None:
    shown: dict[str, Shown] = {MODE: "manual", "/recording/enabled": True}
    assert why(mode_windows(automatic, (), shown), AT) == ("not-recorded", "mode-is-manual")
    assert why(mode_windows(automatic, (), shown, applied=hours(1)), AT) is None
    assert why(mode_windows(automatic, (), {"/recording/enabled": False}), AT) == ("not-recorded", "not-enabled")
    assert mode_windows(automatic, (), {MODE: "auto", "/recording/enabled": True}) == ()
    assert mode_windows(automatic, (), None) == ()


def test_the_audit_log_says_who_and_when(automatic: Application) -> None:
    trail = AuditTrail(hours(-99), hours(9), ("ModifyRecordMode",), (EVENT,))
    window, certain = mode_windows(automatic, (), {MODE: "manual"}, trail, hours(-9))
    assert (window.since, certain.since, certain.until) == (AT, AT + timedelta(minutes=10), None)
    assert (window.certain, certain.certain) == (False, True)
    assert window.reason == (
        "mode is manual in the console since 2026-03-01T12:00:00Z: ModifyRecordMode by ann (audit)"
    )
    untimed = AuditTrail(hours(-99), hours(9), ("ModifyRecordMode",), (replace(EVENT, at=None),))
    (window,) = mode_windows(automatic, (), {MODE: "manual"}, untimed)
    assert window.reason == "mode is manual in the console; since when nobody here knows"


def test_a_journal_that_somebody_damaged_explains_nothing(automatic: Application) -> None:
    entries = [
        JournalEntry("run", "write", "yesterday", {"sdkAppId": APP, "changes": [{"path": MODE}]}),
        JournalEntry("run", "write", AT.isoformat(), {"sdkAppId": "7", "changes": 5}),
        JournalEntry("run", "unreadable", "", {}),
        write(AT, "5s", "10s", "/recording/settings/maxIdleTime"),
    ]
    assert mode_changes(entries) == {}


def test_an_application_in_manual_mode_has_no_windows(project: Project) -> None:
    app = next(app for app in project.environment("dev").applications if app.name == "support-desk")
    assert mode_windows(app, (), {MODE: "manual"}) == ()

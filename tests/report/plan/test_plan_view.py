"""The document as values: nothing is lost on the way but what is secret."""

from __future__ import annotations

from datetime import UTC, datetime

import jsonschema_rs
import pytest
from hypothesis import given

from bench.report import plan_of
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.document import schema
from provisioner.reconcile.plan.seal import seal
from provisioner.recording.application import Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.report.plan.plan_values import HIDDEN
from provisioner.report.plan.plan_view import Base, read_plan
from tests.project import Project
from tests.report.plans import IDLE, MODE, Document, app, change, documents, finding, place, plan, stop


@given(documents())
def test_every_document_of_the_format_can_be_read(document: Document) -> None:
    assert jsonschema_rs.Draft202012Validator(schema()).is_valid(document)
    read = read_plan(document)
    assert [entry.name for entry in read.applications] == [app["name"] for app in document["applications"]]
    for action, total in (("change", "change"), ("none", "unchanged"), ("cannot-verify", "cannotVerify")):
        assert read.count(action) == document["totals"][total]


def test_what_the_engine_writes_can_be_read(project: Project) -> None:
    read = read_plan(project.json("plan", "dev"))
    assert [(entry.name, entry.risk) for entry in read.applications] == [
        ("classroom", Severity.MEDIUM),
        ("support-desk", None),
        ("video-call", Severity.MEDIUM),
    ]
    (mode,) = [found for found in read.applications[0].changes if found.path == MODE]
    assert (mode.before, mode.after, mode.layer) == ("manual", "auto", Layer.APPLICATION)
    assert mode.origin == Location("environments/dev/apps/classroom.yaml", 9, 9)
    assert (mode.causes, read.base, read.causes_known) == ((ChangeCause.UNKNOWN,), None, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (7, "7"),
        ("10s", "10s"),
        (["mp4", "hls"], "[mp4, hls]"),
        ("(not set)", "(not set)"),
    ],
)
def test_a_value_is_one_line_of_spec_text(value: object, text: str | None) -> None:
    (entry,) = read_plan(plan(app("a", change(IDLE, value, value)))).applications
    assert (entry.changes[0].before, entry.changes[0].after) == (text, text)


@pytest.mark.parametrize(
    ("path", "after"),
    [
        (f"{SETTINGS}/callback/keyRef", "s3cret"),
        (f"{SETTINGS}/storage/cos/secretKeyRef", "vault:KEY"),
        ("/of/nobody", "env:KEY"),
    ],
)
def test_a_secret_and_what_no_table_knows_are_hidden(path: str, after: str) -> None:
    """A console's word (before) may be anything, and so may what is no reference."""
    unseen = [{"path": path, "after": after, "reason": "is never shown"}]
    read = read_plan(plan(app("a", change(path, "env:OLD", after), cannotVerify=unseen)))
    (entry,) = read.applications
    assert (entry.changes[0].before, entry.changes[0].after, entry.unverified[0].after) == (HIDDEN, HIDDEN, HIDDEN)
    assert "env:" not in repr(read)


def test_what_a_console_says_is_cut_and_what_a_spec_says_is_not() -> None:
    """People type what the spec says; a console may say megabytes."""
    (entry,) = read_plan(
        plan(app("a", change(f"{SETTINGS}/storage/vod/procedure", "x" * 10**6, "y" * 300)))
    ).applications
    assert (entry.changes[0].before, entry.changes[0].after) == (f"{'x' * 199}…", "y" * 300)


def test_drift_is_apart_from_what_the_specs_ask_for() -> None:
    both = change(MODE, "auto", "manual", "this-change", "drift")
    (entry,) = read_plan(plan(app("a", change(IDLE, "300s", "5s", "drift"), both))).applications
    assert ([found.path for found in entry.drift], [found.path for found in entry.proposed]) == ([IDLE], [MODE])


def test_the_gravest_consequence_is_an_applications_risk() -> None:
    standing = finding("REC051", "medium", "is no consequence of this plan")
    quiet = change(IDLE, "5s", "6s")
    read = read_plan(plan(stop("a"), app("b", quiet, findings=[standing]), app("c", findings=[standing])))
    assert [entry.risk for entry in read.applications] == [Severity.HIGH, Severity.LOW, None]


def test_an_intent_counts_until_its_last_day() -> None:
    written = {"reason": "moved", "expires": "2026-11-22", "origin": place("f", 3)}
    found = finding("stop-recording", "high", "m", acknowledged=written)
    document = plan(stop("a", findings=[found]), stop("b"))
    meant, surprise = read_plan(document).all_findings
    assert (meant.stops(None), meant.stops("2026-11-22"), meant.stops("2026-11-23")) == (False, False, True)
    assert (surprise.stops(None), surprise.stops("2026-11-22")) == (True, True)
    assert read_plan(document).day is None
    assert read_plan(seal(document, datetime(2026, 11, 22, 23, tzinfo=UTC))).day == "2026-11-22"


def test_the_base_is_told() -> None:
    assert read_plan(plan()).base == Base("main", "0" * 40, True)
    assert read_plan(plan()).causes_known


def test_what_is_measured_is_a_plan() -> None:
    assert jsonschema_rs.Draft202012Validator(schema()).is_valid(plan_of(60))

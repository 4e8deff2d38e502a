"""The runbook as people read it, kept as golden text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from provisioner.cli.runbook_walk import specs_of
from provisioner.console.runbook import observations
from provisioner.console.runbook.labels import labels_of
from provisioner.console.runbook.runbook_driver import RunbookConsole
from provisioner.reconcile.intake.attest import confirmed
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import Plan, make_plan
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.plan.terminal import render_drift, render_plan
from provisioner.report.runbook.runbook import render_runbook
from provisioner.report.runbook.runbook_prompt import render_step
from provisioner.report.runbook.runbook_steps import runbook_steps
from provisioner.specs.documents.observation import Observation
from tests.project import Project

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CALL = "environments/prod/apps/video-call.yaml"
KEYED = "settings:\n  callback: {url: 'https://example.com/x', keyRef: env:REC_KEY}"


@pytest.fixture
def prod(project: Project) -> Project:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    return project


def attest(prod: Project, name: str, **seen: Value | None) -> None:
    app = next(app for app in prod.environment("prod").applications if app.name == name)
    named = {f"/recording/{path}": value for path, value in seen.items()}
    values = confirmed(app, named, ())
    stated = Observation(name, app.sdk_app_id, "Ada <ada@example.com>", NOON, NOON + timedelta(days=30), values)
    observations.store(prod.root, "prod", stated)


def plan(prod: Project, *, in_force: bool = False) -> Plan:
    environment = prod.environment("prod")
    console = RunbookConsole(environment, prod.root, lambda: NOON + timedelta(days=3, hours=5))
    return make_plan(environment, console, in_force=in_force)


def runbook(prod: Project) -> str:
    made = plan(prod)
    return render_runbook(read_plan(document(made)), labels_of(prod.environment("prod"), prod.root), specs_of(made))


def test_one_value_in_use_one_recording_to_stop_one_application_never_seen(
    prod: Project, snapshot: SnapshotAssertion
) -> None:
    attest(prod, "video-call")
    attest(prod, "support-desk", mode="auto")
    prod.edit(CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s}")
    prod.edit("environments/prod/environment.yaml", "settings:", KEYED)
    assert runbook(prod) == snapshot
    assert render_plan(read_plan(document(plan(prod)))) == snapshot(name="plan")
    assert render_drift(read_plan(document(plan(prod, in_force=True)), {})) == snapshot(name="drift")


def test_the_chinese_console_in_its_own_words(prod: Project, snapshot: SnapshotAssertion) -> None:
    prod.edit("environments/prod/environment.yaml", "site: intl", "site: cn")
    attest(prod, "video-call", enabled=False)
    attest(prod, "support-desk")
    attest(prod, "classroom")
    assert runbook(prod) == snapshot


def test_the_order_is_the_consoles(prod: Project) -> None:
    made = read_plan(document(plan(prod)))
    labels = labels_of(prod.environment("prod"), prod.root)
    paths = [[row.path for row in step.rows] for entry in made.applications for step in runbook_steps(entry, labels)]
    call = paths[-3:]
    assert call[0] == ["/recording/enabled"]
    assert all(path.startswith(SETTINGS) for path in call[1])
    assert call[2] == ["/recording/mode"]


def test_switching_off_is_a_step_only_for_what_was_seen_to_be_on(prod: Project) -> None:
    prod.edit("environments/prod/apps/video-call.yaml", "enabled: true", "enabled: false")
    assert "**See that recording is off.** Nobody has confirmed what this shows now." in runbook(prod)
    attest(prod, "video-call", enabled=True)
    assert "**Switch recording off.** Only old-type recording can be switched off." in runbook(prod)


def test_what_a_spec_holds_cannot_become_markup(prod: Project) -> None:
    hostile = '"@acme/x | <b> `` | [x](https://evil.example)"'
    prod.edit("environments/prod/apps/video-call.yaml", '"@acme/calls"', hostile)
    tokens = MarkdownIt("commonmark").enable("table").parse(runbook(prod))
    children = [child for token in tokens for child in token.children or ()]
    assert not [child for child in children if child.type == "html_inline"]
    assert all("evil" not in str(child.attrs) for child in children)
    assert any("evil.example" in child.content for child in children if child.type == "code_inline")


def test_the_page_saves_every_field_so_every_field_is_listed(prod: Project, snapshot: SnapshotAssertion) -> None:
    """What is to be set is marked, what is kept stands with its value, and a secret is named by nobody."""
    prod.edit("environments/prod/environment.yaml", "settings:", KEYED)
    attest(prod, "classroom")
    prod.edit("environments/prod/apps/classroom.yaml", "maxIdleTime: 2m", "maxIdleTime: 3m")
    made = plan(prod)
    (entry,) = [one for one in read_plan(document(made)).applications if one.name == "classroom"]
    (step,) = runbook_steps(entry, labels_of(prod.environment("prod"), prod.root), specs_of(made)["classroom"])
    assert [row.path for row in step.rows if not row.kept] == [f"{SETTINGS}/maxIdleTime"]
    (secret,) = [row for row in step.rows if FIELDS[row.path].secret]
    assert (secret.path, secret.now, secret.to) == (f"{SETTINGS}/callback/keyRef", None, "")
    assert all(row.now == row.to for row in step.rows if row.kept and row is not secret)
    listed = {row.path for row in step.rows}
    wanted = prod.environment("prod").applications[0].values
    named = {path for path in wanted if path.startswith(f"{SETTINGS}/") and not FIELDS[path].secret}
    assert {path for path in named if wanted[path] is not None} <= listed
    shown = render_step(1, 1, step)
    assert max(map(len, shown.splitlines())) <= 80
    assert shown == snapshot


def test_where_nobody_has_looked_nothing_is_said_to_be_kept(prod: Project) -> None:
    made = plan(prod)
    entry = read_plan(document(made)).applications[0]
    steps = runbook_steps(entry, labels_of(prod.environment("prod"), prod.root), specs_of(made)[entry.name])
    assert not any(row.kept for step in steps for row in step.rows)

"""What is left to people as one issue an owner: read as Markdown, bounded, and ticked off by people."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from provisioner.console.runbook.labels import ConsoleLabels, load
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.causes import ChangeCause
from provisioner.reconcile.plan.cost import CostEffect, Direction
from provisioner.report.plan.plan_view import ApplicationView, Confirmation, FieldChange, PlanView
from provisioner.report.runbook.checklist import CHECKLIST, Checklist, checklists, keep_ticks, render_done
from tests.conftest import ROOT

HOSTILE = "x`</code> @all [y](http://a) #1\n- [x] **z**\x1b[2J\u202e|"
ADA = Confirmation("Ada", "2026-01-31T12:00:00Z", "2026-03-02T12:00:00Z")
IDLE = "/recording/settings/maxIdleTime"


@pytest.fixture(scope="module")
def labels() -> ConsoleLabels:
    return load("intl", ROOT)


def application(name: str, owner: str = "@acme/calls", to: str = "20s", **instead: object) -> ApplicationView:
    change = FieldChange(IDLE, "5s", to, Location("apps/a.yaml", 1, 1), None, (ChangeCause.UNKNOWN,))
    entry = ApplicationView(
        name, 20000101, owner, "apps/a.yaml", "change", ADA, (change,), (), None, CostEffect(Direction.SAME, ()),
        (), None,
    )  # fmt: skip
    return replace(entry, **instead)  # type: ignore[arg-type]


def plan(*applications: ApplicationView) -> PlanView:
    return PlanView(
        "prod", "environment.yaml", "production", "intl", "TRTC console, as people confirmed it", None, None, (),
        applications, None, None, None, {},
    )  # fmt: skip


def only(found: list[Checklist]) -> Checklist:
    (one,) = found
    return one


def boxes(text: str) -> list[str]:
    return re.findall(r"^\s*(?:-|\d+\.) (\[.\]) ", text, re.MULTILINE)


def test_what_is_left_as_its_owner_reads_it(labels: ConsoleLabels, snapshot: SnapshotAssertion) -> None:
    entries = [
        application("video-call"),
        application("one-to-one", confirmed=None),
        application("support", "@ACME/Calls"),
        application("done", changes=()),
    ]
    found = checklists(plan(*entries), labels, {}, {"support": "stop-recording: nobody is recorded. Write an intent."})
    assert [(one.owner, one.applications) for one in found] == [("@acme/calls", 3)]
    assert only(found).body == snapshot


def test_nothing_left_makes_no_list(labels: ConsoleLabels) -> None:
    assert checklists(plan(application("done", changes=())), labels, {}, {}) == []
    assert render_done("prod", "https://ci.example/1").endswith("Closed.")


def test_a_hostile_name_stays_a_word(labels: ConsoleLabels) -> None:
    change = replace(application("a").changes[0], path="/recording/settings/storage/vod/procedure", after=HOSTILE)
    entry = application(HOSTILE, HOSTILE, changes=(change,), confirmed=replace(ADA, who=HOSTILE))
    body = only(checklists(plan(entry, replace(entry, name="b")), labels, {}, {"b": HOSTILE})).body
    assert boxes(body) == ["[ ]"] * 6
    shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    assert set(re.findall('href="([^"]*)"', shown)) == {labels.start, labels.address(20000101)}
    assert "<strong>z" not in shown
    assert not re.search("\x1b|\u202e", body)


def test_however_many_applications_it_keeps_its_size_and_says_what_it_leaves_out(labels: ConsoleLabels) -> None:
    some = only(checklists(plan(*(application(f"a{number}") for number in range(200))), labels, {}, {})).body
    assert len(some.encode()) < CHECKLIST
    assert len(re.findall(r"^- \[ \]", some, re.MULTILINE)) == 200  # every application has its box
    assert re.search(r"\*Left out for length, the lowest risk first: \d+ lists of steps\.\*", some)
    many = only(checklists(plan(*(application(f"a{number}") for number in range(5_000))), labels, {}, {}))
    assert many.applications == 5_000
    assert len(many.body.encode()) < CHECKLIST
    assert re.search(r"Left out for length, the lowest risk first: [\d,]+ applications", many.body)


@given(st.lists(st.sampled_from(["20s", "30s"]), min_size=1, max_size=4), st.data())
def test_ticks_stay_where_the_same_is_to_be_done(wanted: list[str], data: st.DataObject) -> None:
    labels = load("intl", ROOT)
    before = only(checklists(plan(*(application(f"a{n}", to=to) for n, to in enumerate(wanted))), labels, {}, {})).body
    chosen = data.draw(st.lists(st.booleans(), min_size=len(boxes(before)), max_size=len(boxes(before))))
    marks = iter(chosen)
    ticked = re.sub(r"\[ \]", lambda _: "[x]" if next(marks) else "[ ]", before)
    assert keep_ticks(ticked, before).strip() == ticked.strip()
    assert keep_ticks(before, before) == before
    assert keep_ticks("", before) == before
    changed = data.draw(st.integers(0, len(wanted) - 1))
    other = [application(f"a{n}", to="1m" if n == changed else to) for n, to in enumerate(wanted)]
    after = keep_ticks(ticked.replace("\n", "\r\n"), only(checklists(plan(*other), labels, {}, {})).body)
    of_each = len(boxes(before)) // len(wanted)
    expected = ["[x]" if tick else "[ ]" for tick in chosen]
    expected[changed * of_each : (changed + 1) * of_each] = ["[ ]"] * of_each
    assert boxes(after) == expected

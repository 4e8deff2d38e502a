"""Captures as hostile input, through everything that reads one: nothing breaks, nothing leaks, nothing is made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.console.learning.learner import Lesson
from provisioner.console.learning.scrub import scrubbed_text
from provisioner.console.learning.sheet import rounds
from provisioner.console.learning.study import binding_text, study
from provisioner.foundation.clock import system_clock
from provisioner.report.console.learning import render_lesson
from tests.cli.test_attest_capture import APPS, visit
from tests.console.learning import bindings
from tests.console.learning.hostile import CANARY, CASES, ESCAPES
from tests.console.learning.test_learner import captured
from tests.project import Project

FORBIDDEN = (CANARY, *ESCAPES[:1], "\u202e", "\ud800", "Traceback", "internal error")
TAUGHT = {"cut off", "texts in texts in texts", "numbers as texts", "escapes", "strange names", "strange codes"}
TAUGHT |= {"old times", "many"}
SHOWN = {"texts in texts in texts", "strange names", "strange codes", "many"}
"""Of these every application's page is still shown."""


def told(lesson: Lesson) -> object:
    return {**lesson.binding, "captures": ()}, lesson.rounds, lesson.open, lesson.contradictions


@pytest.mark.parametrize("case", CASES)
def test_learning_breaks_on_nothing_and_a_clean_capture_teaches_the_same(case: str, tmp_path: Path) -> None:
    (tmp_path / "broken.har").write_bytes(CASES[case](captured("default")[2]))
    found = study([tmp_path / "broken.har"], bindings.default(), rounds(), system_clock)
    assert bool(found.lesson.evidence) == (case in TAUGHT)
    binding = binding_text(found.lesson.binding, "ours")
    clean, _ = scrubbed_text(found.calls, found.lesson)
    for text in (binding, clean, render_lesson(found, None)):
        assert not [word for word in FORBIDDEN if word in text]
    (tmp_path / "clean.har").write_text(clean, encoding="utf-8")
    again = study([tmp_path / "clean.har"], bindings.default(), rounds(), system_clock)
    if case not in {"two hosts", "escapes"}:  # the clean one has one host, and no names but the sheet's
        assert told(again.lesson) == told(found.lesson)


def of_today(project: Project, case: str) -> None:
    project.edit("environments/prod/environment.yaml", "console: {driver: embedded}", "console: {driver: runbook}")
    bindings.write(project.root, bindings.own_template())
    then = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    entries = [{**entry, "startedDateTime": then} for entry in visit()]
    (project.root / "broken.har").write_bytes(CASES[case](entries))


@pytest.mark.parametrize("case", CASES)
def test_what_a_broken_capture_does_not_show_is_attested_of_nobody(case: str, project: Project) -> None:
    of_today(project, case)
    source = ("--from", "broken.har", "--binding", "bindings/template.yaml")
    for command in ("attest", "import", "unmanaged"):
        ran = project.run(command, "prod", *source)
        assert not [word for word in FORBIDDEN if word in ran.out + ran.err], ran.out + ran.err
    attested = {path.stem for path in (project.root / "environments/prod/observations").glob("*.yaml")}
    assert attested == (set(APPS.values()) - {"webinar"} if case in SHOWN else attested & {"classroom", "video-call"})
    written = [path.read_bytes() for path in (project.root / "environments").rglob("*.yaml")]
    assert not any(CANARY.encode() in text or b"\x1b" in text for text in written)
    assert project.run("validate").code == 0

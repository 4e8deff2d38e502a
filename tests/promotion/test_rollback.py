"""Back to a record, as a change forward."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from provisioner.cli import promote
from provisioner.promotion.rollback import CANNOT
from tests.project import Project
from tests.promotion.support import CALL, DESK, PROD_CALL, PROD_DESK, open_gates, promoted, records, settings, ticking

WHY = ("--reason", "calls end too late")


@pytest.fixture
def history(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two promotions of calls: 20 s of idle time, then 30 s."""
    monkeypatch.setattr(promote, "system_clock", ticking())
    open_gates(monkeypatch)
    settings(project, CALL, "maxIdleTime: 20s")
    promoted(project, "dev", "prod")
    project.edit(CALL, "20s", "30s")
    promoted(project, "dev", "prod")
    return records(project)


def test_a_rollback_restores_what_the_record_left_behind_and_holds_it(project: Project, history: list[str]) -> None:
    text = (project.root / PROD_CALL).read_text()
    ran = promoted(project, "--to", history[0], *WHY)
    assert ran.code == 0
    hold = 'hold:\n  reason: calls end too late\n  since: "2026-01-31"\n'
    assert (project.root / PROD_CALL).read_text() == text.replace("30s", "20s") + hold
    assert ran.err.splitlines()[0] == CANNOT
    assert "Roll video-call back in prod" in ran.out
    assert project.run("validate").code == 0
    assert len(records(project)) == 3
    assert "back to" in project.run("promotions", "prod").out.splitlines()[-3]


def test_nothing_is_promoted_again_until_the_hold_is_taken_away(project: Project, history: list[str]) -> None:
    promoted(project, "--to", history[0], *WHY)
    ran = promoted(project, "dev", "prod")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "dev -> prod: 0 to promote, 1 held.")
    text = (project.root / PROD_CALL).read_text()
    project.write(PROD_CALL, text.partition("hold:")[0])
    assert promoted(project, "dev", "prod").code == 0
    assert "maxIdleTime: 30s" in (project.root / PROD_CALL).read_text()


def test_what_belongs_to_the_environment_stays(project: Project, history: list[str]) -> None:
    project.edit(PROD_CALL, '"@acme/calls"', '"@acme/voice"')
    assert promoted(project, "--to", history[0], *WHY).code == 0
    assert '"@acme/voice"' in (project.root / PROD_CALL).read_text()


def test_a_hotfix_since_then_stays(project: Project, history: list[str]) -> None:
    project.edit(PROD_CALL, "expectedParticipants: 2", "expectedParticipants: 4")
    ran = promoted(project, "--to", history[0], *WHY)
    text = (project.root / PROD_CALL).read_text()
    assert "expectedParticipants: 4" in text
    assert "maxIdleTime: 20s" in text
    assert "stays as prod has it: recording.expectedParticipants" in ran.out


def test_an_application_that_is_as_the_record_left_it_is_not_held(project: Project, history: list[str]) -> None:
    promoted(project, "--to", history[0], *WHY)
    assert "hold" not in (project.root / PROD_DESK).read_text()
    ran = promoted(project, "--to", history[0], *WHY)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "dev -> prod: 0 to restore.")


def test_a_template_that_is_not_what_it_was_stops_it(project: Project, history: list[str]) -> None:
    project.edit("templates/call/v1.yaml", "2h", "3h")
    (project.root / "templates/templates.lock").unlink()
    ran = promoted(project, "--to", history[0], *WHY)
    assert ran.code == 1
    assert f"{history[0]}: call@v1 is not what it was when this was promoted; nothing was written" in ran.err


def test_only_the_named_application_goes_back(project: Project, history: list[str]) -> None:
    settings(project, DESK, "maxIdleTime: 40s")
    promoted(project, "dev", "prod")
    ran = promoted(project, "--to", history[0], "--app", "video-call", *WHY)
    assert (ran.code, "maxIdleTime: 20s" in (project.root / PROD_CALL).read_text()) == (0, True)
    assert "maxIdleTime: 40s" in (project.root / PROD_DESK).read_text()
    assert "hold" not in (project.root / PROD_DESK).read_text()


def test_names_that_the_record_does_not_have_are_told(project: Project, history: list[str]) -> None:
    ran = promoted(project, "--to", history[0], "--app", "video-cal", *WHY)
    assert 'the record has no application "video-cal" (did you mean "video-call"?)' in ran.err


def test_records_of_one_second_keep_their_order(
    project: Project, history: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
    monkeypatch.setattr(promote, "system_clock", lambda: moment)
    promoted(project, "--to", history[0], *WHY)
    assert records(project)[:-1] == history
    assert project.json("promotions", "prod")[-1]["when"] > project.json("promotions", "prod")[-2]["when"]

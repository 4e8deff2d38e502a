"""Back to a record, as a change forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from provisioner.cli import promote
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.promotion.merge import Resolution
from provisioner.promotion.promote import Promotion, Stamp
from provisioner.promotion.rollback import CANNOT, restore
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.specs.documents.promotion_record import Promoted, PromotionRecord
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.workspace import Workspace
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


# The same by values: records as a promotion leaves them, without one.

WHEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
STAMP = Stamp("ann", datetime(2026, 2, 3, 23, tzinfo=UTC), "f" * 40)
IDLE = "/recording/settings/maxIdleTime"
VIDEO: dict[str, Any] = {
    "/recording/enabled": True,
    "/recording/mode": "auto",
    "/recording/expectedParticipants": 2,
    "/recording/template": "call@v1",
}


def record(
    day: int,
    leaves: dict[str, Any] | None = None,
    moved: dict[str, Any] | None = None,
    name: str = "video-call",
    **more: Any,
) -> PromotionRecord:
    """A promotion of one application on a day of January."""
    share = Promoted("call-in-dev", moved or {}, {"/recording/mode": "auto"}, leaves or VIDEO)
    known = {"templates": {}, **more}
    return PromotionRecord("prod", "dev", "0" * 40, WHEN.replace(day=day), "bob", {name: share}, **known)


def going_back(project: Project, to: PromotionRecord, *later: PromotionRecord, names: Sequence[str] = ()) -> Promotion:
    for each in (to, *later):
        project.write(each.file, each.data.decode())
    return restore(Workspace(project.root), to, names, STAMP, "calls end too late")


def said(promotion: Promotion, file: str = PROD_CALL) -> str:
    change = promotion.changes[file]
    assert change.after is not None
    return change.after.decode()


HELD = 'hold:\n  reason: calls end too late\n  since: "2026-02-03"\n'


def idle(project: Project, value: str, file: str = PROD_CALL, pin: str = "call@v1") -> str:
    """The application's file, with an idle time of its own."""
    project.edit(file, f"template: {pin}", f"template: {pin}\n  settings: {{maxIdleTime: {value}}}")
    return (project.root / file).read_text()


def test_what_promotions_moved_since_goes_back_and_is_held(project: Project) -> None:
    text = idle(project, "30s")
    to = record(1, {**VIDEO, IDLE: "20s"})
    done = going_back(project, to, record(2, moved={IDLE: {"before": "20s", "after": "30s"}}))
    assert dict(done.changes) == {
        PROD_CALL: FileChange(text.encode(), (text.replace("30s", "20s") + HELD).encode())
    } | {path: change for path, change in done.changes.items() if path != PROD_CALL}
    assert (done.source, done.target.name, done.conflicts, done.held, done.new_applications) == (
        "dev",
        "prod",
        {},
        {},
        (),
    )
    assert [app.setting("maxIdleTime") for app in done.after.applications if app.name == "video-call"] == [
        Quantity.parse("20s", Dimension.TIME)
    ]
    (move,) = done.moves.values()
    assert (move.source.name, move.target.name) == ("video-call", "video-call")
    assert done.record == PromotionRecord(
        "prod",
        "dev",
        "f" * 40,
        STAMP.when,
        "ann",
        {
            "video-call": Promoted(
                "call-in-dev",
                {IDLE: {"before": "30s", "after": "20s"}},
                {"/recording/mode": "auto"},
                {**VIDEO, IDLE: "20s"},
            )
        },
        {},
        restores=to.name,
    )


def test_what_the_target_changed_itself_stays(project: Project) -> None:
    text = idle(project, "30s")
    to = record(1, {**VIDEO, IDLE: "20s", "/recording/expectedParticipants": 4})
    done = going_back(project, to, record(2, moved={"/recording/expectedParticipants": {"before": 4, "after": 2}}))
    assert said(done) == text.replace("expectedParticipants: 2", "expectedParticipants: 4") + HELD
    (move,) = done.moves.values()
    assert {step.path: step.resolution for step in move.steps} == {
        **dict.fromkeys(VIDEO, Resolution.SAME),
        "/recording/expectedParticipants": Resolution.MOVES,
        IDLE: Resolution.KEPT,
    }
    assert [(step.source, step.target, step.base, step.decided) for step in move.having(Resolution.KEPT)] == [
        ("20s", "30s", None, False)
    ]
    assert done.record.applications["video-call"].leaves == {**VIDEO, "/recording/expectedParticipants": 4, IDLE: "30s"}


def test_what_was_added_since_goes_and_what_was_taken_away_comes_back(project: Project) -> None:
    idle(project, "30s")
    moved = {IDLE: {"after": "30s"}, "/recording/settings/media": {"before": "audio"}}
    done = going_back(project, record(1, {**VIDEO, "/recording/settings/media": "audio"}), record(2, moved=moved))
    assert "media: audio" in said(done)
    assert "maxIdleTime" not in said(done)
    steps = done.record.applications["video-call"].moved
    assert steps == {"/recording/settings/media": {"after": "audio"}, IDLE: {"before": "30s"}}


@pytest.mark.parametrize(
    ("since", "goes"),
    [
        ("/recording/settings/mixed", True),
        ("/recording/settings/mixed/maxUsers", True),
        ("/recording/settings/mixed/maxUsers/any", True),
        ("/recording/settings/mixed/max", False),
        ("/recording/settings/mixed/maxUsersOfAll", False),
        ("/recording/settings/single", False),
    ],
)
def test_a_block_that_moved_takes_its_settings_along(project: Project, since: str, goes: bool) -> None:
    project.edit(PROD_CALL, "template: call@v1", "template: call@v1\n  settings: {mixed: {maxUsers: 3}}")
    to = record(1, {**VIDEO, "/recording/settings/mixed/maxUsers": 4})
    done = going_back(project, to, record(2, moved={since: {}}))
    assert (PROD_CALL in done.changes) is goes


def test_only_later_records_of_the_same_application_count(project: Project) -> None:
    idle(project, "30s")
    moved = {IDLE: {"before": "20s", "after": "30s"}}
    to = record(5, {**VIDEO, IDLE: "20s"})
    done = going_back(project, to, record(4, moved=moved), record(6, moved=moved, name="classroom"))
    assert (done.moves, dict(done.changes), done.empty) == ({}, {}, True)


def test_only_the_named_applications_go_back(project: Project) -> None:
    idle(project, "30s")
    idle(project, "40s", PROD_DESK)
    desk = {
        **VIDEO,
        "/recording/mode": "manual",
        "/recording/backendRecords": True,
        "/recording/expectedParticipants": 3,
    }
    both = {
        "video-call": Promoted("a", {}, {}, {**VIDEO, IDLE: "20s"}),
        "support-desk": Promoted("b", {}, {}, {**desk, IDLE: "20s"}),
        "long-gone": Promoted("c", {}, {}, VIDEO),
    }
    since = {
        name: Promoted("a", {IDLE: {"before": "20s", "after": "30s"}}, {}, VIDEO)
        for name in ("video-call", "support-desk")
    }
    to = replace(record(1), applications=both)
    later = replace(record(2), applications=since)
    assert [*going_back(project, to, later).moves] == ["video-call", "support-desk"]
    assert [*going_back(project, to, later, names=["support-desk"]).moves] == ["support-desk"]
    assert [*going_back(project, to, later, names=["long-gone"]).moves] == []
    with pytest.raises(UsageError) as refused:
        going_back(project, to, later, names=["support-desk", "video-cal\x1b"])
    assert refused.value.what == ('the record has no application "video-cal\\u001b" (did you mean "video-call"?)')
    assert refused.value.where == to.file


def test_an_application_is_found_by_a_name_that_it_had(project: Project) -> None:
    idle(project, "30s")
    project.edit(PROD_CALL, "owner:", "aliases: [old-call]\nowner:")
    moved = {IDLE: {"before": "20s", "after": "30s"}}
    to = record(1, {**VIDEO, IDLE: "20s"}, name="old-call")
    done = going_back(project, to, record(2, moved=moved, name="old-call"))
    assert [*done.moves] == [*done.record.applications] == ["video-call"]
    assert done.record.applications["video-call"].source == "call-in-dev"


def test_a_version_that_is_another_now_stops_it(project: Project) -> None:
    idle(project, "30s")
    later = record(2, moved={IDLE: {"before": "20s", "after": "30s"}})
    other = "sha256:" + "0" * 64
    with pytest.raises(ConflictError) as refused:
        going_back(project, to := record(1, {**VIDEO, IDLE: "20s"}, templates={"call@v1": other}), later)
    assert refused.value.what == "call@v1 is not what it was when this was promoted; nothing was written"
    assert (refused.value.where, refused.value.fix) == (to.file, "Take the version back from Git, or pin another one.")
    gone = going_back(project, record(1, {**VIDEO, IDLE: "20s"}, templates={"gone@v7": other}), later)
    assert gone.record.templates == {"gone@v7": other}  # nobody pins it any more


def test_production_locks_what_it_pins_once_it_is_back(project: Project) -> None:
    idle(project, "30s")
    (project.root / "templates/templates.lock").unlink(missing_ok=True)
    done = going_back(
        project, record(1, {**VIDEO, IDLE: "20s"}), record(2, moved={IDLE: {"before": "20s", "after": "30s"}})
    )
    lock = done.changes["templates/templates.lock"].after
    assert lock is not None
    assert b"call@v1" in lock

"""A spec that is gone: what stops, what needs to be acknowledged first, and where nothing may be stopped."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.journal import UNREADABLE, JournalEntry
from provisioner.reconcile.apply.last_applied import last_applied
from provisioner.reconcile.plan.removal import Managed
from provisioner.report.plan.formats import formats_of
from tests.project import Project
from tests.provider.engine import Engine

CALL = 20001001
SPEC = "environments/dev/apps/video-call.yaml"
ENVIRONMENT = "environments/dev/environment.yaml"
ALLOWED = ("--allow", "stop-recording=video-call")


def mode(project: Project) -> str:
    return project.console("dev").application(CALL).mode


def apply(project: Project, *options: str) -> tuple[int, str]:
    ran = project.run("apply", "dev", "--yes", *options)
    return ran.code, ran.out + ran.err


def on_remove(project: Project, word: str) -> None:
    text = (project.root / SPEC).read_text()
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("onRemove:"))
    project.write(SPEC, kept.replace("recording:\n", f"onRemove: {word}\nrecording:\n", 1))


def acknowledge(project: Project, name: str, days: int = 1) -> None:
    last = date.today() + timedelta(days=days)  # noqa: DTZ011 - a day either way
    text = (project.root / ENVIRONMENT).read_text()
    project.write(ENVIRONMENT, f"{text}removed: {{{name}: {{reason: Nobody calls any more, expires: {last}}}}}\n")


@pytest.fixture
def applied(project: Project) -> Project:
    """A project whose video-call was applied with `onRemove: stop-auto`."""
    on_remove(project, "stop-auto")
    assert apply(project)[0] == 0
    assert mode(project) == "auto"
    return project


@pytest.fixture
def gone(applied: Project) -> Project:
    """The same with its file removed."""
    (applied.root / SPEC).unlink()
    return applied


def test_a_removal_is_a_change_of_the_plan_and_high(gone: Project) -> None:
    plan = gone.json("plan", "dev")
    (entry,) = [app for app in plan["applications"] if app["name"] == "video-call"]
    assert (entry["sdkAppId"], entry["action"], entry["removed"], entry["owner"]) == (
        CALL,
        "change",
        True,
        "@acme/calls",
    )
    assert [(c["path"], c["before"], c["after"]) for c in entry["changes"]] == [("/recording/mode", "auto", "manual")]
    (finding,) = entry["findings"]
    assert (finding["id"], finding["severity"], finding["acknowledged"]) == ("stop-recording", "high", None)
    assert finding["message"].startswith("Its spec is gone, and it said onRemove: stop-auto. Rooms created after")
    assert plan["totals"]["change"] == 1
    assert CALL not in [app["sdkAppId"] for app in plan["unmanaged"]]


@pytest.mark.parametrize("form", formats_of("report"))
def test_every_view_shows_it(gone: Project, form: str) -> None:
    gone.run("plan", "dev", "--out", "plan.json")
    shown = gone.run("report", "plan.json", "--format", form)
    assert shown.code == 0, shown.err
    assert "video-call" in shown.out or form == "terraform"  # counts alone


def test_it_needs_to_be_acknowledged(gone: Project) -> None:
    code, told = apply(gone)
    assert (code, mode(gone)) == (1, "auto")
    assert "Refused; nothing was written" in told
    assert f"write removed: {{video-call: {{reason: …, expires: YYYY-MM-DD}}}} in {ENVIRONMENT}" in told
    assert apply(gone, "--allow", "stop-recording=classroom")[0] == 1
    assert mode(gone) == "auto"
    acknowledge(gone, "classroom")  # an acknowledgement of another application lets nothing pass
    assert apply(gone)[0] == 1
    assert mode(gone) == "auto"


def test_an_expired_acknowledgement_is_none(gone: Project) -> None:
    acknowledge(gone, "video-call", days=-2)
    code, told = apply(gone)
    assert (code, mode(gone)) == (1, "auto")
    assert "the acknowledgement expired after" in told


@pytest.mark.parametrize("way", ["--allow", "removed"])
def test_acknowledged_it_stops_once_and_for_all(gone: Project, way: str) -> None:
    before = gone.console("dev").application(CALL)
    if way == "removed":
        acknowledge(gone, "video-call")
    code, told = apply(gone, *(ALLOWED if way == "--allow" else ()))
    assert code == 0, told
    after = gone.console("dev").application(CALL)
    assert (after.enabled, after.mode, after.template) == (True, "manual", before.template)
    assert gone.run("plan", "dev", "--exit-code").code == 0
    if way == "removed":  # left behind, it would let the next one pass unread
        assert "no stop-recording of video-call for the intent to acknowledge" in gone.run("plan", "dev").words
    gone.console("dev").edit(CALL, mode="auto")  # somebody else's now: nothing manages it
    assert gone.run("plan", "dev", "--exit-code").code == 0


def test_what_said_retain_stays_untouched(project: Project) -> None:
    assert apply(project)[0] == 0
    (project.root / SPEC).unlink()
    assert project.run("plan", "dev", "--exit-code").code == 0
    assert apply(project, "--allow", "max-changes")[0] == 0
    assert mode(project) == "auto"


def test_what_was_said_last_counts_although_nothing_was_written_for_it(applied: Project) -> None:
    on_remove(applied, "retain")
    assert apply(applied)[0] == 0  # writes nothing to the console
    (applied.root / SPEC).unlink()
    assert applied.run("plan", "dev", "--exit-code").code == 0
    assert mode(applied) == "auto"


def test_what_was_never_applied_does_not_count(project: Project) -> None:
    assert apply(project)[0] == 0
    on_remove(project, "stop-auto")
    (project.root / SPEC).unlink()
    assert project.run("plan", "dev", "--exit-code").code == 0


def test_a_rename_stops_nothing(applied: Project) -> None:
    text = (applied.root / SPEC).read_text().replace("name: video-call", "name: phone")
    (applied.root / SPEC).unlink()
    applied.write("environments/dev/apps/phone.yaml", text)
    assert applied.run("plan", "dev", "--exit-code").code == 0


@pytest.mark.parametrize("reused", ["name", "aliases"])
def test_an_application_whose_name_is_reused_is_left_alone_in_words(applied: Project, reused: str) -> None:
    text = (applied.root / SPEC).read_text().replace(str(CALL), "20001004")
    (applied.root / SPEC).unlink()
    if reused == "aliases":
        text = text.replace("name: video-call", "name: phone\naliases: [video-call]")
    applied.write(f"environments/dev/apps/{'phone' if reused == 'aliases' else 'video-call'}.yaml", text)
    told = applied.run("plan", "dev").words
    assert "REC094" in told
    assert "it is left as it is, because another SDKAppId has its name now" in told
    apply(applied, *ALLOWED)
    assert mode(applied) == "auto"


def test_an_application_that_another_environment_manages_is_never_stopped(gone: Project) -> None:
    shutil.copytree(gone.root / "environments/dev", gone.root / "environments/qa")
    gone.edit("environments/qa/environment.yaml", "name: dev ", "name: qa ")
    shutil.rmtree(gone.root / "environments/qa/apps")
    text = (gone.root / "environments/dev/apps/classroom.yaml").read_text()
    moved = text.replace("name: classroom", "name: video-call").replace("20001002", str(CALL))
    gone.write("environments/qa/apps/video-call.yaml", moved)
    assert gone.run("plan", "dev", "--exit-code").code == 0
    gone.edit("environments/qa/apps/video-call.yaml", "owner:", "ownr:")  # and where it cannot be read, nobody knows
    assert "not all specs can be read, and another environment's may be about it" in gone.run("plan", "dev").words
    assert apply(gone)[0] == 0
    assert mode(gone) == "auto"


def damage(project: Project, line: bytes) -> None:
    (first, *_) = sorted((project.root / ".provisioner/dev/journal").glob("*.jsonl"))
    lines = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join([lines[0], line, *lines[1:]]))


@pytest.mark.parametrize("line", [b"garbage\n", b"[]\n", b'{"event": 1, "at": ""}\n', b"\xff\n"])
def test_a_journal_that_cannot_be_read_stops_nobody(gone: Project, line: bytes) -> None:
    damage(gone, line)
    told = gone.run("plan", "dev", "--exit-code")
    assert told.code == 0
    assert "REC094" in told.words
    assert "the journal cannot be read" in told.words
    assert apply(gone, "--allow", "max-changes")[0] == 0
    assert mode(gone) == "auto"


def test_a_console_that_records_no_more_is_not_touched(gone: Project) -> None:
    gone.console("dev").edit(CALL, enabled=False, mode="manual")
    assert gone.run("plan", "dev", "--exit-code").code == 0
    assert apply(gone)[0] == 0
    assert gone.console("dev").application(CALL).enabled is False
    gone.console("dev").edit(CALL, enabled=True, mode="auto")  # it is forgotten: nobody manages it
    assert gone.run("plan", "dev", "--exit-code").code == 0


def test_a_choice_of_applications_leaves_it_alone(gone: Project) -> None:
    assert [app["name"] for app in gone.json("plan", "dev/classroom")["applications"]] == ["classroom"]
    assert gone.run("apply", "dev/classroom", "--yes").code == 0
    assert mode(gone) == "auto"


def test_drift_does_not_count_it(gone: Project) -> None:
    assert gone.run("drift", "dev", "--exit-code").code == 0


def test_a_sealed_plan_holds_it_and_another_one_does_not(applied: Project) -> None:
    applied.run("plan", "dev", "--out", "before.json")
    (applied.root / SPEC).unlink()
    refused = applied.run("apply", "--plan", "before.json", "--yes", *ALLOWED)
    assert (refused.code, mode(applied)) == (1, "auto")
    applied.run("plan", "dev", "--out", "plan.json")
    assert applied.run("verify", "plan.json").code == 0
    assert applied.run("apply", "--plan", "plan.json", "--yes").code == 1
    assert applied.run("apply", "--plan", "plan.json", "--yes", *ALLOWED).code == 0
    assert mode(applied) == "manual"


def test_a_write_that_could_not_be_recorded_is_healed(gone: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioner.reconcile.apply import journal

    record = journal.Run.record

    def killed(run: journal.Run, event: str, **details: object) -> None:
        if event == "applied":
            raise ProvisionerError("killed")
        record(run, event, **details)

    monkeypatch.setattr(journal.Run, "record", killed)
    assert gone.run("apply", "dev", "--yes", *ALLOWED).code == 1
    monkeypatch.undo()
    monkeypatch.chdir(gone.root)
    assert mode(gone) == "manual"
    assert apply(gone)[0] == 0
    gone.console("dev").edit(CALL, mode="auto")
    assert gone.run("plan", "dev", "--exit-code").code == 0


def test_both_engines_do_the_same(project: Project) -> None:
    engine = Engine(project.root, "dev")
    on_remove(project, "stop-auto")
    assert engine.up().code == 0
    (project.root / SPEC).unlink()
    refused = engine.up()
    assert (refused.code, refused.steps, mode(project)) == (32, {}, "auto")
    by_hand = apply(project)[1]
    assert refused.messages("error")[0].splitlines()[1] in by_hand  # in the same words
    acknowledge(project, "video-call")
    assert engine.up().code == 0
    assert mode(project) == "manual"
    assert project.run("plan", "dev", "--exit-code").code == 0


def test_what_pulumi_applied_the_journal_knows(project: Project) -> None:
    engine = Engine(project.root, "dev")
    assert engine.up().code == 0
    on_remove(project, "stop-auto")
    assert engine.up().code == 0  # changes an input, and nothing in the console
    (project.root / SPEC).unlink()
    assert [app["name"] for app in project.json("plan", "dev")["applications"] if app.get("removed")] == ["video-call"]


def begin(environment: str = "dev", console: str = "simulated") -> JournalEntry:
    return JournalEntry("run", "begin", "", {"environment": environment, "console": console})


def says(word: str) -> JournalEntry:
    details = {"name": "call", "sdkAppId": 1, "owner": "@a", "onRemove": word}
    return JournalEntry("run", "applied", "", details)


@pytest.mark.parametrize(
    ("entries", "known"),
    [
        ([begin(), says("stop-auto")], True),
        ([begin(), says("retain")], False),
        ([begin(), says("stop-auto"), says("retain")], False),
        ([begin(), JournalEntry("run", "applied", "", {"name": "call", "sdkAppId": 1})], False),
        ([begin(), says("stop-auto"), JournalEntry("run", "equal", "", {"sdkAppIds": [1]})], False),
        ([begin(), says("stop-auto"), JournalEntry("run", "released", "", {"sdkAppIds": [1]})], False),
        ([begin(), says("stop-auto"), JournalEntry("run", "equal", "", {"sdkAppIds": [2], "stopAuto": {}})], True),
        ([begin("prod"), says("stop-auto")], False),  # two environments that keep their journals in one place
        ([begin(console="another account"), says("stop-auto")], False),
        ([says("stop-auto")], False),
    ],
)
def test_what_the_journal_says_last_counts(entries: list[JournalEntry], known: bool) -> None:
    found = last_applied(entries, "dev", "simulated")
    assert found == ({1: Managed("call", 1, "@a", stops=True)} if known else {})


@pytest.mark.parametrize(
    "entry",
    [
        JournalEntry("run", UNREADABLE, "", {}),
        JournalEntry("run", "applied", "", {"sdkAppId": "1", "onRemove": "stop-auto"}),
        JournalEntry("run", "applied", "", {}),
        JournalEntry("run", "equal", "", {"sdkAppIds": 1}),
        JournalEntry("run", "equal", "", {"sdkAppIds": [1], "stopAuto": [1]}),
    ],
)
def test_what_cannot_be_read_is_not_guessed(entry: JournalEntry) -> None:
    with pytest.raises(ProvisionerError, match="an entry of the journal's run run cannot be read"):
        last_applied([begin(), entry], "dev", "simulated")


def test_the_journal_keeps_what_a_removal_needs(applied: Project) -> None:
    (run,) = Path(".provisioner/dev/journal").glob("*.jsonl")
    entries = [json.loads(line) for line in run.read_text().splitlines()]
    (done,) = [entry for entry in entries if entry["event"] == "applied" and entry["name"] == "video-call"]
    assert (done["owner"], done["onRemove"]) == ("@acme/calls", "stop-auto")

"""What each gate says, and what it takes to pass it over."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from provisioner.promotion.console_plans import PromotionPlans, UnreadableConsole
from provisioner.promotion.gate_context import assess
from provisioner.promotion.gates import GATES, judge, stopping
from provisioner.promotion.gates.gate import GateContext
from provisioner.promotion.pairing import pair
from provisioner.promotion.promote import Stamp, prepare
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.diff import Diff, Difference, Unverified
from provisioner.reconcile.plan.plan import Plan
from provisioner.specs.documents.promotion_record import Bypass
from provisioner.specs.keys.journal import FolderJournal
from provisioner.specs.layout import LOCK
from provisioner.specs.workspace import Workspace
from tests.project import Project
from tests.promotion.support import (
    CALL,
    DESK,
    DEV,
    NOON,
    PROD,
    PROD_CALL,
    Time,
    promoted,
    records,
    settings,
    stand_still,
)

Gates = dict[str, Any]


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return stand_still(monkeypatch)


@pytest.fixture
def applied(project: Project, time: Time) -> Project:
    """Both consoles hold what the specs say; then dev's calls get another idle time."""
    for environment in ("dev", "prod"):
        assert project.run("apply", environment, "--yes").code == 0
    settings(project, CALL, "maxIdleTime: 20s")
    return project


def asked(project: Project, *arguments: str) -> Gates:
    said: Gates = json.loads(promoted(project, "dev", "prod", "--check", "--format", "json", *arguments).out)
    return said


def seen(project: Project, gate: str) -> tuple[str, str]:
    said = asked(project)["gates"][gate]
    return said["verdict"], said["evidence"]


def test_what_the_source_does_not_run_yet_is_not_promoted(applied: Project) -> None:
    assert seen(applied, "converged") == (
        "fail",
        "video-call differs at maxIdleTime (recordings-end-sooner); apply dev first",
    )
    ran = promoted(applied, "dev", "prod")
    assert (ran.code, ran.err) == (1, "Refused; nothing was written: converged.\n")
    assert records(applied) == []
    applied.run("apply", "dev", "--yes")
    assert promoted(applied, "dev", "prod").code == 0


def test_a_target_that_drifted_is_told(applied: Project) -> None:
    applied.run("apply", "dev", "--yes")
    assert seen(applied, "drift")[0] == "pass"
    applied.run("console", "edit", "prod/video-call", "maxIdleTime=33s")
    verdict, evidence = seen(applied, "drift")
    assert verdict == "fail"
    assert evidence.startswith("video-call differs at maxIdleTime (settings-differ); see `provisioner drift prod`")


def test_what_cannot_be_verified_stops_production_and_no_other(
    applied: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.run("apply", "dev", "--yes")
    applied.edit(DEV, "{driver: embedded}", "{driver: tencent}")
    verdict, evidence = seen(applied, "converged")
    assert verdict == "unknown"
    assert evidence.startswith("dev's console cannot be read: ")
    assert promoted(applied, "dev", "prod", "--check").code == 1
    applied.edit(PROD, "tier: production", "tier: staging")
    assert promoted(applied, "dev", "prod", "--check").code == 0


SOAK = ("site:", "gates: {soak: 24h}\nsite:")


def test_soak_counts_from_the_first_apply_of_exactly_this(applied: Project, time: Time) -> None:
    applied.edit(PROD, *SOAK)
    unknown = ("unknown", "dev's journal does not tell since when video-call runs this")
    assert seen(applied, "soak") == unknown
    applied.run("apply", "dev", "--yes")
    time.wait(hours=3, minutes=20)
    assert seen(applied, "soak") == ("fail", "video-call: 20h 40min of 1d left, applied 2026-01-31T12:00:00Z")
    applied.run("console", "edit", "dev/video-call", "maxIdleTime=33s")  # drift, which apply mends
    applied.run("apply", "dev", "--yes")
    time.wait(hours=20, minutes=40)
    assert seen(applied, "soak") == ("pass", "ran this for 1d and more: video-call")
    applied.edit(CALL, "20s", "30s")
    applied.run("apply", "dev", "--yes")
    applied.edit(CALL, "30s", "20s")
    assert seen(applied, "soak") == unknown
    applied.run("apply", "dev", "--yes")
    assert seen(applied, "soak")[0] == "fail"


def test_what_no_console_holds_needs_no_soak(applied: Project) -> None:
    applied.edit(PROD, *SOAK)
    applied.edit(CALL, "maxIdleTime: 20s", "maxIdleTime: 5s")
    settings(applied, DESK, "maxIdleTime: 20s")
    said = asked(applied, "--app", "support-desk")["gates"]["soak"]
    assert (said["verdict"], said["evidence"]) == ("pass", "nothing moves that a console holds")


def test_recordings_are_looked_for_since_the_source_runs_this(applied: Project) -> None:
    applied.edit(PROD, "site:", "gates: {evidence: 2}\nsite:")
    applied.run("apply", "dev", "--yes")
    call = ("console", "call", "dev/video-call", "--minutes", "5", "--play")
    assert seen(applied, "evidence") == ("fail", "video-call: 0 of 2 recordings seen since it runs this")
    applied.run(*call)
    assert seen(applied, "evidence") == ("fail", "video-call: 1 of 2 recordings seen since it runs this")
    applied.run(*call)
    assert seen(applied, "evidence") == ("pass", "2 or more recordings seen: video-call")
    applied.run("console", "edit", "dev/video-call", "formats=[hls]")
    applied.run(*call)
    assert seen(applied, "evidence") == ("fail", "video-call: files contradict formats")


def test_a_freeze_window_stops_it(applied: Project) -> None:
    applied.edit(PROD, "site:", "freeze: {weekend: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin}}\nsite:")
    assert seen(applied, "freeze") == ("fail", "weekend until 2026-02-02T07:00:00Z (Mon 08:00 in Europe/Berlin)")


def test_a_freeze_window_that_is_over_does_not(applied: Project, time: Time) -> None:
    applied.edit(PROD, "site:", "freeze: {weekend: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin}}\nsite:")
    time.wait(days=1, hours=19)
    assert seen(applied, "freeze") == ("pass", "outside of weekend")


def test_what_stops_recording_needs_an_intent(applied: Project) -> None:
    applied.edit(CALL, "mode: auto ", "mode: manual ")
    verdict, evidence = seen(applied, "consequence")
    assert verdict == "fail"
    assert evidence.startswith("video-call: stop-recording; If it is meant, write intent: {stop-recording: {")
    intent = "intent: {stop-recording: {reason: backend records now, expires: 2026-02-28}}\n"
    applied.edit(PROD_CALL, "owner:", f"{intent}owner:")
    assert seen(applied, "consequence")[0] == "pass"


def test_nobody_who_approves_is_told(applied: Project) -> None:
    assert seen(applied, "approvers") == ("pass", "CODEOWNERS has @acme/calls approve; 1 of @acme/calls must")
    text = (applied.root / "CODEOWNERS").read_text()
    applied.write("CODEOWNERS", "/templates/ @acme/platform\n")
    assert seen(applied, "approvers") == ("fail", f"CODEOWNERS has nobody approve {PROD_CALL}")
    (applied.root / "CODEOWNERS").unlink()
    assert seen(applied, "approvers") == ("unknown", "there is no CODEOWNERS file that says who approves")
    applied.write("CODEOWNERS", text)


def test_a_step_of_the_ladder_is_skipped_only_where_declared(applied: Project) -> None:
    applied.run("new", "environment", "qa", "--tier", "staging", "--vod-sub-app-id", "1500000020")
    fail = "promote from qa, or declare ladder: [dev] in environments/prod/environment.yaml"
    assert seen(applied, "ladder") == ("fail", fail)
    applied.edit(PROD, "site:", "ladder: [qa, dev]\nsite:")
    assert seen(applied, "ladder") == ("pass", "dev is the step below prod")
    said = json.loads(promoted(applied, "prod", "dev", "--dry-run", "--format", "json", "--app", "classroom").out)
    ladder = said["record"]["gates"]["ladder"]
    assert ladder["evidence"].startswith("nothing stands below dev")


def test_a_version_that_is_not_what_was_locked_is_never_passed_over(applied: Project) -> None:
    text = (applied.root / "templates/call/v1.yaml").read_text()
    applied.write("templates/call/v2.yaml", text)
    applied.edit(LOCK, "  classroom@v1", f"  call@v2: sha256:{'0' * 64}\n  classroom@v1")
    applied.edit(CALL, "call@v1", "call@v2")
    ran = promoted(applied, "dev", "prod")
    assert ran.code == 1
    assert "REC073 call@v2 was edited after production pinned it" in ran.err
    told = promoted(applied, "dev", "prod", "--bypass", "templates", "--reason", "x", "--expires", "2026-02-01")
    assert told.err.splitlines()[0] == "the gate templates compares digests and cannot be bypassed"


@pytest.fixture
def held_back(applied: Project) -> Project:
    """Everything is in order, except that nothing has soaked yet."""
    applied.edit(PROD, *SOAK)
    applied.run("apply", "dev", "--yes")
    return applied


PASS = ("--bypass", "soak", "--reason", "Incident 42", "--expires")


def test_a_gate_is_passed_over_in_writing(held_back: Project) -> None:
    assert promoted(held_back, "dev", "prod").code == 1
    ran = promoted(held_back, "dev", "prod", *PASS, "2026-02-02")
    assert ran.code == 0
    assert "(bypassed until 2026-02-02: Incident 42)" in " ".join(ran.out.split())
    assert "| `soak` | fail bypassed until 2026-02-02: Incident 42 |" in ran.out
    (record,) = held_back.json("promotions", "prod")
    assert record["gates"]["soak"]["bypass"] == {"reason": "Incident 42", "expires": "2026-02-02"}
    assert "without soak until 2026-02-02: Incident 42" in held_back.run("promotions", "prod").out


def test_a_bypass_counts_until_its_last_day(held_back: Project, time: Time) -> None:
    promoted(held_back, "dev", "prod", *PASS, "2026-02-02")
    held_back.run("apply", "prod", "--yes")
    held_back.edit(CALL, "20s", "30s")
    held_back.run("apply", "dev", "--yes")
    assert promoted(held_back, "dev", "prod", "--check").code == 0
    time.wait(days=3)
    held_back.edit(CALL, "30s", "40s")
    held_back.run("apply", "dev", "--yes")
    assert asked(held_back)["stops"] == ["soak"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--bypass", "soka", "--reason", "x", "--expires", "2026-02-01"], 'no gate "soka" (did you mean "soak"?)'),
        (["--bypass", "soak"], "--bypass needs --reason and --expires"),
        (["--bypass", "soak", "--reason", "x", "--expires", "soon"], "--expires takes a day as YYYY-MM-DD, not soon"),
        ([*PASS, "2026-01-30"], "--expires takes a day from 2026-01-31 to 2026-03-02, not 2026-01-30"),
        ([*PASS, "2026-12-31"], "--expires takes a day from 2026-01-31 to 2026-03-02, not 2026-12-31"),
        (["--expires", "2026-02-01"], "--expires says how long --bypass counts"),
    ],
)
def test_a_bypass_that_says_too_little_is_refused(
    project: Project, time: Time, arguments: list[str], words: str
) -> None:
    ran = promoted(project, "dev", "prod", *arguments)
    assert ran.code == 1
    assert words in ran.err


def test_a_rollback_is_asked_only_what_it_does(held_back: Project, time: Time) -> None:
    promoted(held_back, "dev", "prod", *PASS, "2026-02-02")
    time.wait(hours=1)
    held_back.edit(CALL, "20s", "30s")
    held_back.run("apply", "dev", "--yes")
    held_back.run("apply", "prod", "--yes")
    promoted(held_back, "dev", "prod")
    ran = promoted(held_back, "--to", records(held_back)[0], "--reason", "broken")
    assert ran.code == 0
    assert set(held_back.json("promotions", "prod")[-1]["gates"]) == {"consequence", "templates"}


def test_evidence_of_many_applications_stays_short(applied: Project) -> None:
    text = (applied.root / CALL).read_text().replace("name: video-call ", "name: NAME ")
    for environment, first in (("dev", 20005000), ("prod", 20006000)):
        for number in range(8):
            spec = text.replace("NAME", f"app-{number}").replace("20001001", str(first + number))
            spec = spec if environment == "dev" else spec.replace("20s", "25s")
            applied.write(f"environments/{environment}/apps/app-{number}.yaml", spec)
    applied.write("CODEOWNERS", "/templates/ @acme/platform\n")
    verdict, evidence = seen(applied, "approvers")
    assert verdict == "fail"
    assert evidence.endswith("environments/prod/apps/app-4.yaml, and 4 more")
    verdict, evidence = seen(applied, "converged")
    assert verdict == "unknown"
    assert "\n" not in evidence


def prepared(project: Project) -> GateContext:
    """What gates are asked of a promotion dev -> prod."""
    workspace = Workspace(project.root)
    source, target = (workspace.environment(name) for name in ("dev", "prod"))
    promotion = prepare(workspace, pair(source, target), [], Stamp("ann", NOON, ""))
    state = EnvironmentState("dev", project.root, source.journal, lambda: NOON)
    return assess(workspace, promotion, source, state, {})


def answer(context: GateContext, gate: str) -> tuple[str, str]:
    said = GATES[gate].ask(context)
    assert said is not None
    return said.verdict.value, said.evidence


def test_what_cannot_be_looked_at_is_unknown_at_every_gate(applied: Project) -> None:
    """Never a pass: in production it stops the promotion as a failure does."""
    applied.edit(PROD, "site:", "gates: {soak: 24h, evidence: 2}\nsite:")
    context = prepared(applied)
    hidden = UnreadableConsole("dev", "no answer")
    blind = replace(context, plans=PromotionPlans(hidden, hidden, hidden), journal=hidden)
    assert {gate: answer(blind, gate) for gate in ("converged", "drift", "consequence", "soak")} == {
        "converged": ("unknown", "dev's console cannot be read: no answer"),
        "drift": ("unknown", "dev's console cannot be read: no answer"),
        "consequence": ("unknown", "dev's console cannot be read: no answer"),
        "soak": ("unknown", "dev's journal cannot be read: no answer"),
    }
    judged = judge(blind, {})
    assert set(stopping(judged, production=True)) >= {"converged", "drift", "consequence", "soak"}
    assert "converged" not in set(stopping(judged, production=False))


def test_a_field_that_nobody_can_verify_is_unknown_and_a_difference_is_worse(applied: Project) -> None:
    applied.run("apply", "dev", "--yes")
    context = prepared(applied)
    plan = context.plans.source
    assert isinstance(plan, Plan)
    unsure = Diff((), (Unverified("/recording/settings/maxIdleTime", None, "hidden"),))
    differs = Diff((Difference("/recording/mode", "manual", "auto"),), ())

    def said(*found: Diff) -> tuple[str, str]:
        entries = tuple(replace(plan.applications[0], diff=one) for one in found)
        seen = PromotionPlans(replace(plan, applications=entries), context.plans.target, context.plans.after)
        return answer(replace(context, plans=seen), "converged")

    verdict, evidence = said(unsure)
    assert (verdict, evidence) == ("unknown", "nobody can verify maxIdleTime of video-call: hidden")
    verdict, evidence = said(unsure, differs)
    assert (verdict, evidence.partition(";")[0]) == ("fail", "video-call differs at recording.mode")
    assert said(Diff((), ()))[0] == "pass"


def test_evidence_is_unknown_where_nobody_knows_since_when_or_nobody_can_look(applied: Project) -> None:
    applied.edit(PROD, "site:", "gates: {evidence: 2}\nsite:")
    applied.edit(DEV, "{driver: embedded}", "{driver: tencent}")
    context = prepared(applied)
    nobody = replace(context, state=EnvironmentState("dev", applied.root / "elsewhere", FolderJournal(), lambda: NOON))
    assert answer(nobody, "evidence") == ("unknown", "it is not known since when video-call runs this")
    verdict, evidence = answer(context, "evidence")  # no credentials here
    assert (verdict, evidence.startswith("recordings cannot be listed: ")) == ("unknown", True)


def test_a_template_that_is_not_what_was_locked_or_seen_fails(applied: Project) -> None:
    context = prepared(applied)
    (pin,) = context.promotion.record.templates
    other = replace(context.templates[pin], text="sha256:" + "0" * 64)
    assert answer(context, "templates")[0] == "pass"
    verdict, evidence = answer(replace(context, locked={pin: other}), "templates")
    assert (verdict, evidence) == ("fail", f"{pin} is not what is locked at {other.where}; make it a new version")
    verdict, evidence = answer(replace(context, locked={}, templates={pin: other}), "templates")
    assert (verdict, evidence) == ("fail", f"{pin} changed while this ran; run again")
    assert answer(replace(context, locked={}), "templates")[0] == "pass"
    judged = judge(replace(context, locked={pin: other}), {"templates": Bypass("x", "2999-01-01")})
    assert "templates" in set(stopping(judged, production=False))


def test_every_gate_explains_itself() -> None:
    assert all(gate.about.endswith((".", ".)", ").")) for gate in GATES.values())
    assert [name for name, gate in GATES.items() if not gate.bypassable] == ["templates"]


def test_nothing_to_promote_asks_nothing(project: Project, time: Time) -> None:
    ran = promoted(project, "dev", "prod", "--check")
    assert (ran.code, ran.out) == (0, "dev -> prod: nothing to promote.\n")
    assert asked(project)["gates"] == {}


def test_the_source_meets_its_own_objective_of_recorded_rooms(applied: Project) -> None:
    assert "coverage" not in asked(applied)["gates"]
    applied.edit("environments/dev/environment.yaml", "site:", "coverage: {atLeast: 99.5%}\nsite:")
    assert seen(applied, "coverage") == ("unknown", "at least 99.5% over 7d: no room is known")
    assert applied.run("console", "call", "dev/video-call", "--minutes", "5", "--play").code == 0
    assert seen(applied, "coverage") == ("pass", "at least 99.5% over 7d: 100.00% of 1 room")

"""Whether what both consoles hold is what their specs say."""

from __future__ import annotations

from provisioner.console.port import Unreadable
from provisioner.promotion.console_plans import ConsolePlan, PromotionPlans, UnreadableConsole
from provisioner.promotion.gates.consoles import CONVERGED, DRIFT
from provisioner.promotion.gates.gate import Gate
from provisioner.reconcile.plan.plan import ApplicationPlan
from provisioner.recording.findings import Finding, Severity
from tests.promotion.gates.contexts import context, says
from tests.reconcile.typed import application, environment, plan, planned, shown

MODE = "/recording/mode"
HIDDEN = UnreadableConsole("dev", "no answer")
NOW = Finding("not-recording", Severity.HIGH, "it is off")


def same(name: str) -> ApplicationPlan:
    return planned(application(name))


def differs(name: str, *now: Finding, **fields: str) -> ApplicationPlan:
    paths = {path.replace("_", "/"): value for path, value in fields.items()} or {MODE: "manual"}
    app = application(name)
    return planned(app, shown(app, dict(paths)), present=now)


def unseen(name: str, *paths: str) -> ApplicationPlan:
    app = application(name)
    return planned(app, shown(app, {path: Unreadable(f"{path} is hidden") for path in paths or (MODE,)}))


def asked(gate: Gate, seen: ConsolePlan) -> tuple[str, str] | None:
    """Only the console that the gate is about shows this; nobody looks at the others."""
    source, target = (seen, HIDDEN) if gate is CONVERGED else (HIDDEN, seen)
    return says(gate, context(plans=PromotionPlans(source, target, HIDDEN)))


def of(*entries: ApplicationPlan) -> ConsolePlan:
    return plan(environment(), *entries)


def test_a_console_that_is_as_specified_passes() -> None:
    for gate in (CONVERGED, DRIFT):
        assert asked(gate, of(same("call"), same("room"))) == (
            "pass",
            "2 of 2 applications as specified, on the console",
        )


def test_a_console_that_cannot_be_read_is_unknown() -> None:
    for gate in (CONVERGED, DRIFT):
        assert asked(gate, UnreadableConsole("prod", "no key")) == ("unknown", "prod's console cannot be read: no key")


def test_a_difference_fails_with_what_to_do() -> None:
    found = of(same("call"), differs("room"))
    assert asked(CONVERGED, found) == ("fail", "room differs at recording.mode; apply dev first")
    advice = "see `provisioner drift prod`, then adopt it or apply prod"
    assert asked(DRIFT, found) == ("fail", f"room differs at recording.mode; {advice}")


def test_what_the_console_does_now_is_told() -> None:
    found = of(differs("room", NOW, Finding("other", Severity.LOW, "")), differs("call"))
    assert asked(CONVERGED, found) == (
        "fail",
        "room differs at recording.mode (not-recording); call differs at recording.mode; apply dev first",
    )


def test_what_nobody_can_verify_is_unknown() -> None:
    assert asked(CONVERGED, of(same("call"), unseen("room"))) == (
        "unknown",
        "nobody can verify recording.mode of room: /recording/mode is hidden",
    )
    both = unseen("room", "/recording/enabled", MODE)
    assert asked(DRIFT, of(both)) == (
        "unknown",
        "nobody can verify recording.enabled, recording.mode of room: /recording/enabled is hidden",
    )


def test_a_difference_is_told_before_what_nobody_can_verify() -> None:
    assert asked(CONVERGED, of(unseen("call"), differs("room"))) == (
        "fail",
        "room differs at recording.mode; apply dev first",
    )
    app = application("room")
    mixed = planned(app, shown(app, {"/recording/enabled": False, MODE: Unreadable("hidden")}))
    assert asked(CONVERGED, of(mixed)) == ("fail", "room differs at recording.enabled; apply dev first")

"""What `pulumi up` brought up is what a promotion asks about: the same journal, the same digest."""

from __future__ import annotations

from typing import Any

from tests.conftest import ROOT
from tests.engine.stack import Stack, needs_pulumi

pytestmark = needs_pulumi

CALL, PROD = "environments/dev/apps/video-call.yaml", "environments/prod/environment.yaml"


def gates(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.json("promote", "dev", "prod", "--check")["gates"]
    return found


def test_soak_counts_from_pulumi_up(stack: Stack) -> None:
    stack.write("CODEOWNERS", (ROOT / "CODEOWNERS").read_text("utf-8"))
    stack.edit(PROD, "site:", "gates: {soak: 24h}\nsite:")
    assert stack.run("apply", "prod", "--yes").code == 0
    stack.edit(CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s}")
    before = gates(stack)
    assert (before["converged"]["verdict"], before["soak"]["verdict"]) == ("fail", "unknown")

    up = stack.up()
    assert up.code == 0, up.text
    after = gates(stack)
    assert after["converged"]["verdict"] == "pass"
    assert after["soak"]["evidence"].startswith("video-call: 1d of 1d left, applied ")

    today = stack.environment("prod").today.isoformat()
    ran = stack.run("promote", "dev", "prod", "--bypass", "soak", "--reason", "Incident 42", "--expires", today)
    assert ran.code == 0, ran.err
    assert stack.run("apply", "prod", "--yes").code == 0
    assert stack.run("drift", "prod", "--exit-code").code == 0

"""A plan that travels between jobs says by a signature who sealed it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.foundation.test_ssh_signature import line, new_key
from tests.project import Project


@pytest.fixture
def signed(project: Project, tmp_path: Path) -> Project:
    key = new_key(tmp_path, "bot")
    project.write("allowed_signers", line(key, "plan-bot"))
    ran = project.run("plan", "dev", "--out", "plan.json", "--sign", str(key))
    assert (ran.code, (project.root / "plan.json.sig").exists()) == (0, True)
    return project


def test_a_signed_plan_is_verified_and_applied(signed: Project) -> None:
    verified = signed.run("verify", "plan.json", "--signature", "plan.json.sig")
    assert (verified.code, verified.err) == (0, "Signed by plan-bot.\n")
    applied = signed.run("apply", "--yes", "--plan", "plan.json", "--signature", "plan.json.sig")
    assert (applied.code, "Signed by plan-bot." in applied.err) == (0, True)


def test_openssh_alone_can_check_it(signed: Project) -> None:
    words = ["-Y", "verify", "-f", "allowed_signers", "-I", "plan-bot", "-n", "trtc-recording-plan"]
    with (signed.root / "plan.json").open() as plan:
        subprocess.run(
            ["ssh-keygen", *words, "-s", "plan.json.sig"], cwd=signed.root, stdin=plan, check=True, capture_output=True
        )


def test_a_plan_that_was_sealed_anew_by_somebody_else_is_refused(signed: Project) -> None:
    """The attack that a digest alone cannot see: edit, and seal again."""
    signed.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 1h")
    signed.run("plan", "dev", "--out", "plan.json")
    for command in (["verify", "plan.json"], ["apply", "--yes", "--plan", "plan.json"]):
        ran = signed.run(*command, "--signature", "plan.json.sig")
        assert (ran.code, "is not what was signed" in ran.err) == (1, True)
    assert not (signed.root / ".provisioner/dev/journal").exists()


def test_a_signer_of_ones_own_is_refused(signed: Project, tmp_path: Path) -> None:
    mallory = new_key(tmp_path, "mallory")
    signed.run("plan", "dev", "--out", "plan.json", "--sign", str(mallory))
    ran = signed.run("verify", "plan.json", "--signature", "plan.json.sig")
    assert (ran.code, "was made by a key that" in ran.err) == (1, True)
    signed.write("other", line(mallory, "mallory"))
    ran = signed.run("verify", "plan.json", "--signature", "plan.json.sig", "--signers", "other")
    assert (ran.code, ran.err) == (0, "Signed by mallory.\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plan", "dev", "--sign", "key"], "--sign signs the file that --out writes"),
        (["plan", "dev", "--sign", "key", "--out", "-"], "--sign signs the file that --out writes"),
        (["apply", "dev", "--signature", "x"], "--signature is that of a sealed plan"),
        (["verify", "plan.json", "--signers", "x"], "--signers says who may sign, and no signature is given"),
        (["plan", "dev", "--out", "p.json", "--sign", "no-key"], "no-key: is no key: there is no such file"),
    ],
)
def test_options_that_would_do_nothing_are_refused(signed: Project, words: list[str], told: str) -> None:
    ran = signed.run(*words)
    assert (ran.code, told in ran.err) == (1, True)
    assert not (signed.root / "p.json").exists()

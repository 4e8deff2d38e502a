"""Examples in policies' files, and the ready policies of `templates/policies`, each shown by its own."""

from __future__ import annotations

import shutil

import pytest

from provisioner.specs.layout import READY_POLICIES
from tests.conftest import ROOT
from tests.project import Project

READY = sorted(path.stem for path in (ROOT / READY_POLICIES).glob("*.yaml"))


@pytest.fixture
def ready(project: Project) -> Project:
    shutil.copytree(ROOT / READY_POLICIES, project.root / "policies")
    return project


def test_ready_policies_say_of_their_cases_what_they_should(ready: Project) -> None:
    ran = ready.run("policy", "test")
    assert (ran.code, ran.err) == (0, "")
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == READY
    assert all(line.endswith(" as expected") and "not as" not in line for line in ran.out.splitlines())


def test_every_ready_policy_shows_what_it_lets_pass_and_what_not(ready: Project) -> None:
    for policy in ready.json("policy", "test"):
        found = {case["found"] for case in policy["cases"]}
        assert {"pass", "fail"} <= found, policy["policy"]


def test_ready_policies_are_no_template(ready: Project) -> None:
    assert [finding for finding in ready.json("validate")["findings"] if finding["id"] == "REC006"] == []


def test_a_case_that_is_not_as_expected_is_told_with_its_place(project: Project) -> None:
    project.write(
        "policies/idle.yaml",
        "apiVersion: recording/v1\nkind: Policy\nname: idle\nmessage: Ask us.\nseverity: deny\n"
        "match: {tier: [production]}\nrequire: app.settings.maxIdleTime >= duration('10s')\ncases:\n"
        "  short: {expect: pass, environment: {tier: production}, app: {recording: {settings: {maxIdleTime: 5s}}}}\n"
        "  unsaid: {expect: fail, environment: {tier: production}}\n"
        "  other: {expect: fail}\n",
    )
    ran = project.run("policy", "test", "idle")
    assert ran.code == 1
    assert ran.out == (
        "idle: 3 of 3 cases not as expected\n"
        "  policies/idle.yaml:9:3: short: expected pass, found fail (Ask us.)\n"
        "  policies/idle.yaml:10:3: unsaid: expected fail, found undecided (settings is not there; ask has() first)\n"
        "  policies/idle.yaml:11:3: other: expected fail, found no-match\n"
    )


def test_a_policy_without_cases_is_told(project: Project) -> None:
    project.write(
        "policies/idle.yaml",
        "apiVersion: recording/v1\nkind: Policy\nname: idle\nmessage: Ask us.\nseverity: warn\nrequire: 'true'\n",
    )
    assert project.run("policy", "test").out == "idle: no cases; nothing shows what it refuses\n"
    assert 'there is no policy "idel" (did you mean "idle"?)' in project.run("policy", "test", "idel").err

"""Policies of others: copied by one command, pinned by commit and digest, and never read where they differ."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.foundation import git
from provisioner.specs.layout import POLICY_LOCK, POLICY_SOURCES
from provisioner.specs.workspace import Workspace
from tests.project import Project

POLICY = """apiVersion: recording/v1
kind: Policy
name: {name}
message: Ask the organisation.
severity: deny
require: app.settings.maxIdleTime >= duration('{least}')
"""
Commit = Callable[[], str]


@pytest.fixture
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two policies in `rules/`, and something else."""
    root = tmp_path_factory.mktemp("organisation")
    (root / "rules/deeper").mkdir(parents=True)
    (root / "rules/idle.yaml").write_text(POLICY.format(name="idle", least="1s"))
    (root / "rules/long.yaml").write_text(POLICY.format(name="long", least="1s"))
    (root / "rules/deeper/no.yaml").write_text("x")
    (root / "rules/README.md").write_text("hello")
    (root / "rules/link.yaml").symlink_to("/etc/passwd")
    shell(root, "init", "-q", "-b", "main")
    return root


def shell(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", *arguments]
    done = subprocess.run(
        command, cwd=root, env=git.environment(os.environ), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def committed(root: Path) -> str:
    shell(root, "add", "-A")
    shell(root, "commit", "-qm", "policies", "--allow-empty")
    return shell(root, "rev-parse", "HEAD")


def name_sources(project: Project, **sources: str) -> None:
    entries = "".join(f'\n  {name}: {{from: "{place}"}}' for name, place in sources.items())
    project.write(POLICY_SOURCES, f"apiVersion: recording/v1\nkind: PolicySources\nsources:{entries or ' {}'}\n")


def findings(project: Project) -> list[str]:
    return [str(finding) for finding in Workspace(project.root).policies().findings]


def names(project: Project) -> list[str]:
    return [policy.name for policy in Workspace(project.root).policies().policies]


@pytest.fixture
def vendored(project: Project, organisation: Path) -> Project:
    name_sources(project, acme=f"git+file://{organisation}@{committed(organisation)}#rules")
    ran = project.run("policy", "vendor")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == ["policies/vendor/acme/idle.yaml", "policies/vendor/acme/long.yaml", POLICY_LOCK]
    return project


def test_a_commit_is_copied_and_locked(vendored: Project) -> None:
    assert (findings(vendored), names(vendored)) == ([], ["acme.idle", "acme.long"])
    ran = vendored.run("policy", "vendor", "acme")
    assert (ran.code, ran.out, ran.err) == (0, "", "Every copy is as its source has it.\n")
    vendored.edit("policies/vendor/acme/idle.yaml", "'1s'", "'20h'")
    assert vendored.run("policy", "test").code == 1


def test_copies_are_judged_by_their_own_name(project: Project, organisation: Path) -> None:
    (organisation / "rules/idle.yaml").write_text(POLICY.format(name="idle", least="20h"))
    name_sources(project, acme=f"git+file://{organisation}@{committed(organisation)}#rules")
    assert project.run("policy", "vendor").code == 0
    assert "policy-acme.idle Ask the organisation." in project.run("validate", "dev").out


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda p: p.edit("policies/vendor/acme/idle.yaml", "'1s'", "'0s'"),
            "idle.yaml:1:1: REC101 is not the file that",
        ),
        (lambda p: (p.root / "policies/vendor/acme/idle.yaml").unlink(), "idle.yaml:1:1: REC101 is locked in"),
        (
            lambda p: p.write("policies/vendor/acme/new.yaml", "a: b"),
            "new.yaml:1:1: REC101 is not among the files of acme",
        ),
        (
            lambda p: p.write("policies/vendor/other/new.yaml", "a: b"),
            "policies/vendor/other:1:1: REC101 this folder is not",
        ),
        (lambda p: (p.root / POLICY_LOCK).unlink(), "sources.yaml:4:3: REC101 acme has not been copied"),
        (name_sources, "sources.lock:1:1: REC101 acme is locked and stands in no"),
        (
            lambda p: p.edit(POLICY_SOURCES, "#rules", "#other"),
            "sources.yaml:4:3: REC101 acme was copied from another place",
        ),
        (lambda p: p.write(POLICY_LOCK, "a: b"), "policies/vendor/sources.lock:1:1: REC01"),
        (lambda p: p.write("policies/vendor/acme/x/new.yaml", "a: b"), "policies/vendor/acme/x:1:1: REC006"),
    ],
)
def test_what_is_not_as_locked_stops_everything(
    vendored: Project, spoil: Callable[[Project], object], told: str
) -> None:
    spoil(vendored)
    assert any(told in line for line in findings(vendored)), findings(vendored)
    assert vendored.run("validate").code == 1
    assert vendored.run("plan", "dev").code == 1


@pytest.mark.parametrize(
    "place",
    [
        "git+https://example.com/policies.git",
        "git+https://example.com/policies.git@main",
        "git+https://token@example.com/policies.git@" + "a" * 40,
        "git+http://example.com/policies.git@" + "a" * 40,
        "git+ext::sh -c id@" + "a" * 40,
        "git+ssh://-oProxyCommand=id/x@" + "a" * 40,
        "git+file:///x/../y@" + "a" * 40,
        "git+https://example.com/p.git@" + "a" * 40 + "#../x",
        "/etc",
        "policies; id",
        "--upload-pack=id",
    ],
)
def test_places_that_are_none(project: Project, place: str) -> None:
    name_sources(project, acme=place)
    assert any("REC011 from takes git+https://HOST" in line for line in findings(project)), place
    assert "REC011" in project.run("policy", "vendor").err


def test_a_commit_that_is_not_there(project: Project, organisation: Path) -> None:
    committed(organisation)
    name_sources(project, acme=f"git+file://{organisation}@{'a' * 40}#rules")
    ran = project.run("policy", "vendor")
    assert ran.code == 1
    assert "internal" not in ran.err
    assert not (project.root / "policies/vendor/acme").exists()


def test_an_older_commit_is_to_be_had_too(project: Project, organisation: Path) -> None:
    first = committed(organisation)
    (organisation / "rules/idle.yaml").unlink()
    second = committed(organisation)
    name_sources(project, acme=f"git+file://{organisation}@{second}#rules")
    assert project.run("policy", "vendor").code == 0
    assert names(project) == ["acme.long"]
    name_sources(project, acme=f"git+file://{organisation}@{first}#rules")
    assert project.run("policy", "vendor").code == 0
    assert names(project) == ["acme.idle", "acme.long"]
    name_sources(project, acme=f"git+file://{organisation}@{second}#rules")
    assert "policies/vendor/acme/idle.yaml" in project.run("policy", "vendor").out
    assert (names(project), findings(project)) == (["acme.long"], [])


def test_a_source_with_one_broken_policy_copies_nothing(project: Project, organisation: Path) -> None:
    (organisation / "rules/idle.yaml").write_text(POLICY.format(name="idle", least="1s").replace("maxIdle", "maxIdel"))
    name_sources(project, acme=f"git+file://{organisation}@{committed(organisation)}#rules")
    ran = project.run("policy", "vendor")
    assert ran.code == 1
    assert 'policies/vendor/acme/idle.yaml:6:23: REC100 require: settings has no "maxIdelTime"' in ran.err
    assert "Nothing was copied" in ran.err
    assert not (project.root / POLICY_LOCK).exists()


def test_a_folder_can_be_a_source(project: Project) -> None:
    name_sources(project, ready="templates/policies")
    assert project.run("policy", "vendor").code == 0
    assert names(project)[:2] == ["ready.https-callbacks", "ready.idle-time"]
    assert project.run("policy", "test").code == 0


def test_there_is_nothing_to_copy(project: Project) -> None:
    assert "there is no source to copy from" in project.run("policy", "vendor").err
    name_sources(project, ready="templates/policies")
    assert 'there is no source "redy" (did you mean "ready"?)' in project.run("policy", "vendor", "redy").err
    name_sources(project, ready="templates/call", other="nowhere")
    assert 'kind takes Policy, not "Template"' in project.run("policy", "vendor", "ready").err
    assert "nowhere cannot be read: No such file or directory" in project.run("policy", "vendor", "other").err


def test_only_vendor_fetches(vendored: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise AssertionError("fetched")

    monkeypatch.setattr(git, "fetched_files", refuse)
    for command in (("validate",), ("plan", "dev"), ("policy", "test")):
        assert "fetched" not in vendored.run(*command).err

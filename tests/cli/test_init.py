"""`provisioner init`: a repository that works at once, in an empty folder and in what is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.project import Project
from tests.terminal import at_a_terminal


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and ".git/" not in str(path)
    }


def test_two_commands_lead_from_an_empty_folder_to_a_plan(empty: Project) -> None:
    assert empty.run("init").code == 0
    planned = empty.run("plan", "dev")
    assert planned.code == 0
    assert "+ maxIdleTime" in planned.out
    assert "dev: 1 to change, 0 unchanged." in planned.out


@pytest.mark.parametrize("site", ["cn", "intl"])
@pytest.mark.parametrize("driver", ["embedded", "runbook", "tencent"])
def test_what_is_written_is_valid_and_its_template_without_findings(empty: Project, driver: str, site: str) -> None:
    assert empty.run("init", "--driver", driver, "--site", site, "--env", "dev,qa,prod").code == 0
    checked = empty.run("validate")
    assert checked.code == 0
    assert [line for line in checked.out.splitlines() if line.startswith("templates/")] == []
    assert {finding.split()[1] for finding in checked.out.splitlines() if "REC" in finding} <= {"REC052", "REC075"}
    assert empty.run("template", "lock").out.startswith("templates/templates.lock holds every version")


def test_a_runbook_begins_with_a_look(empty: Project) -> None:
    ran = empty.run("init", "--driver", "runbook")
    assert "provisioner attest dev/video-call" in ran.err
    assert "embedded.yaml" not in ran.out
    assert empty.run("plan", "dev", "--exit-code").code in (2, 4)


def test_nothing_is_overwritten_and_what_a_kept_file_lacks_is_told(empty: Project) -> None:
    empty.write("README.md", "ours")
    empty.write("CODEOWNERS", "* @acme/everybody\n")
    ran = empty.run("init", "--owner", "@acme/calls")
    assert ran.code == 0
    assert (empty.root / "README.md").read_text() == "ours"
    assert (empty.root / "CODEOWNERS").read_text() == "* @acme/everybody\n"
    assert "README.md is there already, and was kept." in ran.err
    assert "CODEOWNERS is there already, and was kept. Add to it:\n    * @acme/calls\n" in ran.err


def test_a_dry_run_writes_nothing(empty: Project) -> None:
    ran = empty.run("init", "--dry-run", "--forge", "github")
    assert (ran.code, files(empty.root)) == (0, set())
    assert ".github/workflows/recording-apply.yaml" in ran.out.splitlines()


def test_in_a_larger_repository_the_forge_s_files_go_to_its_root(
    empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", empty.root], check=True)
    assert empty.run("init", "infra/rec", "--forge", "gitlab", "--owner", "@acme/calls").code == 0
    written = files(empty.root)
    assert {".gitlab-ci.yml", ".gitlab/recording.gitlab-ci.yml", "CODEOWNERS", ".pre-commit-config.yaml"} <= written
    assert {"infra/rec/environments/dev/environment.yaml", "infra/rec/Pulumi.yaml"} <= written
    assert "/infra/rec/ @acme/calls" in (empty.root / "CODEOWNERS").read_text()
    (hook,) = yaml.safe_load((empty.root / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert hook["entry"] == "infra/rec/.venv/bin/provisioner -C infra/rec validate"
    monkeypatch.chdir(empty.root / "infra/rec")
    assert empty.run("validate").code == 0


def test_a_project_that_has_specs_gets_what_stands_around_them(project: Project) -> None:
    before = {path: (project.root / path).read_bytes() for path in files(project.root)}
    ran = project.run("init", "--forge", "github")
    assert ran.code == 0
    assert {path: (project.root / path).read_bytes() for path in before} == before
    assert '["dev", "prod"]' in (project.root / ".github/workflows/recording-apply.yaml").read_text()
    assert [path for path in files(project.root) if path.startswith("templates/")] == [
        path for path in files(project.root) if path in before and path.startswith("templates/")
    ]
    assert project.run("init", "--env", "qa").code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--env", "dev,dev"], "twice"),
        (["--owner", "acme"], "is no owner"),
        (["--tool", "main"], "is no release"),
        (["--driver", "console"], "is not one of"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(empty: Project, arguments: list[str], words: str) -> None:
    ran = empty.run("init", *arguments)
    assert ran.code == 1
    assert words in ran.err
    assert files(empty.root) == set()


def test_on_a_terminal_it_asks_for_what_it_was_not_told(empty: Project) -> None:
    code, shown = at_a_terminal(empty, ["qa,live", "runbook", "@acme/calls", "gitlab"], "init")
    assert code == 0, shown
    assert "people carry out printed steps in the real console" in shown
    own = yaml.safe_load((empty.root / "environments/live/environment.yaml").read_text())
    assert (own["tier"], own["console"]) == ("production", {"driver": "runbook"})
    assert (empty.root / ".gitlab-ci.yml").exists()


def test_new_works_in_an_empty_folder(empty: Project) -> None:
    assert empty.run("new", "environment", "qa", "--tier", "staging", "--vod-sub-app-id", "1500000020").code == 0
    assert empty.run("new", "template", "webinar").code == 0
    address = ["qa/webinar", "--sdk-app-id", "20002001", "--template", "webinar@v1", "--owner", "@acme/webinars"]
    assert empty.run("new", "application", *address).code == 0
    assert empty.run("validate").code == 0

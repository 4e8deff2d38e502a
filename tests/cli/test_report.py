"""`report`: plans from files, in every form."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"


def test_plans_of_several_environments_are_one_comment(project: Project) -> None:
    project.run("plan", "dev", "--out", "dev.json")
    project.write("prod.json", project.run("plan", "prod", "--format", "json").out)
    told = project.run("report", "dev.json", "prod.json")
    assert told.code == 0
    assert told.out.startswith("## Recording settings: `dev`, `prod`\n\n**4 of 6 applications in 2 environments")


def test_a_file_is_written_instead(project: Project) -> None:
    project.run("plan", "dev", "--out", "dev.json")
    shown = project.run("report", "dev.json").out
    assert project.run("report", "dev.json", "--out", "comment.md").out == ""
    assert (project.root / "comment.md").read_text("utf-8") == shown


def test_what_is_no_plan_is_refused(project: Project) -> None:
    refused = project.run("report", "environments/dev/environment.yaml", "nowhere.json")
    assert refused.code == 1
    assert refused.err.startswith("environments/dev/environment.yaml: is no plan")


@pytest.fixture
def committed(project: Project) -> Project:
    """The shipped specs as a commit, with dev's console brought to them."""
    project.write(".gitignore", ".provisioner/\n")
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=project.root, check=True)
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def test_specs_only_tells_the_same_of_a_change_and_reads_no_console(committed: Project) -> None:
    committed.edit(CALL, "mode: auto ", "mode: manual ")
    committed.edit("templates/classroom/v1.yaml", "maxIdleTime: 60s", "maxIdleTime: 30s")
    committed.run("plan", "dev", "--base", "main", "--out", "plan.json")
    online = json.loads(committed.run("report", "plan.json", "--format", "json").out)
    shutil.rmtree(committed.root / ".provisioner")
    offline = json.loads(committed.run("report", "dev", "--specs-only", "--base", "main", "--format", "json").out)
    assert not (committed.root / ".provisioner").exists()
    assert offline["applications"] == online["applications"]
    assert offline["risks"] == online["risks"]
    (environment,) = offline["environments"]
    assert (environment["console"], environment["drifted"], environment["digest"]) == (None, None, None)
    shown = committed.run("report", "dev", "--specs-only", "--base", "main").out
    assert "> No console was read: this compares the specs with main (" in shown


def test_specs_only_shows_what_is_new_and_what_is_gone(committed: Project) -> None:
    text = (committed.root / CALL).read_text("utf-8").replace("video-call", "webinar").replace("20001001", "20001004")
    committed.write("environments/dev/apps/webinar.yaml", text)
    (committed.root / CALL).unlink()
    shown = committed.run("report", "dev", "--specs-only", "--base", "main").out
    assert "| `webinar` | `@acme/calls` | `recording.enabled` *not set* → `true`<br>" in shown
    assert "| `video-call` | 20001001 | `@acme/calls` | The console keeps its settings" in shown
    assert "REC092" not in shown


def test_specs_only_against_a_broken_base_verifies_nothing(committed: Project) -> None:
    right = (committed.root / CALL).read_text("utf-8")
    committed.write(CALL, right.replace("mode: auto ", "mode: sometimes "))
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "x"], check=True)
    committed.write(CALL, right)
    shown = committed.run("report", "dev", "--specs-only", "--base", "main").out
    assert "**No known changes: 3 applications. 3 applications cannot be verified.**" in shown
    assert "| the specs at main are not valid |" in shown


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["dev", "--specs-only"], "--specs-only needs a commit to compare with"),
        (["dev", "--specs-only", "--base", "main", "--post", "github"], "--post shows sealed plans"),
        (["dev.json", "--base", "main"], "--base goes with --specs-only"),
        (["dev.json", "dev.json"], "several plans of dev"),
        (["plain.json", "--post", "github"], "is a plan without a seal"),
    ],
)
def test_what_does_not_go_together_is_refused(project: Project, arguments: list[str], reason: str) -> None:
    project.run("plan", "dev", "--out", "dev.json")
    project.write("plain.json", project.run("plan", "dev", "--format", "json").out)
    refused = project.run("report", *arguments)
    assert (refused.code, refused.out, reason in refused.err) == (1, "", True)


def test_plan_and_report_show_the_same_markdown_and_drift_leads_with_the_present(project: Project) -> None:
    project.write("plan.json", project.run("plan", "dev", "--format", "json").out)
    told = project.run("plan", "dev", "--format", "markdown").out
    assert told == project.run("report", "plan.json").out
    drift = project.run("drift", "dev", "--format", "markdown").out
    assert "\n**dev/classroom, dev/video-call are NOT being recorded. Applying the specs changes 2 of 3" in drift
    table = "| Application | Field | Console | Spec |"
    assert drift.partition(table)[2].count("\n") == told.partition(table)[2].count("\n")


@pytest.mark.parametrize(("form", "package"), [("junit", "junitparser")])
def test_a_missing_extra_is_named(project: Project, form: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("provisioner.report.", package))]:
        if name in {"provisioner.report.plan.html", "provisioner.report.plan.junit"} or name.startswith(package):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    project.run("plan", "dev", "--out", "dev.json")
    refused = project.run("report", "dev.json", "--format", form)
    assert refused.code == 1
    assert refused.err.startswith(f"this needs the package {package}, which is not installed\n")

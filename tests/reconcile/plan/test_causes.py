"""Where each change comes from: a base commit, a changed head, a console that somebody else edits."""

from __future__ import annotations

import subprocess

import pytest

from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
TEMPLATE = "templates/call/v1.yaml"
ENVIRONMENT = "environments/dev/environment.yaml"


def git(project: Project, *arguments: str) -> str:
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    done = subprocess.run(["git", *name, *arguments], cwd=project.root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def committed(project: Project) -> Project:
    """The shipped specs as a commit, with the console brought to them."""
    project.write(".gitignore", ".provisioner/\n")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "base")
    assert project.run("apply", "dev", "--yes").code == 0
    return project


def causes(project: Project, *, base: str = "main") -> dict[str, list[str]]:
    """Causes by `app short-path`."""
    plan = project.json("plan", "dev", "--base", base)
    return {
        f"{app['name']} {change['path'].rpartition('/')[2]}": change["causes"]
        for app in plan["applications"]
        for change in app["changes"]
    }


def drift(project: Project, idle: int) -> None:
    console = project.console("dev")
    template = console.application(20001001).template
    assert template is not None
    console.edit(20001001, template={**template, "MaxIdleTime": idle})


def test_without_a_base_nobody_knows(committed: Project) -> None:
    drift(committed, 300)
    changes = committed.json("plan", "dev/video-call")["applications"][0]["changes"]
    assert [change["causes"] for change in changes] == [["unknown"]]


def test_an_edit_of_the_own_file_is_this_change(committed: Project) -> None:
    committed.edit(CALL, "  template: call@v1", "  template: call@v1\n  settings: {maxIdleTime: 10s}")
    assert causes(committed) == {"video-call maxIdleTime": ["this-change"]}


def test_an_edited_template_is_a_cause_for_everybody_who_uses_it(committed: Project) -> None:
    committed.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert causes(committed) == {"video-call maxIdleTime": ["template"]}


def test_another_version_is_this_change_and_the_template(committed: Project) -> None:
    text = (committed.root / TEMPLATE).read_text("utf-8")
    committed.write("templates/call/v2.yaml", text.replace("maxIdleTime: 5s", "maxIdleTime: 20s"))
    committed.edit(CALL, "call@v1", "call@v2")
    assert causes(committed) == {"video-call maxIdleTime": ["this-change", "template"]}


def test_an_edited_environment_is_a_cause(committed: Project) -> None:
    committed.edit(ENVIRONMENT, "retention: 7d", "retention: 14d")
    assert causes(committed) == {"classroom retention": ["environment"], "video-call retention": ["environment"]}


def test_a_hand_in_the_console_is_drift(committed: Project) -> None:
    drift(committed, 300)
    assert causes(committed) == {"video-call maxIdleTime": ["drift"]}


def test_several_causes_are_all_named(committed: Project) -> None:
    drift(committed, 300)
    committed.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert causes(committed) == {"video-call maxIdleTime": ["template", "drift"]}


def test_an_edit_that_a_stronger_file_hides_is_no_cause(committed: Project) -> None:
    committed.edit(CALL, "  template: call@v1", "  template: call@v1\n  settings: {maxIdleTime: 10s}")
    git(committed, "commit", "-qam", "an override")
    committed.run("apply", "dev", "--yes")
    committed.edit(CALL, "maxIdleTime: 10s", "maxIdleTime: 15s")
    committed.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert causes(committed) == {"video-call maxIdleTime": ["this-change"]}


def test_a_removed_override_names_what_shows_now(committed: Project) -> None:
    committed.edit(CALL, "  template: call@v1", "  template: call@v1\n  settings: {maxIdleTime: 10s}")
    git(committed, "commit", "-qam", "an override")
    committed.run("apply", "dev", "--yes")
    committed.edit(CALL, "\n  settings: {maxIdleTime: 10s}", "")
    committed.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert causes(committed) == {"video-call maxIdleTime": ["this-change", "template"]}


def test_another_storage_is_the_environments_doing(committed: Project) -> None:
    old = "vendor: vod, vod: {subAppId: 1500000010, retention: 7d}"
    new = "vendor: cos, cos: {region: ap-singapore, bucket: b-1, accessKeyRef: 'env:A', secretKeyRef: 'env:B'}"
    committed.edit(ENVIRONMENT, old, new)
    found = causes(committed)
    assert found["video-call subAppId"] == found["video-call vendor"] == ["environment"]


def test_a_new_application_is_this_change(committed: Project) -> None:
    text = (committed.root / CALL).read_text("utf-8")
    committed.write(
        "environments/dev/apps/webinar.yaml",
        text.replace("video-call", "webinar").replace("20001001", "20001004"),
    )
    assert {tuple(found) for name, found in causes(committed).items() if name.startswith("webinar")} == {
        ("this-change",)
    }


def test_what_the_base_described_and_no_spec_does_is_listed(committed: Project) -> None:
    (committed.root / CALL).unlink()
    plan = committed.json("plan", "dev", "--base", "main")
    assert plan["removed"] == [
        {"name": "video-call", "sdkAppId": 20001001, "owner": "@acme/calls", "onRemove": "retain"}
    ]
    assert committed.json("plan", "dev")["removed"] is None


def test_a_broken_base_leaves_causes_unknown(committed: Project) -> None:
    right = (committed.root / TEMPLATE).read_text("utf-8")
    committed.write(TEMPLATE, right.replace("maxIdleTime: 5s", "maxIdleTime: 5"))
    git(committed, "commit", "-qam", "a mistake")
    committed.write(TEMPLATE, right.replace("maxIdleTime: 5s", "maxIdleTime: 20s"))
    assert causes(committed) == {"video-call maxIdleTime": ["unknown"]}
    assert committed.json("plan", "dev", "--base", "main")["base"]["valid"] is False


def test_the_work_tree_is_not_touched(committed: Project) -> None:
    committed.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    committed.json("plan", "dev", "--base", "main")
    assert git(committed, "status", "--porcelain") == f"M {TEMPLATE}"
    assert git(committed, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize("ref", ["nope", "--help", "main:templates", "HEAD~99", ""])
def test_a_base_that_git_does_not_know_is_told(committed: Project, ref: str) -> None:
    refused = committed.run("plan", "dev", f"--base={ref}")
    assert (refused.code, f'Git knows no commit "{ref}" here' in refused.err) == (1, True)


def test_outside_a_repository_that_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    assert "there is no Git repository here" in project.run("plan", "dev", "--base", "main").err


def test_a_hook_of_a_linked_worktree_changes_no_cause(committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """There Git exports GIT_DIR, and a folder below the root would be taken for the root."""
    (committed.root / "infra").mkdir()
    git(committed, "mv", "environments", "templates", "infra")
    git(committed, "commit", "-qm", "a folder of their own")
    moved = Project(committed.root / "infra")
    monkeypatch.chdir(moved.root)
    moved.edit(TEMPLATE, "maxIdleTime: 5s", "maxIdleTime: 20s")
    (moved.root / CALL).unlink()
    plan = moved.json("plan", "dev", "--base", "HEAD")
    expected = (plan["applications"], plan["removed"])
    for name, value in {"GIT_DIR": committed.root / ".git", "GIT_INDEX_FILE": committed.root / ".git/index"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("GIT_PREFIX", "infra/")
    plan = moved.json("plan", "dev", "--base", "HEAD")
    assert (plan["applications"], plan["removed"]) == expected
    assert [app["name"] for app in plan["removed"]] == ["video-call"]
    refused = moved.run("plan", "dev", "--base", "HEAD~1")
    assert (refused.code, "has no folder infra/: there is nothing to compare with" in refused.err) == (1, True)

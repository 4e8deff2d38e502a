"""`pulumi preview` and `up`, and `make up`, where people change the console."""

from __future__ import annotations

import pytest

from tests.forge.fake import served
from tests.forge.jobs import variables
from tests.project import Project
from tests.provider.engine import Engine
from tests.provider.test_local_run import install_fake_pulumi, local_run

CALL = "environments/dev/apps/video-call.yaml"
APPLICATIONS = ("classroom", "support-desk", "video-call")


@pytest.fixture
def engine(project: Project) -> Engine:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    return Engine(project.root, "dev")


def attest_all(project: Project) -> None:
    for name in APPLICATIONS:
        assert project.run("attest", f"dev/{name}", "--yes", "--who", "Ada").code == 0


def ended(project: Project) -> str:
    """What `apply` ends with, where it prints the steps."""
    ran = project.run("apply", "dev")
    assert ran.code == 1
    return ran.err.rstrip()


def test_up_where_nobody_has_looked_ends_like_apply(project: Project, engine: Engine) -> None:
    first = engine.up()
    assert (first.code, first.steps) == (32, {})
    assert first.messages("error") == [ended(project)]
    assert "Nothing was written: people change this console. Applications left: 3 of 3." in ended(project)
    for name in APPLICATIONS[:2]:
        project.run("attest", f"dev/{name}", "--yes", "--who", "Ada")
    assert "Applications left: 1 of 1." in engine.up().messages("error")[0]
    project.run("attest", f"dev/{APPLICATIONS[2]}", "--yes", "--who", "Ada")
    assert (engine.up().code, project.run("apply", "dev").code) == (0, 0)


def test_what_nobody_confirmed_is_no_change_and_is_told(engine: Engine) -> None:
    preview = engine.preview()
    assert preview.code == 0
    assert preview.diffs == {}
    assert any(
        "3 cannot be verified. On the TRTC console, as people confirmed it." in m for m in preview.messages("info")
    )


def test_a_preview_shows_what_differs_from_what_was_confirmed(project: Project, engine: Engine) -> None:
    attest_all(project)
    assert engine.up().code == 0
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert engine.preview().diffs == {"video-call": ["recording.settings.maxIdleTime"]}


def test_up_fails_in_words_that_name_the_way(project: Project, engine: Engine) -> None:
    attest_all(project)
    engine.up()
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    failed = engine.up()
    assert failed.code == 32
    assert failed.messages("error") == [ended(project)]
    assert "Applications left: 1 of 1." in ended(project)
    assert project.run("attest", "dev/video-call", "--yes", "--who", "Ada").code == 0
    assert engine.up().code == 0


def test_what_stands_in_no_console_needs_nobody(project: Project, engine: Engine) -> None:
    attest_all(project)
    engine.up()
    project.edit(CALL, '"@acme/calls"', '"@acme/voice"')
    again = engine.up()
    assert (again.code, again.steps["video-call"]) == (0, "update")


@pytest.mark.parametrize("installed", [True, False])
def test_make_up_ends_like_apply_with_an_engine_and_without(project: Project, installed: bool) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    (project.root / "bin").mkdir()
    if installed:
        install_fake_pulumi(project.root)
    apply = project.run("apply", "dev", "--yes")
    up = local_run(project.root, "up", "dev")
    engine = "Engine: people, by `provisioner apply --yes dev`\n"
    assert (up.returncode, up.stdout, up.stderr) == (apply.code, apply.out, engine + apply.err)
    assert (apply.code, apply.err.rstrip()) == (1, ended(project))
    attest_all(project)
    again = local_run(project.root, "up", "dev")
    assert (again.returncode, again.stdout.startswith(project.run("apply", "dev").out)) == (0, True)
    assert ("up --yes --stack dev" in again.stdout) == installed


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_make_up_of_a_job_is_green_and_keeps_the_checklist(project: Project, kind: str) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    (project.root / "bin").mkdir()
    install_fake_pulumi(project.root)
    with served() as server:
        fake = server.fresh()
        job = {**variables(kind, fake, project.root, change=None), "NO_PROXY": "127.0.0.1"}
        ran = local_run(project.root, "up", "dev", "--post", kind, **job)
        assert (ran.returncode, "dev: 3 applications wait for people:" in ran.stdout) == (0, True)
        assert "up --yes" not in ran.stdout
        assert [issue.open for issue in fake.issues()] == [True] * 3
        project.edit("environments/dev/environment.yaml", "{driver: runbook}", "{driver: embedded}")
        ran = local_run(project.root, "up", "dev", "--post", kind, **job)
        assert (ran.returncode, "up --yes --stack dev" in ran.stdout) == (0, True)
        assert [issue.open for issue in fake.issues()] == [False] * 3
        assert ran.stderr.count("Closed: ") == 3


def test_only_up_leaves_a_checklist(project: Project) -> None:
    ran = local_run(project.root, "preview", "dev", "--post", "github")
    assert (ran.returncode, "--post keeps a checklist of what is left after up" in ran.stderr) == (2, True)

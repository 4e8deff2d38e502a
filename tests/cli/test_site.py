"""`provisioner site`, from specs, consoles, journals and promotions to pages."""

from __future__ import annotations

import re

import pytest

from tests.project import Project


def words(project: Project, page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", (project.root / "out" / page).read_text()).split())


def test_everything_that_is_known_is_on_it(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    project.run("console", "edit", "dev/classroom", "maxIdleTime=30s")
    project.run("console", "fault", "prod", "server-error")
    ran = project.run("site", "out")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "out/index.html: 8 files" in ran.err
    index = words(project, "index.html")
    assert "classroom classroom@v1 auto 1 setting differs classroom@v1 auto console not read" in index
    assert "Differs from its spec 1 classroom : maxIdleTime" in index
    assert "video-call: recording.enabled false -&gt; true, recording.mode manual -&gt; auto, media (not set)" in index
    assert "Nothing was ever promoted into it." in index
    assert "Coverage and evidence Of rooms created " in index
    room = words(project, "dev/classroom.html")
    assert "maxIdleTime 1m template templates/classroom/v1.yaml:9:16" in room
    assert "Setting Console Spec maxIdleTime 30s 1m" in room


def test_specs_alone_ask_nobody_and_claim_nothing(project: Project) -> None:
    ran = project.run("site", "out", "prod", "--specs-only")
    assert ran.code == 0
    assert not (project.root / ".provisioner").exists()
    assert "it was not asked (--specs-only)" in words(project, "index.html")
    assert "Recordings were not looked at (--specs-only)." in words(project, "index.html")
    assert not (project.root / "out/dev").exists()


def test_confirmations_that_end_soon_are_told(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    project.run("attest", "prod/video-call", "--yes", "--who", "Ann <ann@example.com>", "--expires", "3d")
    project.run("site", "out", "prod")
    assert re.search(
        r"Confirmations that end soon video-call : ends 20\d\d-\d\d-\d\d, in 2 days", words(project, "index.html")
    )
    assert "Ann &lt;ann@example.com&gt; confirmed what the console shows on" in words(project, "prod/video-call.html")


def test_secrets_are_named_and_never_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_KEY", "s3cr3tk3y")
    callback = "callback: {url: https://calls.example.com, keyRef: env:REC_KEY}"
    project.edit("environments/dev/apps/video-call.yaml", "call@v1", f"call@v1\n  settings: {{{callback}}}")
    assert project.run("apply", "dev", "--yes").code == 0
    project.run("site", "out", "dev")
    pages = "".join(path.read_text() for path in (project.root / "out").rglob("*.html"))
    assert "env:REC_KEY" in pages
    assert "s3cr3tk3y" not in pages

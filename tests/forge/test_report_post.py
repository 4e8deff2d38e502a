"""`report --post`, in a job of both forges."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forge.fake import FakeForge
from tests.forge.jobs import variables
from tests.project import Project


@pytest.fixture
def job(kind: str, fake: FakeForge, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The shipped specs in a job that runs for change 7, with dev's plan sealed."""
    for name, value in variables(kind, fake, tmp_path).items():
        monkeypatch.setenv(name, value)
    project.run("plan", "dev", "--out", "dev.json")
    return project


def test_the_comment_is_posted_once_and_edited_in_place(kind: str, fake: FakeForge, job: Project) -> None:
    told = job.run("report", "dev.json", "--post", kind)
    assert (told.code, told.err.startswith(f"Comment: {fake.url}")) == (0, True)
    job.edit("environments/dev/environment.yaml", "retention: 7d", "retention: 14d")
    job.run("plan", "dev", "--out", "dev.json")
    again = job.run("report", "dev.json", "--post", kind, "--out", "comment.md")
    assert (again.code, again.out) == (0, "")
    (comment,) = fake.comments()
    marker, _, body = comment.body.partition("\n")
    assert marker.startswith('<!-- trtc-recording {"key":"plan+dev"')
    assert body.strip() == (job.root / "comment.md").read_text("utf-8").strip()


def test_the_jobs_page_shows_it_too(kind: str, fake: FakeForge, job: Project) -> None:
    summary = job.root / "summary.md"
    job.run("report", "dev.json", "--post", kind)
    assert summary.exists() == (kind == "github")
    if kind == "github":
        assert summary.read_text("utf-8").startswith("## Recording settings: `dev`\n")

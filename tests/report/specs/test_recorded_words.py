"""What an application records, in sentences."""

from __future__ import annotations

import pytest

from provisioner.report.specs.recorded_words import recorded_words
from tests.project import Project


def said(project: Project, address: str) -> str:
    environment, _, name = address.partition("/")
    return " ".join(
        next(recorded_words(app) for app in project.environment(environment).applications if app.name == name)
    )


def test_the_shipped_applications(project: Project) -> None:
    assert recorded_words(next(app for app in project.environment("dev").applications if app.name == "classroom")) == [
        "Every room is recorded by itself: sound and picture.",
        "A recording ends 1m after everybody has left.",
        "Up to 8 people are shown together in one file (screen-share).",
        "The picture has 1920 × 1080 pixels, 15 times a second.",
        "Files are MP4 and HLS; a longer recording is split after 4h.",
        "They go to VOD application 1500000010 and are deleted after 7d.",
    ]
    assert said(project, "dev/support-desk").startswith("A room is recorded where the backend asks for it: ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("backendRecords: false", "backendRecords: true", "so that each call leaves two recordings"),
        ("call@v1", "call@v1\n  settings: {media: audio}", "Every room is recorded by itself: sound alone."),
        ("call@v1", "call@v1\n  settings: {mixed: null, single: {}}", "into a file of their own (cameras and shared"),
        ("call@v1", "call@v1\n  settings: {storage: {vod: {retention: forever}}}", "and are kept for ever."),
        ("call@v1", "call@v1\n  settings: {callback: {url: https://calls.example.com/x}}", "calls.example.com is told"),
    ],
)
def test_what_else_is_said(project: Project, old: str, new: str, told: str) -> None:
    file = "environments/dev/apps/video-call.yaml"
    text = (project.root / file).read_text()
    project.write(
        file, text.replace(old, new, 1) if old in text else text.replace("mode: auto", f"mode: auto\n  {new}", 1)
    )
    assert told in said(project, "dev/video-call")

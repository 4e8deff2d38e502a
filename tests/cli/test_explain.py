from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from provisioner.recording.fields import find
from tests.project import Project

CLASSROOM = "environments/prod/apps/classroom.yaml"
COS = (
    "storage: {vendor: cos, cos: {region: ap-singapore, bucket: files-1, accessKeyRef: env:ID, secretKeyRef: env:KEY}}"
)


def explained(project: Project, *arguments: str) -> str:
    ran = project.run("explain", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_every_leaf_of_an_application(project: Project, snapshot: SnapshotAssertion) -> None:
    out = explained(project, "prod/classroom")
    assert out == snapshot
    assert [line for line in out.splitlines() if len(line) > 80] == []
    assert out.count("\n\n") + 1 == len(project.environment("prod").applications[0].leaves)


@pytest.mark.parametrize(
    "words",
    [
        "mixed.video.width",
        "/mixed/video/width",
        "recording.settings.mixed.video.width",
        "/recording/settings/mixed/video/width",
    ],
)
def test_a_leaf_has_one_meaning_however_it_is_written(project: Project, words: str) -> None:
    assert explained(project, "prod/classroom", words).startswith("mixed.video.width: 1920\n")


def test_a_block_is_its_leaves(project: Project) -> None:
    def heads(words: str) -> list[str]:
        cards = explained(project, "prod/classroom", words).split("\n\n")
        return [card.partition(":")[0] for card in cards]

    assert heads("mixed.audio") == ["mixed.audio.sampleRate", "mixed.audio.channels", "mixed.audio.bitrate"]
    assert heads("mode") == ["recording.mode"]
    assert heads("single") == ["single.merge", "single.streams", "single.fill"]  # not set, but could be
    assert len(heads("/")) == len(explained(project, "prod/classroom").split("\n\n"))


def test_the_chain_of_what_was_overrode_names_deletions(project: Project, snapshot: SnapshotAssertion) -> None:
    project.edit(CLASSROOM, "maxIdleTime: 2m", "maxIdleTime: 2m\n    maxFileDuration: null\n    mixed: {video: null}")
    assert explained(project, "prod/classroom", "maxIdleTime") == snapshot(name="overridden")
    assert explained(project, "prod/classroom", "maxFileDuration") == snapshot(name="a deleted leaf")
    assert explained(project, "prod/classroom", "mixed.video.width") == snapshot(name="a deleted block")
    project.edit("templates/classroom/v1.yaml", "maxIdleTime: 60s", "maxIdleTime: 60s\n  fileNamePrefix: lesson")
    deletion = "template: classroom@v1\n  settings: {fileNamePrefix: null}"
    project.edit("environments/dev/apps/classroom.yaml", "template: classroom@v1", deletion)
    assert explained(project, "dev/classroom", "fileNamePrefix") == snapshot(name="a deletion without a default")


def test_storage_that_the_vendor_does_not_name_holds_nothing(project: Project, snapshot: SnapshotAssertion) -> None:
    project.edit(CLASSROOM, "maxIdleTime: 2m", f"maxIdleTime: 2m\n    {COS}")
    assert explained(project, "prod/classroom", "storage") == snapshot


def test_json(project: Project, snapshot: SnapshotAssertion) -> None:
    project.edit(CLASSROOM, "maxIdleTime: 2m", "maxIdleTime: 2m\n    maxFileDuration: null")
    assert project.json("explain", "prod/classroom", "maxIdleTime") == snapshot(name="overridden")
    assert project.json("explain", "prod/classroom", "maxFileDuration") == snapshot(name="deleted")
    assert project.json("explain", "prod/classroom", "single.merge") == snapshot(name="not set")
    everything = project.json("explain", "prod/classroom")["leaves"]
    assert [leaf["path"] for leaf in everything] == list(project.environment("prod").applications[0].leaves)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prod/classroom", "mixed.vido.width"), '"mixed.vido.width" (did you mean "mixed.video.width"?)'),
        (("prod/classroom", "maxidletime"), '"maxidletime" (did you mean "maxIdleTime"?)'),
        (("prod/classroom", "strage"), '"strage" (did you mean "storage"?)'),
        (("prod/classroom", "a\x1bb"), '"a\\u001bb"'),
        (("prod",), "Known: prod/classroom, prod/support-desk, prod/video-call."),
        (("prod/clasroom",), '(did you mean "classroom"?)'),
    ],
)
def test_what_is_not_there_is_named_with_what_is(project: Project, arguments: tuple[str, ...], said: str) -> None:
    ran = project.run("explain", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_value_cannot_move_text_in_a_terminal(project: Project) -> None:
    project.edit(CLASSROOM, '"@acme/education"', '"@acme\\u202e/education"')
    for form in ("text", "json"):
        out = explained(project, "prod/classroom", "owner", "--format", form)
        assert "@acme\\u202e/education" in out


def test_every_leaf_says_what_its_field_knows(project: Project) -> None:
    for application in ("classroom", "support-desk"):
        for leaf in project.json("explain", f"prod/{application}")["leaves"]:
            field = find(leaf["path"])
            assert field
            assert (leaf["takes"], leaf["about"], leaf["source"]) == (field.kind.takes, field.about, field.source)
            assert leaf["setBy"]["value"] == leaf["value"]

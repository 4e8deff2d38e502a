"""`console learn` and `console scrub` as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from provisioner.console.grade import Grade
from provisioner.console.tencent.binding import load
from tests.console.learning.session import har
from tests.console.learning.test_learner import captured, reported
from tests.project import Project


def capture(project: Project, name: str, file: str = "monday.har", begin: int = 0, end: int | None = None) -> str:
    project.write(file, json.dumps(har(captured(name)[2][begin:end])))
    return file


def test_the_sheet(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run("console", "learn", "--sheet")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.out == snapshot
    assert len(project.json("console", "learn", "--sheet")["rounds"]) == 9


def test_a_capture_becomes_a_binding_that_loads(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run("console", "learn", capture(project, "template"), "--into", "bindings/ours.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot
    binding = load("bindings/ours.yaml", project.root)
    assert {place.grade for place in binding.places.values()} == {Grade.OBSERVED}
    assert binding.template is not None
    text = (project.root / "bindings/ours.yaml").read_text()
    assert "captures:\n  - {digest: sha256:" in text
    assert binding.refused(binding.places, {"observed"}) == []


def test_the_same_capture_twice_teaches_nothing_new(project: Project) -> None:
    file = capture(project, "default")
    assert project.run("console", "learn", file, "--into", "bindings/ours.yaml").code == 0
    before = (project.root / "bindings/ours.yaml").read_text()
    ran = project.run("console", "learn", file, "--into", "bindings/ours.yaml")
    assert ran.code == 1
    assert "this binding was learned from it already" in ran.words
    assert (project.root / "bindings/ours.yaml").read_text() == before


def test_a_capture_that_contradicts_overturns_nothing(project: Project) -> None:
    project.run("console", "learn", capture(project, "default"), "--into", "bindings/ours.yaml")
    idle = load("bindings/ours.yaml", project.root).places["/recording/settings/maxIdleTime"]
    load.cache_clear()
    ran = project.run("console", "learn", capture(project, "units", "tuesday.har"), "--into", "bindings/ours.yaml")
    assert ran.code == 3
    assert "Contradicts what was observed before (nothing was changed)" in ran.out
    assert load("bindings/ours.yaml", project.root).places["/recording/settings/maxIdleTime"] == idle


def test_without_the_sheet_nothing_is_written(project: Project) -> None:
    ran = project.run("console", "learn", capture(project, "default", end=5), "--into", "bindings/ours.yaml")
    assert ran.code == 1
    assert "no call carries the sheet's values" in ran.words
    assert not (project.root / "bindings/ours.yaml").exists()


def test_what_was_typed_instead_is_said(project: Project) -> None:
    file = capture(project, "default")
    text = (project.root / file).read_text()
    project.write(file, text.replace("eu-frankfurt", "ap-hongkong"))
    told = project.json("console", "learn", file)
    region = "field:/recording/settings/storage/cos/region"
    assert region in {one["entry"] for one in told["open"]}
    told = project.json("console", "learn", file, "--typed", "3:storage.cos.region=ap-hongkong")
    assert region in {one["entry"] for one in told["observed"]}
    assert project.run("console", "learn", file, "--typed", "3:storage.cos.region").code == 1


def test_scrub_writes_what_learn_needs(project: Project) -> None:
    file = capture(project, "default")
    ran = project.run("console", "scrub", file, "-o", "clean.har")
    assert ran.code == 0
    assert "entries kept" in ran.out
    one, other = project.json("console", "learn", file), project.json("console", "learn", "clean.har")
    for told in (one, other):
        told["binding"].pop("captures")
    assert one["binding"] == other["binding"]
    assert "csrfCode" not in (project.root / "clean.har").read_text()


def test_a_file_that_is_no_capture_is_told(project: Project) -> None:
    project.write("x.har", "{}")
    ran = project.run("console", "learn", "x.har")
    assert ran.code == 1
    assert "this is no HAR" in ran.err
    assert project.run("console", "learn").code == 1
    assert not Path("clean.har").exists()


def test_an_action_that_only_checks_is_left_out_by_name(project: Project) -> None:
    project.write("monday.har", json.dumps(har(reported(captured("default")[2], "trtc", "CheckSetting"))))
    unsure = project.run("console", "learn", "monday.har")
    assert "CheckSetting" in unsure.out
    assert "--without ACTION" in unsure.out
    ran = project.run("console", "learn", "monday.har", "--without", "CheckSetting", "--into", "bindings/ours.yaml")
    assert ran.code == 0, ran.out
    assert {place.grade for place in load("bindings/ours.yaml", project.root).places.values()} == {Grade.OBSERVED}
    assert "no call of the captures is Other" in project.run("console", "learn", "monday.har", "--without", "Other").err

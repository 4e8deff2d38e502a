from __future__ import annotations

import shutil

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.project import Project
from tests.promotion.support import CALL, DESK, PROD_CALL, PROD_ROOM

IDLE = "/recording/settings/maxIdleTime"


def kinds(project: Project, app: str) -> dict[str, str]:
    """Of each leaf that differs its kind, by path."""
    (found,) = project.json("compare", "dev", "prod", "--app", app)["applications"]
    return {leaf["path"]: leaf["kind"] for leaf in found["leaves"]}


ENVIRONMENT = dict.fromkeys(
    ["/sdkAppId", "/recording/settings/storage/vod/subAppId", "/recording/settings/storage/vod/retention"], "stays"
)


def test_the_shipped_environments_differ_by_what_belongs_to_them_and_one_override(project: Project) -> None:
    assert kinds(project, "video-call") == ENVIRONMENT
    assert kinds(project, "classroom") == {IDLE: "override", **ENVIRONMENT}
    assert project.run("compare", "dev", "prod", "--exit-code").code == 0


def test_what_the_source_sets_moves(project: Project) -> None:
    project.edit(
        CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s, mixed: null, single: {}}"
    )
    found = kinds(project, "video-call")
    moving = {path for path, kind in found.items() if kind == "moves"}
    assert {IDLE, "/recording/settings/single/streams", "/recording/settings/mixed/maxUsers"} <= moving
    assert {path for path, kind in found.items() if kind != "moves"} == set(ENVIRONMENT)
    assert project.run("compare", "dev", "prod", "--exit-code").code == 2


def test_a_template_of_another_version_moves_with_everything_that_it_changes(project: Project) -> None:
    project.write("templates/call/v2.yaml", (project.root / "templates/call/v1.yaml").read_text().replace("2h", "3h"))
    project.edit(CALL, "call@v1", "call@v2")
    moving = {path for path, kind in kinds(project, "video-call").items() if kind == "moves"}
    assert moving == {"/recording/template", "/recording/settings/maxFileDuration"}


def test_renamed_applications_pair_by_an_alias(project: Project) -> None:
    shutil.move(project.root / PROD_CALL, project.root / "environments/prod/apps/calls.yaml")
    project.edit("environments/prod/apps/calls.yaml", "name: video-call ", "name: calls ")
    compared = project.json("compare", "dev", "prod")
    assert compared["noCounterpart"] == {"source": ["video-call"], "target": ["calls"]}
    assert project.run("compare", "dev", "prod", "--exit-code").code == 2
    project.edit(CALL, "owner:", "aliases: [calls]\nowner:")
    compared = project.json("compare", "dev", "prod")
    assert compared["noCounterpart"] == {"source": [], "target": []}
    assert [(app["source"], app["target"]) for app in compared["applications"]][-1] == ("video-call", "calls")
    assert {leaf["path"]: leaf["kind"] for leaf in compared["applications"][-1]["leaves"]} == {
        "/name": "stays",
        "/aliases": "stays",
        **ENVIRONMENT,
    }


def test_an_alias_that_means_two_applications_pairs_none(project: Project) -> None:
    project.edit(CALL, "owner:", "aliases: [classroom-2, desk]\nowner:")
    (project.root / PROD_CALL).unlink()
    for name, alias, number in (("one", "classroom-2", 1), ("two", "desk", 2)):
        text = (project.root / PROD_ROOM).read_text().replace("name: classroom", f"name: {name}\naliases: [{alias}]")
        project.write(f"environments/prod/apps/{name}.yaml", text.replace("20000102", f"2000019{number}"))
    ran = project.run("compare", "dev", "prod")
    assert ran.code == 1
    assert ran.err.splitlines()[0] == f"{CALL}:6:10: video-call could be one or two of prod"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dev", "dev"], "dev is one environment, not two"),
        (["dev", "prd"], 'there is no environment "prd" (did you mean "prod"?)'),
        (["dev", "prod", "--app", "vidoe-call"], 'has an application "vidoe-call" (did you mean "video-call"?)'),
        (["dev", "prod", "--app", "\x1b[2J"], 'has an application "\\u001b[2J"'),
    ],
)
def test_what_does_not_exist_is_named(project: Project, arguments: list[str], words: str) -> None:
    ran = project.run("compare", *arguments)
    assert ran.code == 1
    assert words in ran.err


def test_views(project: Project, snapshot: SnapshotAssertion) -> None:
    project.edit(CALL, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s, formats: [mp4, hls]}")
    project.edit(CALL, '"@acme/calls"', '"@acme/<b>calls"')
    project.edit(DESK, "name: support-desk", "name: help-desk")
    shutil.move(project.root / DESK, project.root / "environments/dev/apps/help-desk.yaml")
    text = project.run("compare", "dev", "prod").out
    assert max(map(len, text.splitlines())) <= 80
    assert text == snapshot
    assert project.run("compare", "dev", "prod", "--format", "markdown").out == snapshot

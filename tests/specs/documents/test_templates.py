"""Templates that extend templates."""

from __future__ import annotations

import pytest

from provisioner.recording.application import Application, Leaf
from provisioner.recording.fields import SETTINGS
from provisioner.specs.workspace import SpecErrors
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
_TEMPLATE = "apiVersion: recording/v1\nkind: Template\nname: {name}\ndescription: x\n{rest}"


def template(project: Project, pin: str, rest: str) -> None:
    name, _, version = pin.partition("@")
    project.write(f"templates/{name}/{version}.yaml", _TEMPLATE.format(name=name, rest=rest))


def errors(project: Project, environment: str = "dev") -> list[str]:
    with pytest.raises(SpecErrors) as caught:
        project.environment(environment)
    return [str(finding) for finding in caught.value.findings]


def call(project: Project) -> Application:
    return project.environment("dev").applications[-1]


def test_a_chain_is_merged_weakest_first_and_every_leaf_knows_its_file(project: Project) -> None:
    template(project, "long@v1", "extends: call@v1\nsettings: {maxIdleTime: 30s, mixed: {video: null}}\n")
    template(project, "longer@v3", "extends: long@v1\nsettings: {maxIdleTime: 60s}\n")
    project.edit(CALL, "template: call@v1", "template: longer@v3")
    app = call(project)
    assert app.templates == ("call@v1", "long@v1", "longer@v3")
    leaf: Leaf | None = app.leaves[f"{SETTINGS}/maxIdleTime"]
    said = []
    while leaf is not None:
        said.append(f"{leaf.value} {leaf.where}")
        leaf = leaf.overrode
    assert said == [
        "1m templates/longer/v3.yaml:6:25",
        "30s templates/long/v1.yaml:6:25",
        "5s templates/call/v1.yaml:9:16",
    ]
    assert app.setting("maxFileDuration") == app.leaves[f"{SETTINGS}/maxFileDuration"].value
    assert app.setting("mixed/video/width") == 360  # deleted by long@v1, so the schema's default holds
    assert str(app.origin(f"{SETTINGS}/maxFileDuration")) == "templates/call/v1.yaml:10:20"


def test_a_circle_is_told_once_with_its_path_wherever_it_is_entered(project: Project) -> None:
    for name, parent in (("c", "b"), ("b", "a"), ("a", "c"), ("enters", "b")):
        template(project, f"{name}@v1", f"extends: {parent}@v1\nsettings: {{}}\n")
    told = (
        "templates/a/v1.yaml:5:10: REC023 extends itself: a@v1 → c@v1 → b@v1 → a@v1; "
        "one of them has to stand on its own"
    )
    for pin in ("a@v1", "b@v1", "c@v1", "enters@v1"):
        text = (project.root / CALL).read_text()
        project.write(CALL, text.replace("template: call@v1", f"template: {pin}"))
        assert errors(project) == [told]
        project.write(CALL, text)
    ran = project.run("validate")
    assert ran.out.splitlines().count(told) == 1


def test_a_parent_that_does_not_exist_is_told_where_it_is_named(project: Project) -> None:
    template(project, "long@v1", "extends: call@v2\nsettings: {}\n")
    project.edit(CALL, "template: call@v1", "template: long@v1")
    assert errors(project) == [
        "templates/long/v1.yaml:5:10: REC020 extends call@v2: there is no templates/call/v2.yaml; call has v1"
    ]


def test_a_mistake_in_a_parent_is_the_parents_and_stops_who_builds_on_it(project: Project) -> None:
    template(project, "base@v1", "settings: {maxIdleTime: 1s}\n")
    template(project, "long@v1", "extends: base@v1\nsettings: {maxIdleTime: 30s}\n")
    assert project.environment("dev").applications  # nobody pins it yet
    project.edit(CALL, "template: call@v1", "template: long@v1")
    assert errors(project) == ["templates/base/v1.yaml:5:25: REC011 settings.maxIdleTime takes 5s to 24h, not 1s"]


def test_production_locks_what_its_template_builds_on_too(project: Project) -> None:
    template(project, "long@v1", "extends: call@v1\nsettings: {}\n")
    file = "environments/prod/apps/video-call.yaml"
    project.edit(file, "template: call@v1", "template: long@v1")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 10s")
    assert any("REC073 call@v1 was edited after production pinned it" in error for error in errors(project, "prod"))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from provisioner.recording.document import flatten, nest
from provisioner.recording.fields import FIELDS
from provisioner.recording.value_types import Value
from provisioner.report.specs.effective import effective, render_yaml
from provisioner.specs.schema import checking
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.reader import read
from tests.project import Project
from tests.values import values

PLAIN = {path: field for path, field in FIELDS.items() if "*" not in path}
REQUIRED = {path: values(field.kind) for path, field in PLAIN.items() if field.required}
OPTIONAL = {path: values(field.kind) for path, field in PLAIN.items() if not field.required}


@given(st.fixed_dictionaries(REQUIRED, optional=OPTIONAL))
def test_what_is_rendered_is_legal_and_read_back_as_the_same_values(values: dict[str, Value]) -> None:
    text = dump(nest(values))
    node = read(text.encode(), "a.yaml")
    assert flatten(node.plain()) == values
    assert checking.check(node, "effective", "a.yaml") == []
    assert text == dump(nest(dict(reversed(values.items()))))


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_every_shipped_application_fits_the_schema(project: Project, name: str) -> None:
    for app in project.environment(name).applications:
        assert checking.check(read(render_yaml([app]).encode(), "a.yaml"), "effective", "a.yaml") == []


def test_an_application(project: Project, snapshot: SnapshotAssertion) -> None:
    ran = project.run("render", "prod/classroom")
    assert ran.code == 0
    assert ran.out == snapshot


def test_an_environment_is_its_applications_in_order(project: Project) -> None:
    ones = [project.run("render", f"dev/{name}").out for name in ("classroom", "support-desk", "video-call")]
    assert project.run("render", "dev").out == "---\n".join(ones)
    assert project.json("render", "dev") == [effective(app) for app in project.environment("dev").applications]
    assert project.json("render", "dev/classroom") == effective(project.environment("dev").applications[0])

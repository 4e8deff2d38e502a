from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

from provisioner.reconcile.plan.plan import desired_values
from provisioner.recording.document import nest
from provisioner.recording.field import EVERY_MODE
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.specs.schema import checking, generation
from tests.project import Project
from tests.values import documents

HEADER = {"/apiVersion", "/kind", "/name"}


def leaves(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every description of a value, with its path; `*` for names of members."""
    children = [*schema.get("properties", {}).items()]
    children += [("*", child) for child in schema.get("patternProperties", {}).values()]
    if not children:
        yield path, schema
    for name, child in children:
        yield from leaves(child, f"{path}/{name}")


@pytest.mark.parametrize("kind", ["application", "template", "environment", "effective"])
def test_every_leaf_of_a_spec_says_whether_it_moves_on_promotion(kind: str) -> None:
    for path, leaf in leaves(generation.build()[kind]):
        moves = {"x-promote", "x-env"} & set(leaf)
        assert len(moves) == 1 or path in HEADER, path
        assert leaf.get("description"), path


def test_templates_hold_only_what_moves() -> None:
    assert not [path for path, leaf in leaves(generation.build()["template"]) if "x-env" in leaf]


def test_secrets_are_marked() -> None:
    marked = {path for path, leaf in leaves(generation.build()["effective"]) if "x-secret" in leaf}
    assert marked == {path for path, field in FIELDS.items() if field.secret}


def test_the_effective_schema_has_every_field_and_no_other() -> None:
    assert {path for path, _ in leaves(generation.build()["effective"])} == set(FIELDS)


def test_editors_show_range_default_mode_and_source() -> None:
    described = dict(leaves(generation.build()["effective"]))
    for path, field in FIELDS.items():
        text = described[path]["description"]
        assert f"Takes {field.kind.takes}." in text
        assert f"[{field.source}]" in text
        assert ("Only in manual mode." in text) == (field.modes != EVERY_MODE)
        assert ("x-modes" in described[path]) == (field.modes != EVERY_MODE)
    assert described[f"{SETTINGS}/resourceExpiry"]["description"].startswith(
        "How long a task over REST can be queried, updated and stopped, in whole hours."
    )
    assert (
        "Takes 6h to 720h in multiples of 1h. Default: 3d. Only in manual mode."
        in (described[f"{SETTINGS}/resourceExpiry"]["description"])
    )


def test_shipped_applications_fit_the_effective_schema(project: Project) -> None:
    schema = jsonschema_rs.Draft202012Validator(checking.schema("effective"))
    for name in ("dev", "prod"):
        for app in project.environment(name).applications:
            schema.validate(nest(desired_values(app)))


@given(documents(SETTINGS))
def test_any_legal_settings_fit_an_applications_schema(values: dict[str, Value]) -> None:
    document = {
        "apiVersion": "recording/v1",
        "kind": "Application",
        "name": "x",
        "sdkAppId": 1,
        "owner": "me",
        "recording": {"enabled": True, "mode": "manual", **nest(values).get("recording", {})},
    }
    jsonschema_rs.Draft202012Validator(generation.build()["application"]).validate(document)

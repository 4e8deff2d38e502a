"""What Pulumi's tools and type checkers see of the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2

import provisioner.provider
from provisioner.provider import package
from provisioner.provider.servicer import ProviderServicer
from provisioner.recording.fields import FIELDS

FOLDER = Path(provisioner.provider.__file__).parent


def test_the_committed_copies_are_what_the_field_table_says() -> None:
    assert json.loads((FOLDER / "schema.json").read_text("utf-8")) == package.package(), "run make docs"
    assert (FOLDER / "arguments.py").read_text("utf-8") == package.arguments(), "run make docs"


def test_the_plugin_answers_its_schema() -> None:
    answer = ProviderServicer(Path()).GetSchema(provider_pb2.GetSchemaRequest(), None)  # type: ignore[arg-type]
    assert json.loads(answer.schema) == package.package()


def leaves(schema: dict[str, Any], properties: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, entry in properties.items():
        below = f"{path}/{name}"
        reference = entry.get("$ref", "")
        if "additionalProperties" in entry:
            reference, below = entry["additionalProperties"].get("$ref", ""), f"{below}/*"
        if reference.startswith("#/types/"):
            yield from leaves(schema, schema["types"][reference.removeprefix("#/types/")]["properties"], below)
        else:
            yield below


def test_every_field_is_an_input() -> None:
    schema = package.package()
    (resource,) = schema["resources"].values()
    inputs = {path for path in leaves(schema, resource["inputProperties"]) if not path.startswith("/intent")}
    assert inputs == set(FIELDS) - {"/aliases"}  # the program hands them to the engine


def test_every_type_says_what_its_members_are() -> None:
    for token, entry in package.package()["types"].items():
        assert entry["description"], token
        assert all(member["description"] for member in entry["properties"].values()), token


def test_types_are_called_by_their_paths() -> None:
    names = {token.rpartition(":")[2] for token in package.package()["types"]}
    assert {"Recording", "Settings", "Mixed", "MixedLayout", "MixedLayoutPane", "StorageVod", "Console"} <= names

"""What the plan document is written from: members, each with its name, its schema and its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from provisioner.specs.schema.shapes import Schema

T = TypeVar("T")


class Member(NamedTuple, Generic[T]):
    """One member of an object of the document: its name, its schema, and its value for what the object tells of.

    One that came after the format's version began is `sometimes` there: a value of None leaves it out, so that older
    documents still are what the schema says.
    """

    name: str
    schema: Schema
    value: Callable[[T], Any]
    sometimes: bool = False


Members = tuple[Member[T], ...]


def written(members: Members[T], subject: T) -> dict[str, Any]:
    """The object of `members` for one subject."""
    values = ((member, member.value(subject)) for member in members)
    return {member.name: value for member, value in values if value is not None or not member.sometimes}


def object_schema(members: Members[Any], about: str = "") -> Schema:
    """The object's schema: no member but these, and each always there that is not so only sometimes."""
    return {
        "type": "object",
        "additionalProperties": False,
        **({"description": about} if about else {}),
        "properties": {member.name: member.schema for member in members},
        "required": [member.name for member in members if not member.sometimes],
    }


def text(about: str = "", **more: Any) -> Schema:
    """A string."""
    return {"type": "string", **({"description": about} if about else {}), **more}


def list_of(items: Schema, about: str) -> Schema:
    """A list of one shape."""
    return {"type": "array", "description": about, "items": items}


def or_null(schema: Schema, about: str = "") -> Schema:
    """What is null where it is missing."""
    return {**({"description": about} if about else {}), "anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A shape that several places have."""
    return {"$ref": f"#/$defs/{name}"}


def optional(members: Members[T], subject: T | None) -> dict[str, Any] | None:
    """The same, null where there is no subject."""
    return None if subject is None else written(members, subject)

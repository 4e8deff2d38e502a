"""`intent`: what a plan may do although it is grave, because somebody wrote down that it is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.foundation.errors import Location
from provisioner.recording.application import Intent
from provisioner.recording.consequences import Scope, acknowledgeable
from provisioner.recording.findings import Finding
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import LAST_DAY, REASON, Schema, mapping
from provisioner.specs.yaml.checks import no_such_day
from provisioner.specs.yaml.reader import Node


def entries(node: Node, key: str, file: str) -> Iterator[tuple[str, dict[str, Node], Location]]:
    """What stands by name below `key` of a document, each with the place of its name."""
    if key in node.plain():
        for name, entry in node.value[key].value.items():
            yield name, entry.value, entry.key_at(file)


def check_last_days(node: Node, key: str, file: str) -> Iterator[Finding]:
    """A finding for each `expires` below `key` that no calendar has."""
    for name, entry, _ in entries(node, key, file):
        yield from no_such_day("expires", entry["expires"], file, f"/{key}/{name}/expires")


def _schema(scope: Scope) -> Schema:
    meant = acknowledgeable(scope)
    abouts = {word: f"Acknowledges {each.acknowledged}; x-env, never promoted." for word, each in meant.items()}
    entry = mapping({"reason": REASON, "expires": LAST_DAY}, "reason", "expires")
    about = next(iter(abouts.values())) if len(abouts) == 1 else "Acknowledges what is meant; x-env, never promoted."
    return mapping({word: {**entry, "description": text} for word, text in abouts.items()}, description=about)


def _read(source: KeySource) -> Mapping[str, Intent]:
    return {
        name: Intent(name, entry["reason"].plain(), entry["expires"].plain(), where)
        for name, entry, where in entries(source.node, "intent", source.file)
    }


def _key(scope: Scope) -> Key[Mapping[str, Intent]]:
    return Key("intent", lambda: _schema(scope), _read, lambda node, file: check_last_days(node, "intent", file))


APPLICATION_INTENT = _key(Scope.APPLICATION)
"""Intents by consequence, of what happens to one application."""

ENVIRONMENT_INTENT = _key(Scope.ENVIRONMENT)
"""The same for what concerns an environment as a whole."""

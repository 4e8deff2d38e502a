"""`waive`: findings of a rule that an application lives with, for a reason and for a while."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.recording.application import Waiver
from provisioner.recording.field import Moves
from provisioner.recording.fields import FIELDS
from provisioner.specs.keys.intent import check_last_days, entries
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import LAST_DAY, REASON, Schema, by_name, mapping


def _schema() -> Schema:
    owner = {**FIELDS["/owner"].kind.schema(), "description": "Who answers for it."}
    entry = mapping({"reason": REASON, "owner": owner, "expires": LAST_DAY}, "reason", "owner", "expires")
    about = "Rules (REC0nn, docs/rules.md) whose findings this application lives with; x-env, never promoted."
    return by_name(entry, description=about, **{Moves.NEVER.value: True})


def _read(source: KeySource) -> Mapping[str, Waiver]:
    return {
        rule: Waiver(rule, entry["reason"].plain(), entry["owner"].plain(), entry["expires"].plain(), where)
        for rule, entry, where in entries(source.node, "waive", source.file)
    }


WAIVE: Key[Mapping[str, Waiver]] = Key("waive", _schema, _read, lambda node, file: check_last_days(node, "waive", file))
"""Waivers by rule."""

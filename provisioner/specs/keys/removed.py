"""`removed`: applications whose file is gone and whose recording may stop with it, because somebody means that."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.recording.application import Intent
from provisioner.recording.consequences import STOP_RECORDING
from provisioner.specs.keys.intent import check_last_days, entries
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import LAST_DAY, NAME, REASON, Schema, by_name, mapping


def _schema() -> Schema:
    about = (
        "Acknowledges, by an application's name, that it stops being recorded: its file is gone and said onRemove: "
        "stop-auto. A file that is gone can hold no intent."
    )
    entry = mapping({"reason": REASON, "expires": LAST_DAY}, "reason", "expires")
    return by_name(entry, propertyNames=NAME, description=about)


def _read(source: KeySource) -> Mapping[str, Intent]:
    return {
        name: Intent(STOP_RECORDING.id, entry["reason"].plain(), entry["expires"].plain(), where)
        for name, entry, where in entries(source.node, "removed", source.file)
    }


REMOVED: Key[Mapping[str, Intent]] = Key(
    "removed", _schema, _read, lambda node, file: check_last_days(node, "removed", file)
)

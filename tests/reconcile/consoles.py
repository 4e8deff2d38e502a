"""What consoles show, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.console.defaults import normalised
from provisioner.console.port import Observed, Shown, Unreadable
from provisioner.recording.application import Layer
from provisioner.recording.exclusive_storage import VENDOR, of_another
from provisioner.recording.fields import FIELDS
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.patch import read_patch
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.reader import read

SHOWN = tuple(path for path in FIELDS if path in CONSOLE_WIRE)
"""Every field that a console can show."""


def observed(values: Mapping[str, Value]) -> Observed:
    """What a console that holds `values` shows: documented defaults filled in, secrets never."""
    fields: dict[str, Shown] = {
        path: None if of_another(path, values.get(VENDOR)) else values.get(path) for path in SHOWN
    }
    hidden = {path: Unreadable("hidden") for path in SHOWN if FIELDS[path].secret and path in values}
    return Observed(5, "call", "new", {**normalised(fields), **hidden})


def said(settings: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a block of settings as specs write it."""
    document = dump({"recording": {"settings": dict(settings)}})
    patch, findings = read_patch(read(document.encode(), "console"), Layer.APPLICATION, "console")
    assert not findings
    return {path: value for path, value in patch.says.items() if value is not None}

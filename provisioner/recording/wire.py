"""How settings look on the public wire: the name and codec of each field that travels, by its path.

The names are those of the public REST API, `Class.Member`; its McuRecordParams maps its members to the console
template's fields. What only the console has is called `console: …`. The shape of the console's own requests is not
public: that is a binding's business (`console/`), which refers to these codecs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS
from provisioner.recording.wire_codecs import Wire

WIRE: Mapping[str, Wire] = MappingProxyType({path: field.wire for path, field in FIELDS.items() if field.wire})
"""The wire entry of every field that the service knows, by its path in the field table."""

CONSOLE_WIRE: Mapping[str, Wire] = MappingProxyType(
    {path: wire for path, wire in WIRE.items() if Mode.AUTO in FIELDS[path].modes}
)
"""Of these, what the console's template may hold: what only REST calls know stands in no console."""

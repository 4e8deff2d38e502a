"""`environments/ENV/embedded.yaml`: the account that an environment's embedded console starts with."""

from __future__ import annotations

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.layout import EMBEDDED_FILE
from provisioner.specs.schema.field_schemas import tree
from provisioner.specs.schema.shapes import NAME, Schema, by_name, document, header, mapping, words

_HELD = tuple(FIELDS[path] for path in CONSOLE_WIRE if path.startswith(f"{SETTINGS}/"))
_TEMPLATE = "The recording template that it has at first, as `provisioner render` writes settings."


def schema() -> Schema:
    """Applications by name, with the state that they start in."""
    application = mapping(
        {
            "sdkAppId": {**FIELDS["/sdkAppId"].kind.schema(), "description": FIELDS["/sdkAppId"].about},
            "generation": words("Recording type; old-type recording can be switched off.", "new", "old"),
            "enabled": {"type": "boolean", "description": "Whether recording is on at first."},
            "mode": words("Recording mode at first.", "manual", "auto"),
            "settings": {**tree(_HELD, SETTINGS, patch=False), "description": _TEMPLATE},
        },
        "sdkAppId",
    )
    properties = {
        **header("EmbeddedConsole"),
        "name": {**NAME, "description": "Equals the file's or folder's name."},
        "applications": by_name(application, description="What the account holds, by name."),
    }
    about = "The account that the embedded console starts with. Changing it never overwrites a console's state."
    return document("EmbeddedConsole", about, mapping(properties, *properties))


EMBEDDED = DocumentKind("embedded", schema, place=EMBEDDED_FILE, migrates=True)

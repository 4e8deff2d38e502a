"""`environments/ENV/apps/NAME.yaml`: one application, and its registry of keys beside the field table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from provisioner.recording.application import Layer
from provisioner.recording.field import Moves
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.keys.hold import HOLD
from provisioner.specs.keys.intent import APPLICATION_INTENT
from provisioner.specs.keys.key import Key
from provisioner.specs.keys.waive import WAIVE
from provisioner.specs.layout import APPLICATION_FILE
from provisioner.specs.schema.field_schemas import settings, spec, tree
from provisioner.specs.schema.shapes import Schema

KEYS: Mapping[str, Key[Any]] = MappingProxyType({"intents": APPLICATION_INTENT, "waivers": WAIVE, "hold": HOLD})
"""Keys that are no leaves of the effective document, by the attribute of `Application` that holds them."""


def schema() -> Schema:
    """The schema of an application's file: the field table's leaves outside settings, the settings, and the keys."""
    own = [field for field in FIELDS.values() if not field.path.startswith(SETTINGS + "/") and field.path != "/name"]
    body = tree(own, "", patch=False)["properties"]
    body["recording"]["properties"]["settings"] = settings(
        "What this application sets apart from its template and environment; null deletes.",
        Moves.ON_PROMOTION,
        Moves.NEVER,
    )
    body["recording"]["description"] = "Whether and how rooms of this application are recorded."
    body.update({key.name: key.schema() for key in KEYS.values()})
    about = "The recording settings of one SDKAppId in one environment."
    return spec("Application", about, body, "sdkAppId", "owner", "recording", rest=Moves.NEVER)


APPLICATION = DocumentKind(
    "application",
    schema,
    place=APPLICATION_FILE,
    migrates=True,
    layer=Layer.APPLICATION,
    keys=tuple(KEYS.values()),
)

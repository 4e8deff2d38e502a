"""Between Pulumi's property structs and an application's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.diff import managed
from provisioner.recording.document import flatten, nest
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.kinds import Value


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The struct as ordinary values; numbers are floats, unknowns their marker."""
    document: dict[str, Any] = json_format.MessageToDict(struct)
    return document


def struct(document: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(document)
    return message


def values(properties: struct_pb2.Struct) -> dict[str, Value]:
    """Known values by path; outputs that are no fields, and unknowns, are left out. Raises ValueError."""
    roots = {path.split("/")[1] for path in FIELDS}
    document = {key: value for key, value in plain(properties).items() if key in roots}
    return flatten(_known(document))


def _known(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _known(value) if isinstance(value, dict) else value
        for key, value in document.items()
        if value != UNKNOWN and not (isinstance(value, list) and UNKNOWN in value)
    }


def inputs(desired: Mapping[str, Value]) -> dict[str, Any]:
    """A resource's inputs: what the console is told, and what says whose it is.

    The settings of a manual application are its backend's contract; they stand in no console and are none. Other
    names of it are the program's to know.
    """
    told = (path for path in desired if path != "/aliases" and (not _setting(path) or managed(desired, path)))
    return nest({path: desired[path] for path in told})


def live_inputs(known: Mapping[str, Value], observed: Observed) -> dict[str, Any]:
    """Inputs as the console has them. What it does not hold, or does not show, is taken from `known`."""
    live = {path: value for path, value in known.items() if path not in observed.fields}
    live["/sdkAppId"] = observed.sdk_app_id
    for path, shown in observed.fields.items():
        value = known.get(path) if isinstance(shown, Unreadable) else shown
        if value is not None:
            live[path] = value
    return nest(live)


def property_path(path: str) -> str:
    """`/recording/mode` as Pulumi writes it: `recording.mode`."""
    return path[1:].replace("/", ".")


def _setting(path: str) -> bool:
    return path.startswith(SETTINGS + "/")

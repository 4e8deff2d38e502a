"""What a provider is configured with: an environment of the specs, or a console of its own for other programs.

The keys are those of `environment.yaml`, under the same names and the same schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime.rpc import UNKNOWN

from provisioner.foundation.clock import Clock
from provisioner.foundation.errors import Location, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS
from provisioner.specs.documents.environment import KEYS, Environment
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.key import KeySource, check_keys
from provisioner.specs.schema import checking
from provisioner.specs.schema.shapes import API_VERSION
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml.reader import Malformed, Node
from provisioner.specs.yaml.reader import read as read_text

OWN = ("tier", "site", "region", "console", "limits", "intent")
"""Keys that make a provider independent of any specs."""

_KEYS = ("environment", *OWN)
_ENGINES = ("version", "pluginDownloadURL")
_OBJECTS = {
    "console": "{driver: tencent}",
    "limits": "{maxChanges: 10}",
    "intent": "{max-changes: {reason: …, expires: …}}",
}
_SOURCE = "provider configuration"
_SECRETS = ("secret", "token", "password", "key", "credential")
_NO_SECRETS = (
    "is no setting: credentials are never written into a program or a state. Export TENCENTCLOUD_SECRET_ID and "
    "TENCENTCLOUD_SECRET_KEY where Pulumi runs, or name another source in console.credentials"
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """`environment` is a folder below `environments/`; with `own` it is merely the name of what `own` describes."""

    environment: str
    own: Mapping[str, Any] | None = None

    def open(self, folder: Path, clock: Clock) -> tuple[Environment, Path]:
        """The environment and the folder that its files start from. Raises SpecErrors, UsageError."""
        if self.own is None:
            workspace = Workspace.containing(folder, clock)
            return workspace.environment(self.environment), workspace.root
        source = KeySource(_node(self.environment, self.own), _SOURCE, SpecFiles(folder))
        environment = Environment(
            name=self.environment,
            where=Location(_SOURCE),
            applications=(),
            today=clock().date(),
            **{attribute: key.read(source) for attribute, key in KEYS.items()},
        )
        return environment, folder.resolve()


def read(config: Mapping[str, Any]) -> Configuration:
    """The configuration that `reasons` has nothing against."""
    given = dict(_decoded(config))
    own = {key: given[key] for key in OWN if key in given}
    return Configuration(given["environment"], own or None)


def reasons(config: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that is wrong, beginning with its key; values that may be secrets are not repeated."""
    if any(value == UNKNOWN for value in config.values()):
        return []  # checked when it is known
    found = []
    for key in sorted(set(config) - {*_KEYS, *_ENGINES}):
        if any(word in key.casefold() for word in _SECRETS):
            found.append(f"{printable(key)} {_NO_SECRETS}")
        else:
            found.append(f"{printable(key)} is no setting{did_you_mean(key, _KEYS)}; it takes {', '.join(_KEYS)}")
    name = config.get("environment")
    if not name:
        return [*found, "environment is missing: it names the folder below environments/, or your own console"]
    try:
        FIELDS["/name"].kind.parse(name)
        given = dict(_decoded(config))
    except ValueError as reason:
        return [*found, str(reason) if ":" in str(reason) else f"environment {reason}"]
    own = {key: given[key] for key in OWN if key in given}
    return [*found, *(_against(name, own) if own else ())]


def _node(name: str, own: Mapping[str, Any]) -> Node:
    """The configuration as the environment's file that it stands for. Raises Malformed."""
    header = {"apiVersion": API_VERSION, "kind": "Environment", "name": name}
    return read_text(json.dumps({**header, **own}).encode(), _SOURCE)


def _against(name: str, own: Mapping[str, Any]) -> Iterator[str]:
    try:
        node = _node(name, own)
    except Malformed as error:
        yield from (finding.message for finding in error.findings)
        return
    wrong = checking.check(node, "environment", _SOURCE)
    if findings := [*wrong, *check_keys(KEYS.values(), node, _SOURCE, wrong)]:
        yield from (finding.message for finding in findings)
        return
    if "maxChangesPercent" in own.get("limits", {}):
        yield "limits.maxChangesPercent needs specs: how many resources a program has is not known before its end"
    if own["console"]["driver"] == "runbook":
        yield "console.driver takes embedded or tencent here: what people confirm stands beside specs"


def _decoded(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Stack configuration and generated SDKs hand over objects as JSON text. Raises ValueError."""
    for key, value in config.items():
        if key not in _OBJECTS or not isinstance(value, str):
            yield key, _whole(value)
            continue
        try:
            yield key, _whole(json.loads(value))
        except ValueError:
            raise ValueError(f"{key}: takes an object, such as {_OBJECTS[key]}") from None


def _whole(value: Any) -> Any:
    """The protocol knows only floating point."""
    if isinstance(value, dict):
        return {key: _whole(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

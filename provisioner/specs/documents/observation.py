"""What a person confirmed that a console shows, as a file in Git: `environments/<env>/observations/<app>.yaml`.

Under `recording` a value was seen, `null` was seen not to be set (for a block: nothing in it is), and what does not
stand there nobody confirmed. The digest covers everything else in the file. It shows that a file was edited; it is no
signature, because anybody can compute it: who may confirm is decided by who may merge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.recording.fields import FIELDS
from provisioner.recording.value_types import Value, canonical
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.specs.documents.digest import digest
from provisioner.specs.documents.document import DocumentKind
from provisioner.specs.layout import OBSERVATION_FILE
from provisioner.specs.schema import checking
from provisioner.specs.schema.field_schemas import tree
from provisioner.specs.schema.shapes import DIGEST, MOMENT, NAME, Schema, document, header, mapping, text
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.checks import moment, unfit
from provisioner.specs.yaml.reader import Malformed, Node, read

API_VERSION = "observation/v1"

CONFIRMABLE = tuple(path for path in FIELDS if path in CONSOLE_WIRE and not FIELDS[path].secret)
"""The fields that a person can look at, in the order people read them; a secret is never shown."""


def schema() -> Schema:
    """Under `recording` stands everything that a person can look at, in which null means "not set"."""
    recording = tree((FIELDS[path] for path in CONFIRMABLE), "/recording", patch=True)
    properties = {
        **header("Observation", API_VERSION),
        "name": {**NAME, "description": "The application's name; the file's too."},
        "sdkAppId": {**FIELDS["/sdkAppId"].kind.schema(), "description": "The application whose page was looked at."},
        "who": text("Who looked.", 200),
        "when": {**MOMENT, "description": "When, in UTC."},
        "expires": {**MOMENT, "description": "From when on this counts no longer."},
        "capture": {**DIGEST, "description": "Of the capture (HAR) that shows it, where no person looked."},
        "digest": {**DIGEST, "description": "Over everything else in this file: an edit by hand shows."},
        "recording": {
            **recording,
            "properties": {**recording["properties"], "enabled": {"type": "boolean"}},
            "required": ["enabled"],
            "description": "What the console shows. null: it is not set. Missing: nobody confirmed it.",
        },
    }
    about = "What a person confirmed that the console shows of one application."
    return document("Observation", about, mapping(properties, *(key for key in properties if key != "capture")))


OBSERVATION = DocumentKind("observation", schema, place=OBSERVATION_FILE)


@dataclass(frozen=True, slots=True)
class Observation:
    """One application's. `values` maps paths to what was seen there, None to "not set"; times are aware, in UTC.

    `capture` is the digest of the capture that shows it, where nobody looked.
    """

    name: str
    sdk_app_id: int
    who: str
    when: datetime
    expires: datetime
    values: Mapping[str, Value | None]
    capture: str | None = None

    def statement(self) -> dict[str, Any]:
        """What was confirmed, as JSON: everything that the file holds except the digest."""
        return {
            "apiVersion": API_VERSION,
            "kind": "Observation",
            "name": self.name,
            "sdkAppId": self.sdk_app_id,
            "who": self.who,
            "when": timestamp(self.when),
            "expires": timestamp(self.expires),
            **({"capture": self.capture} if self.capture else {}),
            **_nest(self.values),
        }

    def digest(self) -> str:
        """SHA-256 over the statement with sorted keys: how the file is laid out does not count."""
        return digest(self.statement())


@dataclass(frozen=True, slots=True)
class StoredObservation:
    """An observation as its file holds it, with the digest written there."""

    observation: Observation
    digest: str

    @property
    def intact(self) -> bool:
        """Whether it still is what was attested: an edit by hand makes it unreadable."""
        return self.digest == self.observation.digest()


def file_text(observation: Observation, environment: str) -> bytes:
    """The file's bytes: the same observation gives the same ones."""
    *head, recording = observation.statement().items()
    whole = dict([*head, ("digest", observation.digest()), recording])
    note = f"# Written by `provisioner attest {environment}/{observation.name}`: confirm again instead of editing it."
    return f"{note}\n{dump(whole)}".encode()


def parse(data: bytes, file: str) -> StoredObservation:
    """The observation in `data`; `file` is named in findings. Raises Malformed."""
    node = read(data, file)
    if findings := checking.check(node, OBSERVATION.name, file):
        raise Malformed(findings)
    plain = node.plain()
    when, expires = (moment(node.value[key], file) for key in ("when", "expires"))
    values = dict(_values(node.value["recording"], "/recording", file))
    in_order = {path: values[path] for path in CONFIRMABLE if path in values}
    seen = Observation(plain["name"], plain["sdkAppId"], plain["who"], when, expires, in_order, plain.get("capture"))
    return StoredObservation(seen, plain["digest"])


def _values(node: Node, path: str, file: str) -> Iterator[tuple[str, Value | None]]:
    if node.value is None:
        yield from ((below, None) for below in CONFIRMABLE if below == path or below.startswith(path + "/"))
    elif path not in FIELDS:
        for key, child in node.value.items():
            yield from _values(child, f"{path}/{key}", file)
    else:
        try:
            yield path, FIELDS[path].kind.parse(node.plain())
        except ValueError as reason:
            raise Malformed([unfit(f"{path[1:].replace('/', '.')} {reason}", node, file, path)]) from None


def _nest(values: Mapping[str, Value | None]) -> dict[str, Any]:
    """The nested form of `values`, in which a block of which nothing is set is one null."""
    nested: dict[str, Any] = {}
    for path in CONFIRMABLE:
        if path in values:
            *blocks, leaf = path.split("/")[1:]
            node = nested
            for block in blocks:
                node = node.setdefault(block, {})
            value = values[path]
            node[leaf] = None if value is None else canonical(value)
    return {key: _folded(child, f"/{key}", values) for key, child in nested.items()}


def _folded(node: Any, path: str, values: Mapping[str, Value | None]) -> Any:
    if not isinstance(node, dict):
        return node
    below = [known for known in CONFIRMABLE if known.startswith(path + "/")]
    if all(known in values and values[known] is None for known in below):
        return None
    return {key: _folded(child, f"{path}/{key}", values) for key, child in node.items()}

"""`controller`: the manual-mode controller that records an environment's applications, and its keys."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.recording.application import Application
from provisioner.recording.manual import manual
from provisioner.recording.value_types import Reference, References
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema

_KEYS = References(2)


@dataclass(frozen=True, slots=True)
class ControllerChoice:
    """Where the environment's controller answers, and by what it knows backends and the service.

    `url` has no slash at its end. `token_ref` is the bearer token of backends, of `plan` and `drift`;
    `callback_key_refs` sign the callbacks of every application that names no keys of its own. All are references.
    """

    url: str
    token_ref: str
    callback_key_refs: tuple[str, ...] = ()

    def callback_keys(self, app: Application) -> tuple[str, ...]:
        """References to the keys of which one signs an application's callbacks; empty where nobody names any."""
        carried_out = manual(app)
        return (carried_out.callback_key_refs if carried_out else ()) or self.callback_key_refs


def _schema() -> Schema:
    properties = {
        "url": {
            "type": "string",
            "pattern": r"^https?://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9._~-]+)*/?$",
            "maxLength": 2048,
            "description": "Where it answers backends, plan and drift, such as https://recording.example.com.",
        },
        "tokenRef": {
            **Reference().schema(),
            "description": "Bearer token of backends, plan and drift, by reference: env:NAME or file:PATH.",
            "x-secret": True,
        },
        "callbackKeyRefs": {
            **_KEYS.schema(),
            "description": "Keys that sign callbacks where an application names none, by reference: one, or two "
            "while one replaces the other.",
            "x-secret": True,
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "description": "The controller that records this environment's applications in manual mode.",
        "properties": properties,
        "required": ["url", "tokenRef"],
    }


def _read(source: KeySource) -> ControllerChoice | None:
    block = source.get("controller")
    if block is None:
        return None
    keys = tuple(sorted(block.get("callbackKeyRefs", ())))
    return ControllerChoice(block["url"].rstrip("/"), block["tokenRef"], keys)


CONTROLLER: Key[ControllerChoice | None] = Key("controller", _schema, _read)
"""None where no controller records."""

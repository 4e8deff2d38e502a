"""`console`: which console an environment's applications live in, as whom it is called, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.credentials.registry import SOURCES, VARIABLES, CredentialChoice, chosen
from provisioner.credentials.source import SourceKey
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.limits import CALLS_PER_SECOND
from provisioner.recording.value_types import Reference
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema, mapping, text
from provisioner.specs.yaml.reader import Node


@dataclass(frozen=True, slots=True)
class ConsoleChoice:
    """Which console to talk to. `accept` names binding entries weaker than documented that writes may use.

    `binding` is a shipped binding's name or a file of the project, `page` likewise (None: the site's own);
    `ca_file` a PEM bundle of the project; `calls_per_second` holds for each action.
    """

    driver: str
    read_only: bool = False
    endpoint: str | None = None
    binding: str = "default"
    page: str | None = None
    ca_file: str | None = None
    calls_per_second: float = CALLS_PER_SECOND
    accept: frozenset[str] = frozenset()
    credentials: CredentialChoice = VARIABLES

    @property
    def by_people(self) -> bool:
        """Whether people change this console, and say in Git what it shows, because no API does."""
        return self.driver == "runbook"


def _read(source: KeySource) -> ConsoleChoice:
    block = source.get("console")
    ((credentials, given),) = block.get("credentials", {VARIABLES.source: {}}).items()
    return ConsoleChoice(
        driver=block["driver"],
        read_only=block.get("readOnly", False),
        endpoint=block.get("endpoint"),
        binding=block.get("binding", "default"),
        page=block.get("page"),
        ca_file=block.get("caFile"),
        calls_per_second=float(block.get("callsPerSecond", CALLS_PER_SECOND)),
        accept=frozenset(block.get("accept", ())),
        credentials=chosen(credentials, given),
    )


# A console that people change by hand is still asked for usage and files, which are public actions.
_WITHOUT_EFFECT = {
    "embedded": ("endpoint", "binding", "caFile", "accept", "credentials", "page"),
    "tencent": ("page",),
    "runbook": ("binding", "accept", "readOnly"),
}


def _check(node: Node, file: str) -> Iterator[Finding]:
    """Keys that the driver does not look at are refused rather than ignored."""
    console = node.below("console")
    driver = console.plain()["driver"]
    for key in _WITHOUT_EFFECT[driver]:
        if key in console.plain():
            message = f"console.{key} means nothing to the driver {driver}"
            where = console.below(key).key_at(file)
            yield Finding("REC022", Severity.ERROR, message, where, path=f"/console/{key}")


def _schema() -> Schema:
    return _block(
        "The console that this environment's applications live in.",
        {
            "driver": {
                "enum": ["embedded", "tencent", "runbook"],
                "description": "Which console: the embedded simulator, Tencent Cloud, or one that people change.",
            },
            "readOnly": {"type": "boolean", "default": False, "description": "Refuse every write to this console."},
            "endpoint": {
                "type": "string",
                "pattern": r"^(https?://)?[A-Za-z0-9.-]+(:[0-9]+)?$",
                "description": "Host of the API where it is not the site's own; tencent and runbook.",
            },
            "binding": text("A shipped binding's name, or a file of the project such as bindings/ours.yaml."),
            "page": text("A shipped page's name (the site's own: cn, intl) or a file of the project; runbook only."),
            "caFile": text("PEM bundle of the project to trust instead of the system's; tencent and runbook."),
            "callsPerSecond": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100000,
                "default": CALLS_PER_SECOND,
                "description": f"Calls of one action a second; the service allows {CALLS_PER_SECOND}.",
            },
            "accept": {
                "type": "array",
                "items": {"type": "string"},
                "uniqueItems": True,
                "description": "Undocumented entries of the binding that writes may use: action:NAME, field:/PATH, or "
                "a grade such as observed, for all that are known that well.",
            },
            "credentials": _credentials_schema(),
        },
        "driver",
    )


def _credentials_schema() -> Schema:
    sources = {
        source.name: _block(
            source.about,
            {name: _credential_key(key) for name, key in source.keys.items()},
            *(name for name, key in source.keys.items() if key.required),
        )
        for source in SOURCES.values()
    }
    about = "Where the account's credentials come from; exactly one."
    return {**_block(about, sources), "minProperties": 1, "maxProperties": 1}


def _credential_key(key: SourceKey) -> Schema:
    if key.reference:
        return {**Reference().schema(), "description": key.about, "x-secret": True}
    return text(key.about)


def _block(about: str, properties: Schema, *required: str) -> Schema:
    return mapping(properties, *required, description=about)


CONSOLE: Key[ConsoleChoice] = Key("console", _schema, _read, _check, required=True)

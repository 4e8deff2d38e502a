"""`console`: which console an environment's applications live in, as whom it is called, and how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import Reference
from provisioner.specs.keys.key import Key, Source
from provisioner.specs.schema.shapes import Schema, mapping, text
from provisioner.specs.yaml.reader import Node


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """Where the account's credentials come from; which members count is decided by `kind`."""

    kind: str = "environment"
    profile: str = "default"
    role: str | None = None
    role_arn: str = ""
    provider_id: str = ""
    session_name: str = "trtc-recording"
    audience: str = "sts.tencentcloudapi.com"
    token_ref: str = "env:TRTC_ID_TOKEN"


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
    calls_per_second: float = 20.0
    accept: frozenset[str] = frozenset()
    credentials: CredentialSource = CredentialSource()


def _read(source: Source) -> ConsoleChoice:
    block = source.get("console")
    return ConsoleChoice(
        driver=block["driver"],
        read_only=block.get("readOnly", False),
        endpoint=block.get("endpoint"),
        binding=block.get("binding", "default"),
        page=block.get("page"),
        ca_file=block.get("caFile"),
        calls_per_second=float(block.get("callsPerSecond", 20)),
        accept=frozenset(block.get("accept", ())),
        credentials=_credential_source(block.get("credentials", {"environment": {}})),
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


def _credential_source(block: Mapping[str, Any]) -> CredentialSource:
    ((kind, given),) = block.items()
    default = CredentialSource()
    return CredentialSource(
        kind=kind,
        profile=given.get("name", default.profile),
        role=given.get("role"),
        role_arn=given.get("roleArn", ""),
        provider_id=given.get("providerId", ""),
        session_name=given.get("sessionName", default.session_name),
        audience=given.get("audience", default.audience),
        token_ref=given.get("tokenRef", default.token_ref),
    )


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
                "default": 20,
                "description": "Calls of one action a second; the service allows 20.",
            },
            "accept": {
                "type": "array",
                "items": {"type": "string"},
                "uniqueItems": True,
                "description": "Undocumented entries of the binding that writes may use: action:NAME or field:/PATH.",
            },
            "credentials": _credentials_schema(),
        },
        "driver",
    )


def _credentials_schema() -> Schema:
    arn = text("The role to assume, such as qcs::cam::uin/100000000001:roleName/recording-plan, or env:NAME.")
    session = text("Name of the session in the audit log.")
    provider = text("Name of the identity provider in the account's access management.")
    audience = text("Audience that the provider expects in the token.")
    token = {**Reference().schema(), "description": "Where the job's identity token is found.", "x-secret": True}
    return {
        **_block(
            "Where the account's credentials come from; exactly one.",
            {
                "environment": _block("TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _TOKEN; the default.", {}),
                "profile": _block("A section of ~/.tencentcloud/credentials.", {"name": text("The section.")}),
                "cvm-role": _block("The role bound to this machine.", {"role": text("Its name.")}),
                "assume-role": _block(
                    "A role assumed with the credentials of the environment.",
                    {"roleArn": arn, "sessionName": session},
                    "roleArn",
                ),
                "github-oidc": _block(
                    "A role assumed with the identity of a GitHub Actions job.",
                    {"roleArn": arn, "providerId": provider, "audience": audience, "sessionName": session},
                    "roleArn",
                    "providerId",
                ),
                "gitlab-oidc": _block(
                    "A role assumed with the identity of a GitLab job (`id_tokens`).",
                    {"roleArn": arn, "providerId": provider, "tokenRef": token, "sessionName": session},
                    "roleArn",
                    "providerId",
                ),
                "tke-oidc": _block("The role of a pod's service account; the cluster sets what it needs.", {}),
            },
        ),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _block(about: str, properties: Schema, *required: str) -> Schema:
    return mapping(properties, *required, description=about)


CONSOLE: Key[ConsoleChoice] = Key("console", _schema, _read, _check, required=True)

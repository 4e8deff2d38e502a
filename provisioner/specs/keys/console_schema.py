"""The schema of an environment's `console:` block."""

from __future__ import annotations

from typing import Any

from provisioner.recording.value_types import Reference

Schema = dict[str, Any]


def console_schema() -> Schema:
    """What `console_choice` reads."""
    return _object(
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
            "binding": _text("A shipped binding's name, or a file of the project such as bindings/ours.yaml."),
            "page": _text("A shipped page's name (the site's own: cn, intl) or a file of the project; runbook only."),
            "caFile": _text("PEM bundle of the project to trust instead of the system's; tencent and runbook."),
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
            "credentials": _credentials(),
        },
        "driver",
    )


def _credentials() -> Schema:
    arn = _text("The role to assume, such as qcs::cam::uin/100000000001:roleName/recording-plan, or env:NAME.")
    session = _text("Name of the session in the audit log.")
    provider = _text("Name of the identity provider in the account's access management.")
    audience = _text("Audience that the provider expects in the token.")
    token = {**Reference().schema(), "description": "Where the job's identity token is found.", "x-secret": True}
    return {
        **_object(
            "Where the account's credentials come from; exactly one.",
            {
                "environment": _object("TENCENTCLOUD_SECRET_ID, _SECRET_KEY and _TOKEN; the default.", {}),
                "profile": _object("A section of ~/.tencentcloud/credentials.", {"name": _text("The section.")}),
                "cvm-role": _object("The role bound to this machine.", {"role": _text("Its name.")}),
                "assume-role": _object(
                    "A role assumed with the credentials of the environment.",
                    {"roleArn": arn, "sessionName": session},
                    "roleArn",
                ),
                "github-oidc": _object(
                    "A role assumed with the identity of a GitHub Actions job.",
                    {"roleArn": arn, "providerId": provider, "audience": audience, "sessionName": session},
                    "roleArn",
                    "providerId",
                ),
                "gitlab-oidc": _object(
                    "A role assumed with the identity of a GitLab job (`id_tokens`).",
                    {"roleArn": arn, "providerId": provider, "tokenRef": token, "sessionName": session},
                    "roleArn",
                    "providerId",
                ),
                "tke-oidc": _object("The role of a pod's service account; the cluster sets what it needs.", {}),
            },
        ),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _object(about: str, properties: Schema, *required: str) -> Schema:
    shape: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "description": about,
    }
    return {**shape, "required": list(required)} if required else shape


def _text(about: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 512, "description": about}

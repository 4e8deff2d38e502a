"""`github-oidc`: a role, assumed with the identity of a GitHub Actions job."""

from __future__ import annotations

import json
from urllib.parse import quote

from provisioner.credentials.assumed import PROVIDER, ROLE, SESSION, AssumedRole, role_arn
from provisioner.credentials.source import Caller, Credentials, Source, SourceKey, SourceSettings, TokenService
from provisioner.foundation.errors import ProvisionerError

_SECONDS = 10


def _open(settings: SourceSettings, caller: Caller, tokens: TokenService) -> Credentials:
    def identity() -> dict[str, str]:
        return {"ProviderId": settings["providerId"], "WebIdentityToken": _token(settings["audience"], caller)}

    return AssumedRole(tokens(None), role_arn(settings, caller), settings["sessionName"], identity)


def _token(audience: str, caller: Caller) -> str:
    import urllib.request  # 3 MiB that every command would load, and few jobs need

    address, bearer = (caller.get(f"ACTIONS_ID_TOKEN_REQUEST_{part}") for part in ("URL", "TOKEN"))
    if not address or not bearer:
        raise ProvisionerError(
            "GitHub gives this job no identity token", fix="Give the job `permissions: {id-token: write}`."
        )
    address += f"&audience={quote(audience)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {bearer}"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return str(json.load(answer)["value"])
    except (OSError, ValueError, KeyError) as error:
        raise ProvisionerError(f"GitHub's identity token could not be fetched ({type(error).__name__})") from None


SOURCE = Source(
    "github-oidc",
    "A role assumed with the identity of a GitHub Actions job.",
    lambda settings: f"the role {settings['roleArn']}, assumed with this GitHub job's identity",
    _open,
    {
        "roleArn": ROLE,
        "providerId": PROVIDER,
        "audience": SourceKey("Audience that the provider expects in the token.", default="sts.tencentcloudapi.com"),
        "sessionName": SESSION,
    },
    example="{roleArn: …, providerId: …}",
    needs="the job needs `id-token: write`",
)

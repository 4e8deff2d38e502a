"""`gitlab-oidc`: a role, assumed with the identity of a GitLab job."""

from __future__ import annotations

from provisioner.credentials.assumed import PROVIDER, ROLE, SESSION, AssumedRole, role_arn
from provisioner.credentials.source import Caller, Credentials, Source, SourceKey, SourceSettings, TokenService
from provisioner.foundation.secret_refs import resolve


def _open(settings: SourceSettings, caller: Caller, tokens: TokenService) -> Credentials:
    def identity() -> dict[str, str]:
        token = resolve(settings["tokenRef"], caller.root).reveal()
        return {"ProviderId": settings["providerId"], "WebIdentityToken": token}

    return AssumedRole(tokens(None), role_arn(settings, caller), settings["sessionName"], identity)


SOURCE = Source(
    "gitlab-oidc",
    "A role assumed with the identity of a GitLab job (`id_tokens`).",
    lambda settings: f"the role {settings['roleArn']}, assumed with this GitLab job's identity",
    _open,
    {
        "roleArn": ROLE,
        "providerId": PROVIDER,
        "tokenRef": SourceKey("Where the job's identity token is found.", default="env:TRTC_ID_TOKEN", reference=True),
        "sessionName": SESSION,
    },
    example="{roleArn: …, providerId: …, tokenRef: env:TRTC_ID_TOKEN}",
)

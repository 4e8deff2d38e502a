"""`tke-oidc`: the role of a pod's service account on Tencent Kubernetes Engine."""

from __future__ import annotations

from provisioner.credentials.assumed import SESSION, AssumedRole
from provisioner.credentials.source import Caller, Credentials, Source, SourceSettings, TokenService
from provisioner.foundation.secret_refs import resolve

_FIX = "tke-oidc works in a pod that the cluster gave an identity."


def _open(_settings: SourceSettings, caller: Caller, tokens: TokenService) -> Credentials:
    arn, provider = (caller.variable(f"TKE_{part}", _FIX) for part in ("ROLE_ARN", "PROVIDER_ID"))

    def identity() -> dict[str, str]:
        file = caller.variable("TKE_WEB_IDENTITY_TOKEN_FILE", _FIX)
        return {"ProviderId": provider, "WebIdentityToken": resolve(f"file:{file}", caller.root).reveal()}

    return AssumedRole(tokens(None), arn, str(SESSION.default), identity)


SOURCE = Source(
    "tke-oidc",
    "The role of a pod's service account; the cluster sets what it needs.",
    lambda _settings: "the role of this pod's service account",
    _open,
)

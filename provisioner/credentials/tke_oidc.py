"""`tke-oidc`: the role of a pod's service account on Tencent Kubernetes Engine."""

from __future__ import annotations

from pathlib import Path

from provisioner.credentials.assumed import SESSION, AssumedRole
from provisioner.credentials.source import Caller, Credentials, Source, SourceSettings, TokenService
from provisioner.foundation.named_files import read_regular

_FIX = "tke-oidc works in a pod that the cluster gave an identity."


def _open(_settings: SourceSettings, caller: Caller, tokens: TokenService) -> Credentials:
    arn, provider = (caller.variable(f"TKE_{part}", _FIX) for part in ("ROLE_ARN", "PROVIDER_ID"))

    def identity() -> dict[str, str]:
        file = caller.variable("TKE_WEB_IDENTITY_TOKEN_FILE", _FIX)
        return {"ProviderId": provider, "WebIdentityToken": _token(Path(file))}

    return AssumedRole(tokens(None), arn, str(SESSION.default), identity)


SOURCE = Source(
    "tke-oidc",
    "The role of a pod's service account; the cluster sets what it needs.",
    lambda _settings: "the role of this pod's service account",
    _open,
)


def _token(file: Path) -> str:
    """The cluster names the file, not a spec."""
    return read_regular(file, str(file)).decode("utf-8", "replace").strip()

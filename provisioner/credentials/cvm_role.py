"""`cvm-role`: the role bound to the machine, by its metadata service."""

from __future__ import annotations

from provisioner.credentials.source import Caller, Credentials, Source, SourceKey, SourceSettings, TokenService
from provisioner.foundation.errors import ProvisionerError


def _open(settings: SourceSettings, _caller: Caller, _tokens: TokenService) -> Credentials:
    from tencentcloud.common.credential import CVMRoleCredential  # schemas are read without the SDK

    credential: Credentials = CVMRoleCredential(settings.get("role"))
    if not all(credential.get_credential_info()):  # the SDK swallows every reason
        raise ProvisionerError(
            "this machine's metadata service gives no role credentials",
            fix="cvm-role works on a Tencent Cloud machine that a role is bound to.",
        )
    return credential


SOURCE = Source(
    "cvm-role",
    "The role bound to this machine.",
    lambda _settings: "the role of this machine",
    _open,
    {"role": SourceKey("Its name.")},
)

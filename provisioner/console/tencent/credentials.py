"""Who calls: the source that an environment chose, opened; roles are assumed through our own client.

The SDK's own role credentials talk to the token service past our proxies and CA.
"""

from __future__ import annotations

from typing import Any

from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.credentials.assumed import ROLE_KEY, owner_of, role_arn
from provisioner.credentials.registry import SOURCES
from provisioner.credentials.source import Assume, Caller, Credentials
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents.environment import Environment

_HOSTS = {"cn": "sts.tencentcloudapi.com", "intl": "sts.intl.tencentcloudapi.com"}
_VERSION = "2018-08-13"


def open_credentials(environment: Environment, caller: Caller, endpoint: Endpoint | None = None) -> Credentials:
    """The credentials that `console.credentials` asks for. Raises ProvisionerError naming what is missing.

    `endpoint` replaces the token service's own, for roles.
    """
    choice = environment.console.credentials

    def tokens(base: Credentials | None) -> Assume:
        host = endpoint or Endpoint(_HOSTS[environment.site])
        client = TencentClient("sts", _VERSION, environment.region, host, base)

        def assume(action: str, body: dict[str, Any]) -> dict[str, Any]:
            return client.read(action, body)

        return assume

    try:
        return SOURCES[choice.source].open(choice.settings, caller, tokens)
    except ProvisionerError as error:
        what = f"{environment.name} has no credentials: {error.what}"
        raise ProvisionerError(what, where=environment.where, fix=error.fix) from None


def account_of(environment: Environment, caller: Caller) -> str:
    """What tells accounts apart without asking anybody: the owner of the role, else where the credentials come from.

    Two that differ may still be one account: then the service's own refusals slow them down.
    """
    choice = environment.console.credentials
    if ROLE_KEY in choice.settings:
        arn = role_arn(choice.settings, caller)
        return owner_of(arn) or arn
    return f"{choice.source} {sorted(choice.settings.items())}"

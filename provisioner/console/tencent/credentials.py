"""Who calls: one account an environment, from variables, a profile, a machine's role, or a role assumed by token.

Resolved from references at the moment of use and never written anywhere. The SDK's own role credentials talk to
the token service past our proxies and CA, so roles are assumed through our client.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from configparser import ConfigParser, Error
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from tencentcloud.common.credential import Credential, CVMRoleCredential

from provisioner.console.secret_refs import resolve
from provisioner.console.tencent.client import Credentials, Endpoint, TencentClient
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.console import CredentialSource

_STS = {"cn": "sts.tencentcloudapi.com", "intl": "sts.intl.tencentcloudapi.com"}
_STS_VERSION = "2018-08-13"
_PROFILE = Path(".tencentcloud") / "credentials"
_NAMED = "env:"  # a role by its variable: a job that only looks may assume another one than a job that writes
_IN_A_POD = "tke-oidc works in a pod that the cluster gave an identity."
_RENEW_BEFORE = 300  # seconds: a plan that starts now must not run out of its credentials half-way


@dataclass(frozen=True, slots=True)
class Caller:
    """What credentials are resolved from: the process's `variables`, the home folder and the project's `root`."""

    variables: Mapping[str, str]
    home: Path
    root: Path


def credentials(environment: Environment, caller: Caller, endpoint: Endpoint | None = None) -> Credentials:
    """The credentials that `console.credentials` asks for. Raises ProvisionerError naming what is missing.

    `endpoint` replaces the token service's own, for roles.
    """
    source = environment.console.credentials
    if source.kind == "profile":
        return _profile(source, caller)
    if source.kind == "cvm-role":
        return _machine_role(source)
    if source.kind == "environment":
        return _variables(caller, environment)
    sts = endpoint or Endpoint(_STS[environment.site])
    if source.role_arn.startswith(_NAMED):
        arn = _variable(caller, source.role_arn.removeprefix(_NAMED), "Set it to the role that this job may assume.")
        source = replace(source, role_arn=arn)
    base = _variables(caller, environment) if source.kind == "assume-role" else None
    if source.kind == "tke-oidc":
        arn, provider = (_variable(caller, f"TKE_{part}", _IN_A_POD) for part in ("ROLE_ARN", "PROVIDER_ID"))
        source = replace(source, role_arn=arn, provider_id=provider)
    client = TencentClient("sts", _STS_VERSION, environment.region, sts, base)
    return RoleCredentials(client, source, lambda: _identity_token(source, caller))


def origin(source: CredentialSource) -> str:
    """Where credentials come from, in words; never what they are."""
    return {
        "environment": "the variables TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY",
        "profile": f"the profile [{source.profile}] of ~/{_PROFILE.as_posix()}",
        "cvm-role": "the role of this machine",
        "assume-role": f"the role {source.role_arn}, assumed with the variables' key",
        "github-oidc": f"the role {source.role_arn}, assumed with this GitHub job's identity",
        "gitlab-oidc": f"the role {source.role_arn}, assumed with this GitLab job's identity",
        "tke-oidc": "the role of this pod's service account",
    }[source.kind]


def _variables(caller: Caller, environment: Environment) -> Credentials:
    # The SDK's own provider ignores TENCENTCLOUD_TOKEN, without which temporary keys are refused.
    names = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
    missing = [name for name in names if not caller.variables.get(name)]
    if missing:
        raise ProvisionerError(
            f"{environment.name} needs credentials: {', '.join(missing)} not set",
            where=environment.where,
            fix="Export them (and TENCENTCLOUD_TOKEN for temporary ones), or choose another console.credentials.",
        )
    secret_id, secret_key = (caller.variables[name].strip() for name in names)
    return _fixed(secret_id, secret_key, caller.variables.get("TENCENTCLOUD_TOKEN") or None)


def _fixed(secret_id: str, secret_key: str, token: str | None) -> Credentials:
    credential: Credentials = Credential(secret_id, secret_key, token)
    return credential


def _profile(source: CredentialSource, caller: Caller) -> Credentials:
    file, section = caller.home / _PROFILE, source.profile
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_text("utf-8"))
        entries = parser[section]
        return _fixed(entries["secret_id"], entries["secret_key"], entries.get("token"))
    except (OSError, UnicodeDecodeError, Error, KeyError) as error:
        raise ProvisionerError(
            f"~/{_PROFILE.as_posix()} holds no usable profile [{section}] ({type(error).__name__})",
            fix="It needs secret_id and secret_key, and token for temporary ones.",
        ) from None


def _machine_role(source: CredentialSource) -> Credentials:
    credential = CVMRoleCredential(source.role)
    if not all(credential.get_credential_info()):  # the SDK swallows every reason
        raise ProvisionerError(
            "this machine's metadata service gives no role credentials",
            fix="cvm-role works on a Tencent Cloud machine that a role is bound to.",
        )
    role: Credentials = credential
    return role


class RoleCredentials:
    """Temporary credentials of an assumed role, renewed before they expire. Safe to use from several threads."""

    def __init__(
        self,
        client: TencentClient,
        source: CredentialSource,
        identity_token: Callable[[], str],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._source = source
        self._identity_token = identity_token
        self._now = now
        self._lock = threading.Lock()
        self._held: tuple[str, str, str | None] | None = None
        self._expires = 0.0

    def get_credential_info(self) -> tuple[str, str, str | None]:
        with self._lock:
            if self._held is None or self._now() > self._expires - _RENEW_BEFORE:
                self._assume()
            assert self._held is not None
            return self._held

    def _assume(self) -> None:
        body = {
            "RoleArn": self._source.role_arn,
            "RoleSessionName": self._source.session_name,
            "DurationSeconds": 3600,
        }
        if self._source.kind == "assume-role":
            answer = self._client.read("AssumeRole", body)
        else:
            token = {"ProviderId": self._source.provider_id, "WebIdentityToken": self._identity_token()}
            answer = self._client.read("AssumeRoleWithWebIdentity", body | token)
        held = answer["Credentials"]
        self._held = (held["TmpSecretId"], held["TmpSecretKey"], held["Token"])
        self._expires = float(answer["ExpiredTime"])


def _identity_token(source: CredentialSource, caller: Caller) -> str:
    """The token that says who this job is: GitHub's is fetched, others are found by reference."""
    if source.kind == "github-oidc":
        return _github_token(source, caller.variables)
    if source.kind == "tke-oidc":
        return resolve(f"file:{_variable(caller, 'TKE_WEB_IDENTITY_TOKEN_FILE', _IN_A_POD)}", caller.root).reveal()
    return resolve(source.token_ref, caller.root).reveal()


def _variable(caller: Caller, name: str, fix: str) -> str:
    value = caller.variables.get(name)
    if not value:
        raise ProvisionerError(f"{name} is not set", fix=fix)
    return value


def _github_token(source: CredentialSource, variables: Mapping[str, str]) -> str:
    address, bearer = (variables.get(f"ACTIONS_ID_TOKEN_REQUEST_{part}") for part in ("URL", "TOKEN"))
    if not address or not bearer:
        raise ProvisionerError(
            "GitHub gives this job no identity token", fix="Give the job `permissions: {id-token: write}`."
        )
    address += f"&audience={quote(source.audience)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {bearer}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["value"])
    except (OSError, ValueError, KeyError) as error:
        raise ProvisionerError(f"GitHub's identity token could not be fetched ({type(error).__name__})") from None

"""Roles that the token service lends for an hour: assumed at the first use, and again before they expire."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from provisioner.credentials.source import Assume, Caller, SourceKey, SourceSettings

_RENEW_BEFORE = 300
"""Seconds: a plan that starts now must not run out of its credentials half-way."""

_NAMED = "env:"  # a role by its variable: a job that only looks may assume another one than a job that writes

ROLE_KEY = "roleArn"
ROLE = SourceKey("The role to assume, such as qcs::cam::uin/100000000001:roleName/recording-plan, or env:NAME.", True)
SESSION = SourceKey("Name of the session in the audit log.", default="trtc-recording")
PROVIDER = SourceKey("Name of the identity provider in the account's access management.", True)


_OWNER = re.compile(r"\buin/[0-9]+")


def owner_of(arn: str) -> str:
    """The account that a role belongs to, such as `uin/100000000001`; '' where its name does not tell."""
    owner = _OWNER.search(arn)
    return owner[0] if owner else ""


def role_arn(settings: SourceSettings, caller: Caller) -> str:
    """The role that `roleArn` names. Raises ProvisionerError where the variable that should hold it does not."""
    arn = settings[ROLE_KEY]
    if arn.startswith(_NAMED):
        return caller.variable(arn.removeprefix(_NAMED), "Set it to the role that this job may assume.")
    return arn


class AssumedRole:
    """Temporary credentials of a role. Safe to use from several threads."""

    def __init__(
        self,
        assume: Assume,
        arn: str,
        session: str,
        identity: Callable[[], dict[str, str]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`identity` answers ProviderId and WebIdentityToken at each renewal; None: the caller's signature counts."""
        self._assume = assume
        self._body: dict[str, Any] = {"RoleArn": arn, "RoleSessionName": session, "DurationSeconds": 3600}
        self._identity = identity
        self._now = now
        self._lock = threading.Lock()
        self._held: tuple[str, str, str | None] | None = None
        self._expires = 0.0

    def get_credential_info(self) -> tuple[str, str, str | None]:
        """As Credentials asks. Raises ProvisionerError where the role cannot be assumed."""
        with self._lock:
            if self._held is None or self._now() > self._expires - _RENEW_BEFORE:
                self._held = self._renewed()
            return self._held

    def _renewed(self) -> tuple[str, str, str | None]:
        if self._identity is None:
            answer = self._assume("AssumeRole", self._body)
        else:
            answer = self._assume("AssumeRoleWithWebIdentity", self._body | self._identity())
        held = answer["Credentials"]
        self._expires = float(answer["ExpiredTime"])
        return held["TmpSecretId"], held["TmpSecretKey"], held["Token"]

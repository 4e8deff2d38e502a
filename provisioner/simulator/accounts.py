"""Who may call, and what: accounts with permanent or temporary keys, and access policies.

A policy is the JSON document that one would paste into Tencent Cloud's access management (CAM):
`{"version": "2.0", "statement": [{"effect": "allow", "action": ["name/trtc:Describe*"], "resource": ["*"]}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from provisioner.foundation.errors import UsageError

ANY_RESOURCE = "*"
"""The resource of an operation-level action; a statement that names particular resources does not allow one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Allows or denies actions (`name/trtc:AlterRecording`) on resources (`qcs::trtc::uin/UIN:sdkappid/ID`).

    Both may hold `*` as a wildcard.
    """

    effect: Literal["allow", "deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def concerns(self, action: str, resource: str) -> bool:
        """Whether it speaks of that action on that resource."""
        named = any(fnmatchcase(action, _pattern(known)) for known in self.actions)
        return named and any(fnmatchcase(resource, _pattern(known)) for known in self.resources)


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """What a key may do: what some statement allows and none denies."""

    statements: tuple[Statement, ...]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> AccountPolicy:
        """A CAM policy document. Raises UsageError for anything that is none."""
        try:
            entries = document["statement"]
            statements = tuple(
                Statement(entry["effect"], _strings(entry["action"]), _strings(entry["resource"])) for entry in entries
            )
        except (KeyError, TypeError):
            raise UsageError("no access policy: it needs statements of effect, action and resource") from None
        if document.get("version") != "2.0" or any(entry.effect not in ("allow", "deny") for entry in statements):
            raise UsageError('no access policy: its version is "2.0", and an effect is allow or deny')
        return cls(statements)

    def allows(self, action: str, resource: str) -> bool:
        """Whether some statement allows the action on the resource and none denies it."""
        concerned = {statement.effect for statement in self.statements if statement.concerns(action, resource)}
        return concerned == {"allow"}


@dataclass(frozen=True, slots=True)
class Account:
    """A key pair the console accepts, and the number (`uin`) of the account that owns it.

    A temporary key comes with a `token`, which every call must carry, and may expire (epoch seconds). Without a
    `policy` the key may do everything.
    """

    secret_id: str
    secret_key: str = field(repr=False)
    owner_uin: str
    token: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    policy: AccountPolicy | None = None
    user: str = "root"
    """Whose key it is, as the audit log names them: `root`, a sub-user or a role."""

    def may(self, service: str, action: str, sdk_app_id: object) -> bool:
        """Whether the key may perform `action`; `sdk_app_id` is None for operation-level actions."""
        if self.policy is None:
            return True
        return self.policy.allows(f"name/{service}:{action}", self.resource(service, sdk_app_id))

    def resource(self, service: str, sdk_app_id: object) -> str:
        """The resource that an action touches, in six segments."""
        return ANY_RESOURCE if sdk_app_id is None else f"qcs::{service}::uin/{self.owner_uin}:sdkappid/{sdk_app_id}"


def _strings(value: object) -> tuple[str, ...]:
    """One or several strings: a policy may write either. Raises TypeError."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(entry, str) for entry in values):
        raise TypeError
    return tuple(values)


def _pattern(known: str) -> str:
    return known.replace("[", "[[]").replace("?", "[?]")  # fnmatch knows more wildcards than CAM

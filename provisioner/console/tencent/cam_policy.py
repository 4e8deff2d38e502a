"""What the account's access management has to allow, as the policy documents that a platform team pastes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from provisioner.console.tencent.binding import Binding
from provisioner.credentials.registry import CredentialChoice

OWNER_UIN = "<OWNER_UIN>"
"""What stands for the account's number where nothing names it."""


def permission(binding: Binding, action: str) -> str:
    """An action as access management calls it: `name/trtc:AlterRecording`."""
    return f"name/{binding.service}:{action}"


def owner_uin(choice: CredentialChoice) -> str:
    """The account's number, which a role's resource name carries; a placeholder elsewhere."""
    found = re.search(r"uin/([0-9]+)", " ".join(choice.settings.values()))
    return found[1] if found else OWNER_UIN


def read_policy(binding: Binding, owner: str, ids: Sequence[int]) -> dict[str, Any]:
    """For plan, drift and preview."""
    listing, reading = binding.listing, binding.reading
    return _policy(
        # A list names all applications, whoever manages them.
        _statement(binding, [listing.action], [_resource(binding, owner, "*")] if listing.by_id else ["*"]),
        _statement(binding, [reading.action], _resources(binding, owner, ids) if reading.by_id else ["*"]),
    )


def write_policy(binding: Binding, owner: str, ids: Sequence[int]) -> dict[str, Any]:
    """What apply and `pulumi up` need in addition.

    An action that access management grants only as a whole is denied where its statement names resources: those
    stand in a statement of their own.
    """
    by_id = list(dict.fromkeys(write.action for write in binding.writes if write.by_id))
    whole = list(dict.fromkeys(write.action for write in binding.writes if not write.by_id))
    return _policy(
        *([_statement(binding, by_id, _resources(binding, owner, ids))] if by_id else []),
        *([_statement(binding, whole, ["*"])] if whole else []),
    )


def archive_policy(site: str) -> dict[str, Any]:
    """What usage, files, evidence and coverage need: actions that are granted only as a whole, or may be."""
    statistic = ["name/trtc:DescribeRecordStatistic"] if site == "cn" else []
    actions = [
        "name/trtc:DescribeRecordingUsage",
        *statistic,
        "name/trtc:DescribeRoomInfo",
        "name/vod:SearchMedia",
    ]
    return _policy({"effect": "allow", "action": actions, "resource": ["*"]})


def audit_policy() -> dict[str, Any]:
    """What `--audit`, `--since-audit` and `watch` need: one action, which is granted only as a whole."""
    return _policy({"effect": "allow", "action": ["name/cloudaudit:DescribeEvents"], "resource": ["*"]})


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"version": "2.0", "statement": list(statements)}


def _statement(binding: Binding, actions: Sequence[str], resources: list[str]) -> dict[str, Any]:
    return {"effect": "allow", "action": [permission(binding, action) for action in actions], "resource": resources}


def _resources(binding: Binding, owner: str, ids: Sequence[int]) -> list[str]:
    return [_resource(binding, owner, str(sdk_app_id)) for sdk_app_id in ids]


def _resource(binding: Binding, owner: str, which: str) -> str:
    return f"qcs::{binding.service}::uin/{owner}:sdkappid/{which}"

"""What the last full look at a console found: kept in the environment's state, so that the next one reads less."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.plan.plan import Plan
from provisioner.recording.application import Application
from provisioner.recording.value_types import canonical
from provisioner.specs.documents.digest import digest

NAME = "last-look.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class LastLook:
    """`at` is when it began, by the audit log's clock; `digests` are of what the specs wanted, by SDKAppId.

    `differing` and `unverified` are SDKAppIds.
    """

    console: str
    at: datetime
    digests: Mapping[int, str]
    differing: frozenset[int]
    unverified: frozenset[int]


def wanted_digest(app: Application) -> str:
    """Of everything that the spec says of an application."""
    return digest({path: canonical(value) for path, value in app.values.items()})[-_DIGITS:]


def looked(plan: Plan, at: datetime) -> LastLook:
    """What a plan of the whole environment found, whose reading began at `at`."""
    return LastLook(
        plan.console,
        at,
        {entry.application.sdk_app_id: wanted_digest(entry.application) for entry in plan.applications},
        frozenset(entry.application.sdk_app_id for entry in plan.applications if entry.differences or entry.behind),
        frozenset(entry.application.sdk_app_id for entry in plan.applications if entry.action == "cannot-verify"),
    )


def remember(state: EnvironmentState, look: LastLook) -> None:
    """Keep it in place of the one before. Raises ProvisionerError where the state cannot be written."""
    document = {
        "version": VERSION,
        "console": look.console,
        "at": timestamp(look.at),
        "digests": {str(number): value for number, value in sorted(look.digests.items())},
        "differing": sorted(look.differing),
        "unverified": sorted(look.unverified),
    }
    state.keep(NAME, json.dumps(document, separators=(",", ":")).encode())


def recall(state: EnvironmentState) -> LastLook | None:
    """The last one; None where there is none, or none that can be read. Raises ProvisionerError as `kept` does."""
    data = state.kept(NAME)
    try:
        return None if data is None else _read(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _read(document: dict[str, Any]) -> LastLook:
    if document["version"] != VERSION:
        raise ValueError("a version of another tool")
    return LastLook(
        str(document["console"]),
        datetime.fromisoformat(document["at"]).astimezone(UTC),
        {int(number): str(value) for number, value in document["digests"].items()},
        frozenset(map(int, document["differing"])),
        frozenset(map(int, document["unverified"])),
    )


_DIGITS = 16

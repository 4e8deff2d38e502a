"""What an examination of an environment's console finds: checks, fields, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from provisioner.console.endpoint_answers import EndpointAnswer
from provisioner.console.port import Shown, Unreadable


class CheckResult(Enum):
    """How a check ends. UNKNOWN is neither good nor bad: nobody can say without writing, or without an answer."""

    OK = "ok"
    FAILS = "fails"
    UNKNOWN = "cannot-verify"
    NOT_HERE = "does-not-apply"


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One thing that was looked at; `fix` is what to do where it fails or cannot be verified."""

    name: str
    verdict: CheckResult
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One field of the sample application: how well it is known, where it stands, whether it was shown."""

    path: str
    grade: str
    at: str
    shown: str
    """`shown`, `not set` or `cannot verify`; never the value."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """All of it. `sample` is the application whose fields were read.

    `policies` are access policies by what they are for, `read`, `write`, `archive` and `audit`; empty where nothing
    needs one.
    """

    environment: str
    console: str
    checks: tuple[DoctorCheck, ...]
    fields: tuple[FieldSeen, ...]
    policies: Mapping[str, Any]
    sample: str | None = None
    answers: tuple[EndpointAnswer, ...] = ()
    """Which parts of the binding the endpoint answers; empty where nothing is called."""

    def count(self, verdict: CheckResult) -> int:
        """How many checks got `verdict`."""
        return sum(check.verdict is verdict for check in self.checks)


def field_seen(path: str, grade: str, at: str, shown: Shown) -> FieldSeen:
    """What the sample showed of a field, without its value."""
    if isinstance(shown, Unreadable):
        return FieldSeen(path, grade, at, "cannot verify", shown.reason)
    return FieldSeen(path, grade, at, "not set" if shown is None else "shown")

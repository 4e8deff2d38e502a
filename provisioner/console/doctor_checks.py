"""What an examination of an environment's console finds: checks, fields, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

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


class EndpointVerdict(Enum):
    """How an endpoint took an action."""

    ANSWERS = "answers"
    OTHER_SHAPE = "other-shape"
    OTHER_PARAMETERS = "other-parameters"
    NOT_ALLOWED = "not-allowed"
    UNSUPPORTED = "unsupported"
    UNKNOWN_ACTION = "unknown-action"
    KEY_REFUSED = "key-refused"
    REFUSED = "refused"
    NO_API = "no-api"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """What the endpoint answered to one action of the binding: `part` is list, read, template or write."""

    part: str
    action: str
    grade: str
    verdict: EndpointVerdict
    words: str


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


def conclusion(answers: tuple[EndpointAnswer, ...]) -> str:
    """What follows for whoever chooses a driver."""
    asked = [one for one in answers if one.part != "write"]
    if all(
        one.verdict in (EndpointVerdict.KEY_REFUSED, EndpointVerdict.NO_API, EndpointVerdict.NOT_ASKED) for one in asked
    ):
        return "Nothing is known yet of what this endpoint answers: see the checks above."
    left = [one.part for one in asked if one.verdict is EndpointVerdict.NOT_ASKED]
    mute = [one.part for one in asked if one.verdict is not EndpointVerdict.ANSWERS and one.part not in left]
    unknown = f" Not known: {', '.join(left)}." if left else ""
    if not mute:
        return f"This endpoint lists and reads as the binding says, with an ordinary key.{unknown}"
    return (
        f"Not answered as the binding says: {', '.join(mute)}.{unknown} What only the page answers, captures can show: "
        "`console: {driver: runbook}` with `provisioner attest ENV --from CAPTURE.har --binding FILE`."
    )

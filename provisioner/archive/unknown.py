"""What stands where nothing is known: it is never 0, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.console.port import ConsoleError
from provisioner.console.tencent.error_codes import forbidden, unanswered


class UnknownCause(Enum):
    """Why something is unknown; the value is the word that JSON and CSV use."""

    NO_DATA = "no-data"
    """The service answered, and said nothing of it."""

    REFUSED = "refused"
    """The key may not ask, or is not known."""

    NO_APPLICATION = "no-such-application"
    NOT_HERE = "not-on-this-site"
    """The site has no such action."""

    NO_ANSWER = "no-answer"
    UNREADABLE = "unreadable"
    """The answer is none that the API reference describes."""

    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why something is not known; `reason` is a sentence without a full stop."""

    cause: UnknownCause
    reason: str

    @property
    def lasting(self) -> bool:
        """Whether asking the same of another application would end the same way."""
        return self.cause in (UnknownCause.REFUSED, UnknownCause.NO_ANSWER)


def why(error: ConsoleError) -> Unknown:
    """What a failed call leaves unknown."""
    if forbidden(error) or error.code.startswith("AuthFailure."):
        cause = UnknownCause.REFUSED
    elif unanswered(error):
        cause = UnknownCause.NO_ANSWER
    elif error.code.startswith("FailedOperation.SdkAppIdNotExist"):
        cause = UnknownCause.NO_APPLICATION
    else:
        cause = UnknownCause.FAILED
    return Unknown(cause, error.what)

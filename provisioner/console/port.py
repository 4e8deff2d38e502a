"""The port: everything the rest of the house knows about a console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import excerpt
from provisioner.recording.value_types import Value


class ConsoleError(ProvisionerError):
    """A console refused or did not answer. `code` is the vendor's error code, `request_id` may be empty.

    All three come from a stranger: they are cut, and harmless, before anybody shows them.
    """

    def __init__(
        self, code: str, message: str, request_id: str = "", *, action: str = "", fix: str | None = None
    ) -> None:
        code, message, request_id = excerpt(code), excerpt(message), excerpt(request_id)
        asked = f"{action}: " if action else ""
        trace = f" (request {request_id})" if request_id else ""
        super().__init__(f"{asked}{code}: {message}{trace}", fix=fix)
        self.code = code
        self.message = message
        self.request_id = request_id


NO_SUCH_APPLICATION = "FailedOperation.SdkAppIdNotExist"
"""The code of the error that says: this account has no such SDKAppId."""


class AmbiguousWriteError(ConsoleError):
    """A write was sent and nobody knows whether it took effect: read back before anything else."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands for a value that the console does not show: it cannot be verified, which is not "equal"."""

    reason: str


Shown = Value | Unreadable | None
"""What the console shows of a field: a value, nothing (None: it is not set), or that it cannot be read."""


@dataclass(frozen=True, slots=True)
class ListedApplication:
    """One line of the account's application list."""

    sdk_app_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Attested:
    """Who confirmed what a console shows, when and until when; `age` is how long ago that was when it was read."""

    who: str
    when: datetime
    expires: datetime
    age: timedelta


@dataclass(frozen=True, slots=True)
class Observed:
    """What the console showed of one application; `fields` holds every path that the driver knows.

    `attested` is set where a person looked instead of this tool, `lapsed` where
    what a person confirmed counts no longer.
    """

    sdk_app_id: int
    name: str
    generation: str | None
    fields: Mapping[str, Shown]
    attested: Attested | None = None
    lapsed: Attested | None = None

    @property
    def confirmation(self) -> Attested | None:
        """What a person confirmed of it last, whether that counts still or no longer."""
        return self.attested or self.lapsed


@dataclass(frozen=True, slots=True)
class ConsoleChange:
    """What to write: the `changed` paths and the whole `desired` state that they are taken from."""

    desired: Mapping[str, Value]
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was sent, in order: (action, request id)."""

    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a driver can do by its nature; whether it may is the environment's say (`console.readOnly`)."""

    lists: bool = True
    """Whether it can name all applications of the account."""

    writes: bool = True
    """False: people change this console, by the steps of a runbook."""

    calls_per_second: float | None = None
    """Calls of one action a second that the driver keeps to; None where it waits for nobody."""

    observes: bool = True
    """False: what it shows is what specs say, and nothing is known of a console."""


class Console(Protocol):
    """A console of one account.

    Methods raise ConsoleError where the console refuses, ProvisionerError where it was not even asked.
    """

    label: str
    """Names the console in every output; a simulated one says so."""

    def capabilities(self) -> Capabilities:
        """What can be asked of this console. Makes no call."""

    def list_applications(self) -> list[ListedApplication]:
        """All applications of the account, by SDKAppId."""

    def read(self, sdk_app_id: int) -> Observed:
        """What the console shows of one application; an id that it does not know is a ConsoleError."""

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        """Carry out one application's change in the order that the service demands."""

    def close(self) -> None:
        """Release what the driver holds."""

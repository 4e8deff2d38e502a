"""What the controller asks of its database: transactions, one room at a time, by one clock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection

from provisioner.foundation.errors import ProvisionerError

Answer = TypeVar("Answer")

RoomKey = tuple[int, str]
"""SDKAppId and room."""


class StoreUnavailableError(ProvisionerError):
    """The database cannot be used now; nothing of what was asked has happened."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction; `now` is the database's clock, in epoch seconds. `after` is called once it is on the disk."""

    connection: Connection
    now: float
    after: list[Callable[[], None]] = field(default_factory=list)

    def then(self, what: Callable[[], None]) -> None:
        """Call `what` once this is on the disk, and only then. It must be short and raise nothing."""
        self.after.append(what)


Work = Callable[[Transaction], Answer]


class Store(ABC):
    """One database. Safe to use from several threads; several processes may have it open where `shared` says so."""

    shared: bool

    @abstractmethod
    def submit(
        self, work: Work[Answer], room: RoomKey | None = None, *, patience: float | None = None
    ) -> Future[Answer]:
        """Run `work` in a transaction of its own; what it answers is on the disk once the future is done.

        Work on one room is never run twice at once. What has not begun after `patience` seconds is not done: nobody
        waits for it any longer. The future raises StoreUnavailableError.
        """

    @abstractmethod
    def read(self, work: Work[Answer]) -> Answer:
        """Run work that changes nothing, beside whatever else happens. Raises StoreUnavailableError."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was submitted, then release the database."""

    def run(self, work: Work[Answer], room: RoomKey | None = None) -> Answer:
        """`submit`, and wait."""
        return self.submit(work, room).result()

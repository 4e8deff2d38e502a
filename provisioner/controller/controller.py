"""One replica: its contracts, store, calls and loops, put together; the endpoints are in front of it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import select

from provisioner.console.port import ConsoleError
from provisioner.controller.claims import CallLimits
from provisioner.controller.contracts import Contracts, Reload, Served
from provisioner.controller.effects import CallingAccount, Effects
from provisioner.controller.inbox import InboxPage, inbox_page
from provisioner.controller.intake import Intake
from provisioner.controller.loops import Calls, Loop
from provisioner.controller.metrics import Metrics
from provisioner.controller.overview import Overview, overview
from provisioner.controller.records import TaskState
from provisioner.controller.service import account_of, recording_service
from provisioner.controller.store import schema
from provisioner.controller.store.port import Store, Transaction
from provisioner.controller.sweep import RETENTION, Retention, Sweep, beat
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.limits import CONCURRENT_TASKS

_log = logging.getLogger(__name__)

_LOOK_EVERY, _SHOW_EVERY, _BEAT_EVERY = 2.0, 5.0, 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a replica runs. `tasks` one application may have at once; `reload_seconds` 0 reads specs on request only.

    `database` is `sqlite:///PATH` or `postgresql://…`; it listens on `host` and `port` (0: any free one).
    """

    database: str
    host: str = "127.0.0.1"
    port: int = 8480

    tasks: int = CONCURRENT_TASKS
    reload_seconds: float = 60.0
    retention: Retention = RETENTION


class Controller:
    """One replica, while its `with` block lasts."""

    def __init__(
        self,
        contracts: Contracts,
        store: Store,
        variables: Mapping[str, str],
        settings: Settings,
    ) -> None:
        """`variables` are the process's, read for credentials. Raises ProvisionerError where there are none."""
        self.contracts = contracts
        self.store = store
        self.metrics = Metrics()
        self.owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._started = time.time()
        self._closing = ExitStack()
        accounts = {name: self._account(name, variables, settings) for name in contracts.environments}
        self.effects = Effects(store, accounts, self.owner)
        self._calls = Calls(self.effects, self.metrics, self._wake)
        self.intake = Intake(store, self._calls.claim_within)
        self._sweeping = Loop("sweep", self._sweep_step, self.metrics)
        self._sweep = Sweep(store, self.effects, self.owner, self._sweeping.wait, settings.retention)
        self._calling = Loop("calls", self._calls.step, self.metrics)
        self._reload_seconds = settings.reload_seconds
        self._reloading = Loop("specs", self._reload_step, self.metrics)
        self._showing = Loop("overview", self._show_step, self.metrics)
        self.loops = (self._calling, self._sweeping, self._reloading, self._showing)
        self._beaten = 0.0

    def __enter__(self) -> Controller:
        for loop in self.loops:
            loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Finish what is in flight. What is only due stays due."""
        for loop in self.loops:
            loop.stop()
        self._calls.close()
        self._closing.close()

    def reload(self) -> Reload:
        """Read the specs again, now."""
        return self.contracts.reload()

    def wake_reload(self) -> None:
        """Read the specs again soon; may be called by a signal's handler."""
        self._reloading.wake()

    def troubles(self) -> list[str]:
        """Why this replica should get no traffic; empty where it is well."""
        found = [f"the loop {loop.name} does not come round" for loop in self.loops if not loop.healthy]
        try:
            self.store.run(lambda transaction: transaction.now)
        except ProvisionerError as error:
            found.append(error.what)
        return found

    def overview(self, *, rows: bool = False) -> Overview:
        """What the status page and `/v1/status` show, as of now; with `rows` each session and task, too."""
        return self.store.read(lambda transaction: overview(transaction, rows=rows))

    def inbox(self, environment: str, since: float, after: str) -> InboxPage:
        """A page of the callbacks that were kept. Raises ValueError for an `after` that is none."""
        return self.store.read(lambda transaction: inbox_page(transaction, environment, since, after))

    def modify(self, served: Served, room: str) -> list[str]:
        """Move the room's running recordings to the layout and subscription that hold now; their TaskIds.

        Raises ProvisionerError where nothing is recorded there.
        """
        table = schema.task.c

        def running(transaction: Transaction) -> list[str]:
            where = (table.sdk_app_id == served.sdk_app_id, table.room == room, table.state == TaskState.LIVE)
            query = select(table.task_id).where(*where, table.session.is_not(None))
            return list(transaction.connection.execute(query).scalars())

        tasks = self.store.read(running)
        if not tasks or served.contract is None:
            raise ProvisionerError("nothing of ours records in that room")
        service = self.effects.accounts[served.environment].service
        for task in tasks:
            try:
                service.modify(served.contract.modify(task))
            except ConsoleError as error:
                raise ProvisionerError(f"the recording was not modified: {error.code}") from None
        return tasks

    def _account(self, name: str, variables: Mapping[str, str], settings: Settings) -> CallingAccount:
        environment = self.contracts.environments[name].environment
        service = self._closing.enter_context(recording_service(environment, self.contracts.root, variables))
        limits = CallLimits(account_of(environment, variables), settings.tasks)
        return CallingAccount(service, self.contracts.environments[name].reveal, limits)

    def _wake(self) -> None:
        self._calling.wake()

    def _sweep_step(self) -> float:
        if time.monotonic() - self._beaten > _BEAT_EVERY:
            self.store.run(lambda transaction: beat(transaction, self.owner, self._started))
            self._beaten = time.monotonic()
        self._sweep.run()
        self._sweep.look()
        return _LOOK_EVERY

    def _reload_step(self) -> float:
        if time.time() - self._started > 1:  # they have just been loaded
            self.contracts.reload()
        return self._reload_seconds or 3_600.0

    def _show_step(self) -> float:
        self.metrics.show(self.overview(), tuple(self.contracts.environments), self.contracts.last)
        return _SHOW_EVERY

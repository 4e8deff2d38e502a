"""Calls to the service: claimed before they leave, written down when they come back.

`claim` and `record` are transactions, `perform` is the call between them. What nobody writes down, because a replica
died or the store was away, is called again when its lease ends, under the same robot.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.console.port import AmbiguousWriteError, ConsoleError
from provisioner.controller import machine
from provisioner.controller.claims import CallLimits, ClaimedCalls, Job, claim
from provisioner.controller.clock import Wall, wall_clock
from provisioner.controller.intake import new_task
from provisioner.controller.machine import LEASE_SECONDS
from provisioner.controller.records import RoomState, Session, SessionState
from provisioner.controller.service import RecordingService, gone, refusal_of, unknown_wait
from provisioner.controller.store.port import Store, Transaction
from provisioner.controller.store.rows import Asked, load_room, save_room
from provisioner.foundation.secret_refs import Reveal
from provisioner.foundation.text_safety import printable
from provisioner.recording.cloud_recording import RecordingContract, RobotPass
from provisioner.recording.user_sig import ROBOT_SECONDS, private_map_key, user_sig

_log = logging.getLogger(__name__)

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class CallingAccount:
    """An environment as calls see it: its service, what references stand for, and its limits."""

    service: RecordingService
    reveal: Reveal
    limits: CallLimits


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to: an answer, a refusal that certainly changed nothing, or nobody knows."""

    task_id: str = ""
    refused: ConsoleError | None = None
    unknown: ConsoleError | None = None


class Effects:
    """The calls of one replica. Everything may be used from several threads."""

    def __init__(
        self, store: Store, accounts: Mapping[str, CallingAccount], owner: str, wall: Wall = wall_clock
    ) -> None:
        """`accounts` are by environment; `owner` names this replica; `wall` dates UserSigs."""
        self._store = store
        self.accounts = accounts
        self._owner = owner
        self._wall = wall
        self._limits = {environment: account.limits for environment, account in accounts.items()}

    def claim(self, most: int = _AT_ONCE) -> ClaimedCalls:
        """Take over at most `most` calls that are due. Raises StoreUnavailableError."""
        return self._store.run(lambda transaction: self.claim_within(transaction, most))

    def claim_within(self, transaction: Transaction, most: int = _AT_ONCE) -> ClaimedCalls:
        """The same, within a transaction: the calls may leave once it is on the disk."""
        return claim(transaction, self._limits, self._owner, most)

    def perform(self, job: Job) -> Result:
        """Make the call. Nothing is raised for what the service answers, or does not."""
        account = self.accounts[job.environment]
        try:
            return Result(self._call(account, job))
        except AmbiguousWriteError as error:
            _log.warning("%s/%s: %s", job.environment, printable(job.room), error)
            return Result(unknown=error)
        except ConsoleError as error:
            if not gone(error):
                _log.warning("%s/%s: %s", job.environment, printable(job.room), error)
            return Result(refused=error)

    def record(self, job: Job, result: Result) -> float:
        """Write down what came of it; answers when. Raises StoreUnavailableError; the lease sees to it then."""

        def work(transaction: Transaction) -> float:
            before = load_room(
                transaction, job.key, Asked(session=job.session, task=job.task or result.task_id or None)
            )
            save_room(transaction, before, _after(before, job, result, transaction.now))
            return transaction.now

        return self._store.run(work, job.key)

    def _call(self, account: CallingAccount, job: Job) -> str:
        service = account.service
        if job.kind == "create":
            return service.create(self._body(account, job))
        if job.kind == "delete":
            service.delete(job.sdk_app_id, job.task)
        else:
            service.remove(job.sdk_app_id, job.room, _numbered(job.contract), job.user)
        return ""

    def _body(self, account: CallingAccount, job: Job) -> dict[str, object]:
        contract, room, user, app = job.contract, job.room, job.user, job.sdk_app_id
        assert contract is not None
        assert contract.carried_out is not None
        carried_out = contract.carried_out
        key, now = account.reveal(carried_out.sdk_secret_key_ref).reveal(), int(self._wall())
        map_key = None
        if carried_out.private_map_key:
            numbered = carried_out.numbered
            map_key = private_map_key(app, key, user, room, numbered, now=now, seconds=ROBOT_SECONDS)
        robot = RobotPass(user, user_sig(app, key, user, now=now, seconds=ROBOT_SECONDS), map_key)
        return contract.create(room, carried_out.numbered, robot, lambda reference: account.reveal(reference).reveal())


def _after(state: RoomState, job: Job, result: Result, now: float) -> RoomState:
    """The room once a call has come to its end."""
    if job.kind == "delete":
        return _after_delete(state, job, result, now)
    session = state.session(job.session)
    if session is None:
        return state
    if job.kind == "remove":
        return _after_removal(state, session, result, now)
    return _after_create(state, session, job, result, now)


def _after_delete(state: RoomState, job: Job, result: Result, now: float) -> RoomState:
    task = state.task(job.task)
    if task is None or not task.open:
        return state
    error = result.unknown or result.refused
    if error is None or gone(error):
        return machine.task_deleted(state, task, now, found=error is None)
    return state.having(replace(task, due=now + _retry(error, task.attempts), owner=""))


def _after_removal(state: RoomState, session: Session, result: Result, now: float) -> RoomState:
    error = result.unknown or result.refused
    if error is None:
        return machine.removed(state, session, now)
    if session.state is not SessionState.REMOVING:
        return state
    words = f"its robot cannot be removed yet: {error.code}"
    return state.having(replace(session, due=now + _retry(error, 1), owner="", outcome=words))


def _after_create(state: RoomState, session: Session, job: Job, result: Result, now: float) -> RoomState:
    if result.unknown is not None:
        pause = unknown_wait(result.unknown, session.attempts)
        return machine.create_unknown(state, session, pause, job.attempt, now)
    if result.refused is not None:
        return machine.create_refused(state, session, refusal_of(result.refused, session.attempts), job.attempt, now)
    task = new_task(job.contract, state, result.task_id, job.user, now)
    return machine.created(state, session, task, job.attempt, now)


def _retry(error: ConsoleError, attempts: int) -> float:
    """Seconds until a call that does no harm twice is made again: it is, until it succeeds."""
    if isinstance(error, AmbiguousWriteError):
        return unknown_wait(error, attempts) or 1.0
    return refusal_of(error, attempts).wait or LEASE_SECONDS


def _numbered(contract: RecordingContract | None) -> bool:
    return contract is None or contract.carried_out is None or contract.carried_out.numbered

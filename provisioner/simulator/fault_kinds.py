"""Kinds of faults, one entry each: the server, `console fault --help` and docs/simulator.md read this registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.simulator.errors import ApiError

if TYPE_CHECKING:
    from starlette.types import ASGIApp


CALLBACK = "Callback"
"""What the names of callbacks begin with, where actions are named: Callback102 is a room's dismissal."""

AUDIT = "Audit"
"""What the names of audit records begin with, likewise: AuditAlterRecording is the record of such a call."""

RECORDING = "Recording"
"""What the names of recordings begin with, likewise: Recording1234 is one of room 1234."""


@dataclass(slots=True)
class Conditions:
    """Under what one call happens, a callback is sent, or a recording runs; without a fault all is as usual."""

    delay: float = 0.0
    """Seconds before anything happens."""

    clock_ahead: float = 0.0
    """Seconds by which the server's clock is ahead when it looks at the signature; behind, where negative."""

    reads_from: float = 0.0
    """Seconds ago: a read answers what was true then."""

    over_limit: bool = False
    """Whether the call is refused for its rate."""

    refusal: ApiError | None = None
    """What the service answers instead of doing what an accepted call asks for."""

    exclusive_tasks: bool = False
    """Whether a second task of a robot in a room is refused, instead of taking the first one's place."""

    instead: ASGIApp | None = None
    """What answers in place of the service, before anything happened."""

    deliver: Callable[[bytes], ASGIApp] | None = None
    """What becomes of the answer's bytes, after the call took effect; None: they are sent."""

    lost: bool = False
    """Whether a callback is never sent."""

    repeated: bool = False
    """Whether a callback is sent again although it was answered."""

    late: float = 0.0
    """Seconds by which a callback or an audit record is late, after others that happened later."""

    bare: bool = False
    """Whether an audit record lacks the request's parameters and the resource."""

    recorder_failed: bool = False
    """Whether a recorder does not start."""

    unstored: bool = False
    """Whether the storage takes none of a recording's files."""

    stored_late: float = 0.0
    """Seconds after its end by which a recording's files are there."""

    failover: bool = False
    """Whether a recorder moves to another server."""

    image_error: bool = False
    """Whether a recorder cannot load a picture that it was to show."""


class FaultSeconds(Enum):
    """Which seconds a kind of fault takes."""

    NONE = "none"
    POSITIVE = "positive"
    ANY = "any but 0"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind. `seen` is what the client sees, `took_effect` whether the call did what it asked for."""

    name: str
    seen: str
    took_effect: str
    seconds: FaultSeconds
    worsen: Callable[[Conditions, float], None]
    """Makes the conditions of a call worse, by so many seconds where the kind takes any."""

    of: str = ""
    """What it strikes instead of calls: callbacks, named `Callback102`, audit records, `AuditAlterRecording`, or
    recordings, `Recording1234` by their room."""

    def check(self, seconds: float) -> None:
        """Raises UsageError where `seconds` are not what this kind takes."""
        if self.seconds is FaultSeconds.NONE and seconds:
            raise UsageError(f"a {self.name} fault takes no seconds")
        if self.seconds is not FaultSeconds.NONE and not seconds:
            raise UsageError(f"a {self.name} fault needs seconds")
        if self.seconds is FaultSeconds.POSITIVE and seconds < 0:
            raise UsageError(f"the seconds of a {self.name} fault are positive")


FAULT_KINDS: dict[str, FaultKind] = {}

Worsen = Callable[[Conditions, float], None]


def _kind(
    name: str, seen: str, took_effect: str, seconds: FaultSeconds = FaultSeconds.NONE
) -> Callable[[Worsen], Worsen]:
    def register(worsen: Worsen) -> Worsen:
        FAULT_KINDS[name] = FaultKind(name, seen, took_effect, seconds, worsen)
        return worsen

    return register


def _callback_kind(name: str, seen: str, seconds: FaultSeconds = FaultSeconds.NONE) -> Callable[[Worsen], Worsen]:
    def register(worsen: Worsen) -> Worsen:
        FAULT_KINDS[name] = FaultKind(name, seen, "of callbacks", seconds, worsen, of=CALLBACK)
        return worsen

    return register


def _audit_kind(name: str, seen: str, seconds: FaultSeconds = FaultSeconds.NONE) -> Callable[[Worsen], Worsen]:
    def register(worsen: Worsen) -> Worsen:
        FAULT_KINDS[name] = FaultKind(name, seen, "of the audit log", seconds, worsen, of=AUDIT)
        return worsen

    return register


def _recording_kind(name: str, seen: str, seconds: FaultSeconds = FaultSeconds.NONE) -> Callable[[Worsen], Worsen]:
    def register(worsen: Worsen) -> Worsen:
        FAULT_KINDS[name] = FaultKind(name, seen, "of recordings", seconds, worsen, of=RECORDING)
        return worsen

    return register


def fault_kind(name: str) -> FaultKind:
    """Raises UsageError that names those that there are."""
    if name not in FAULT_KINDS:
        raise UsageError(
            f"no kind of fault: {printable(name)}{did_you_mean(name, FAULT_KINDS)}; there are {', '.join(FAULT_KINDS)}"
        )
    return FAULT_KINDS[name]


def markdown() -> str:
    """The table of the documentation."""
    rows = [f"| `{kind.name}` | {kind.seen} | {kind.took_effect} |" for kind in FAULT_KINDS.values()]
    return "\n".join(["| kind | what the client sees | has the call taken effect? |", "|---|---|---|", *rows])


# What breaks a connection needs the server's libraries, which load long: imported where a call is struck.


@_kind("latency", "a late answer", "yes, also when the client has given up", FaultSeconds.POSITIVE)
def _latency(call: Conditions, seconds: float) -> None:
    call.delay += seconds


@_kind("rate", "`RequestLimitExceeded`", "no")
def _rate(call: Conditions, _seconds: float) -> None:
    call.over_limit = True


@_kind("server-error", "HTTP 503 from a gateway", "no")
def _server_error(call: Conditions, _seconds: float) -> None:
    from provisioner.simulator.connection_faults import SERVER_ERROR

    call.instead = call.instead or SERVER_ERROR


@_kind("internal-error", "`InternalError.CRInternalError`", "no")
def _internal_error(call: Conditions, _seconds: float) -> None:
    call.refusal = ApiError("InternalError.CRInternalError", "An internal error has occurred.")


@_kind(
    "task-exist",
    "a second `CreateCloudRecording` of a robot that records the room: `FailedOperation.TaskExist` instead of a new"
    " task in its place",
    "no",
)
def _task_exist(call: Conditions, _seconds: float) -> None:
    call.exclusive_tasks = True


@_kind("reset-before", "connection reset", "no")
def _reset_before(call: Conditions, _seconds: float) -> None:
    from provisioner.simulator.connection_faults import reset

    call.instead = call.instead or reset


@_kind("reset-after", "connection reset", "**yes**")
def _reset_after(call: Conditions, _seconds: float) -> None:
    from provisioner.simulator.connection_faults import reset

    call.deliver = call.deliver or (lambda _body: reset)


@_kind("truncated", "half an answer, then the end", "**yes**")
def _truncated(call: Conditions, _seconds: float) -> None:
    from provisioner.simulator.connection_faults import truncate

    call.deliver = call.deliver or truncate


@_kind("stale", "a read that shows how things were `seconds` ago", "writes have", FaultSeconds.POSITIVE)
def _stale(call: Conditions, seconds: float) -> None:
    call.reads_from += seconds


@_kind("clock", "`AuthFailure.SignatureExpire` beyond five minutes", "no", FaultSeconds.ANY)
def _clock(call: Conditions, seconds: float) -> None:
    call.clock_ahead += seconds


@_callback_kind("callback-lost", "the receiver: nothing; `--action Callback102` is a room's dismissal")
def _callback_lost(callback: Conditions, _seconds: float) -> None:
    callback.lost = True


@_callback_kind("callback-twice", "the receiver: the same event again, although it was answered")
def _callback_twice(callback: Conditions, _seconds: float) -> None:
    callback.repeated = True


@_callback_kind("callback-late", "the receiver: an event after others that happened later", FaultSeconds.POSITIVE)
def _callback_late(callback: Conditions, seconds: float) -> None:
    callback.late += seconds


@_audit_kind(
    "audit-late", "the audit log shows a write so late, after others that happened later", FaultSeconds.POSITIVE
)
def _audit_late(record: Conditions, seconds: float) -> None:
    record.late += seconds


@_audit_kind("audit-lost", "the audit log never shows a write; `--action AuditAlterRecording` for one action")
def _audit_lost(record: Conditions, _seconds: float) -> None:
    record.lost = True


@_audit_kind("audit-bare", "the audit log does not say which application a write was about")
def _audit_bare(record: Conditions, _seconds: float) -> None:
    record.bare = True


@_recording_kind(
    "recorder-failed", "301 with Status 1, and nothing is recorded; `--action Recording1234` is one of room 1234"
)
def _recorder_failed(recording: Conditions, _seconds: float) -> None:
    recording.recorder_failed = True


@_recording_kind(
    "not-stored",
    "no file, though minutes are counted: 311 with Status 2 and 312 with 1; of a bucket 308, and 305 with 1",
)
def _not_stored(recording: Conditions, _seconds: float) -> None:
    recording.unstored = True


@_recording_kind(
    "stored-late", "files `seconds` after the end: 311, 310 or 305 with Status 1 first", FaultSeconds.POSITIVE
)
def _stored_late(recording: Conditions, seconds: float) -> None:
    recording.stored_late += seconds


@_recording_kind("failover", "306: the recorder moves to another server")
def _failover(recording: Conditions, _seconds: float) -> None:
    recording.failover = True


@_recording_kind("image-error", "309: a picture that the recorder was to show cannot be loaded")
def _image_error(recording: Conditions, _seconds: float) -> None:
    recording.image_error = True

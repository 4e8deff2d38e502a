"""What becomes of a room's calls and recording tasks: pure transitions from one `RoomState` to the next.

`now` is the store's clock. `at` is when something happened by whoever tells it, and is compared only with other such
times. Nothing here calls anything: what is to be done is in the records' states and in their `due`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from provisioner.controller.records import RoomState, Session, SessionState, Task, TaskState
from provisioner.controller.robots import LAST_TURN, robot_of

LEASE_SECONDS: Final = 9.0
"""How long a claim lasts: longer than a call may take (8 s), which is longer than the service's own limit (6 s)."""

BACK_OFF: Final = (3.0, 6.0, 12.0)
"""Seconds to wait after InternalError (on-cloud recording guide), the last for every further time."""

MOST_RESTARTS: Final = 3
"""How often a recorder that the service itself ended is started again within one call."""

LOOK_SECONDS: Final = 300.0
"""How old what is known of a running task may get before Describe is asked again."""

FIRST_LOOK_SECONDS: Final = 15.0
"""A task that is still Idle so long after its start records nothing (on-cloud recording guide)."""

# LeaveCode of callback 302 (recording callback guide).
API, KICKED, DISMISSED, SERVER, SERVER_TOO, NO_STREAMS, TIMED_OUT, COLLISION = 0, 1, 2, 3, 4, 99, 100, 101

_S, _T = SessionState, TaskState

Step = Callable[[RoomState, Session, float], RoomState]
"""A transition of one session at a time."""


def back_off(attempts: int) -> float:
    """Seconds to wait after that many attempts."""
    return BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]


def due(before: RoomState, after: RoomState) -> bool:
    """Whether a call to the service has become due that was not."""
    sessions = ((_S.NEW, _S.REMOVING), before.sessions, after.sessions)
    tasks = ((_T.STOP,), before.tasks, after.tasks)
    return any(record.state in states and record not in old for states, old, new in (sessions, tasks) for record in new)


# --- What backends and rooms tell -------------------------------------------------------------------------------------


def began(state: RoomState, new: Session, now: float) -> RoomState:
    """A call began that is to be recorded; `new` stands for it unless it is known. Idempotent by `call`."""
    if any(session.call == new.call for session in state.sessions):
        return state
    if state.room.dismissed >= new.began:
        over = replace(
            new,
            wanted=False,
            state=_S.ENDED,
            closed=now,
            ended=now,
            outcome="not recorded: its room was dismissed before",
        )
        return state.having(over)
    # Another call of the same room, of whose end nobody told: one recorder at a time. It goes on if its recorder lives.
    for session in state.sessions:
        if session.state is _S.IDLE:
            state = state.having(_ended(session, now))
        elif session.state is _S.RUNNING:
            state = state.having(*(replace(task, looked=0.0) for task in state.tasks_of(session)))
    return state.having(replace(new, due=now))


def room_created(state: RoomState, at: float) -> RoomState:
    """Whatever is still recorded of an earlier room of that id is looked at."""
    if at <= state.room.created:
        return state
    before = [session for session in state.sessions if session.open and session.began < at]
    stale = [replace(task, looked=0.0) for session in before for task in state.tasks_of(session)]
    return state.having(replace(state.room, created=at), *stale)


def stream_started(state: RoomState, at: float, now: float) -> RoomState:
    """Somebody sends something: a recorder that ended because nobody did starts again."""
    room = state.room
    if room.streamed <= max(room.dismissed, room.created) < at or (not room.streamed and at > room.dismissed):
        state = state.having(replace(room, streamed=at))
    for session in state.sessions:
        if session.state is _S.IDLE and at > (session.ended or 0):
            state = state.having(replace(session, state=_S.NEW, due=now, ended=None, outcome=""))
    return state


def dismissed(state: RoomState, at: float, now: float) -> RoomState:
    """The room was dismissed: every call in it that began before is over."""
    if at > state.room.dismissed:
        state = state.having(replace(state.room, dismissed=at))
    for session in state.sessions:
        if session.open and session.began <= at:
            state = _over(state, session, now) if session.stop == "dismissed" else _left_to_idle(state, session, now)
    return state


def call_ended(state: RoomState, call: str, now: float) -> RoomState:
    """The backend says that one call is over."""
    session = next((session for session in state.sessions if session.call == call), None)
    return state if session is None or not session.open else _over(state, session, now)


def _over(state: RoomState, session: Session, now: float) -> RoomState:
    """Nobody wants the session any longer: its tasks stop, or it never gets one."""
    session = replace(session, wanted=False, closed=session.closed or now)
    if session.state is _S.NEW and not session.doubt:
        words = session.outcome if session.restarts else "not recorded: over before its recording began"
        return state.having(_ended(session, now, words))
    if session.state is _S.IDLE:
        return state.having(_ended(session, now))
    if session.state in (_S.NEW, _S.UNIDENTIFIED):
        return state.having(_removing(session, now))
    stopping = [_stopping(task, now) for task in state.tasks_of(session) if task.state is _T.LIVE]
    return state.having(
        session, *stopping
    )  # what is CREATING is judged once its Create has an answer, or its lease ends


def _left_to_idle(state: RoomState, session: Session, now: float) -> RoomState:
    """The spec leaves the end to the idle time. What has not begun does not; what runs is looked at."""
    if session.state in (_S.NEW, _S.IDLE):
        return _over(state, session, now)
    return state.having(*(replace(task, looked=0.0) for task in state.tasks_of(session)))


# --- What recorders tell ----------------------------------------------------------------------------------------------


def created(state: RoomState, session: Session, task: Task, attempt: int, now: float) -> RoomState:
    """Create number `attempt` answered: whatever earlier ones made, it replaced."""
    last = attempt == session.attempts
    if last:
        session = replace(session, doubt=0 if state.task(task.task_id) else 1)
    return task_seen(state.having(session), session, task, now, last=last)


def task_seen(state: RoomState, session: Session | None, task: Task, now: float, *, last: bool = False) -> RoomState:
    """A TaskId is known, by Create's answer or by a callback. Each becomes a record, whatever else holds.

    The youngest task under the robot's present UserId is the session's (`last`: it certainly is); it replaced every
    other in the room, which is deleted all the same.
    """
    if session is None:
        return state if state.task(task.task_id) else state.having(replace(task, session=None))
    if known := state.task(task.task_id):
        known = replace(known, session=session.id)
        state = state.having(known)
        return state if known.open else _after_end(state, session, known, now)
    live = [other for other in state.tasks_of(session) if other.state is _T.LIVE]
    # Where no Create is in doubt, what turns up is older; else both times are the callbacks' and can be compared.
    younger = last or (session.doubt > 0 and all(other.started <= task.started for other in live))
    youngest = robot_of(task.robot)[1] == session.turn and (younger or not live)
    task = replace(task, session=session.id)
    session = replace(session, doubt=max(0, session.doubt - 1))
    if session.wanted and youngest:
        session = replace(
            session, state=_S.RUNNING, outcome="", ended=None
        )  # the lease stays: a Create may be under way
        return state.having(task, session, *(_stopping(other, now) for other in live))
    if session.open and not session.wanted and not session.doubt:
        session = replace(session, state=_S.RUNNING, due=None, owner="")
    return state.having(_stopping(task, now), session)


def task_failed_to_start(state: RoomState, session: Session | None, task: Task, now: float) -> RoomState:
    """Callback 301 with a Status: the recorder did not come up."""
    return recorder_ended(
        state, session, replace(task, code=SERVER, lost="the recorder did not start"), task.started, now
    )


def recorder_ended(state: RoomState, session: Session | None, task: Task, at: float, now: float) -> RoomState:
    """Callback 302, whose LeaveCode the task has: it is over, whoever ended it, and never holds up the next start."""
    known = state.task(task.task_id)
    if known is not None and not known.open:
        return state
    if known is None and session is not None:
        session = replace(session, doubt=max(0, session.doubt - 1))
        state = state.having(session)
    number = session.id if session is not None else known.session if known else None
    ended = replace(_finished(known or task, at), session=number, code=task.code, lost=task.lost)
    state = state.having(ended)
    return state if session is None else _after_end(state, session, ended, now)


def task_gone(state: RoomState, task: Task, now: float) -> RoomState:
    """Describe does not find it running: its end was not told. Nobody knows why it ended."""
    if not task.open:
        return state
    session, gone = state.session(task.session), _finished(task, now)
    state = state.having(gone)
    return state if session is None else _after_end(state, session, gone, now)


def _after_end(state: RoomState, session: Session, task: Task, now: float) -> RoomState:
    """What the end of one of its tasks means for a session."""
    if not session.open or state.tasks_of(session):
        return state
    unsure = session.doubt > 0
    if session.state in (_S.CREATING, _S.REMOVING) and unsure:
        return state  # what another Create made is not known yet
    if not session.wanted:
        return state.having(_removing(session, now) if unsure else _ended(session, now))
    if session.state is _S.NEW or robot_of(task.robot)[1] != session.turn:
        return state  # ended because it is being replaced
    return _next(state, session, task, now)


def _next(state: RoomState, session: Session, task: Task, now: float) -> RoomState:
    """A recording that is still wanted has lost its recorder."""
    fresh = replace(session, state=_S.NEW, doubt=0, due=now)
    code = task.code
    if code == DISMISSED:
        return dismissed(state.having(_ended(session, now)), task.ended or now, now)
    if code == API:
        return state.having(_ended(session, now, "its recorder was stopped over the API by somebody else"))
    if code == KICKED:
        return state.having(_ended(session, now, "its recorder was put out of the room"))
    if code == COLLISION:
        if session.doubt:
            # Another Create of ours may have replaced it: its callback tells, or it is tried again.
            return state.having(replace(session, state=_S.CREATING, due=now + LEASE_SECONDS))
        if session.turn >= LAST_TURN:
            return state.having(_ended(session, now, "somebody else uses its robot's UserIds"))
        return state.having(replace(fresh, turn=session.turn + 1, outcome="somebody else used its robot's UserId"))
    if code in (SERVER, SERVER_TOO, TIMED_OUT):
        if session.restarts >= MOST_RESTARTS:
            return state.having(_ended(session, now, f"the service ended its recorder {MOST_RESTARTS + 1} times"))
        wait = back_off(session.restarts) if session.restarts else 0.0
        words = f"the service ended its recorder (LeaveCode {code})"
        return state.having(replace(fresh, due=now + wait, restarts=session.restarts + 1, outcome=words))
    words = "" if code == NO_STREAMS else "its recorder ended and nobody told why"
    if session.stop == "idle":
        return state.having(_ended(session, now, words))
    return state.having(replace(session, state=_S.IDLE, ended=task.ended, due=None, owner="", doubt=0, outcome=words))


# --- What the service answers -----------------------------------------------------------------------------------------


def claimed(session: Session, owner: str, now: float) -> Session:
    """A Create is about to leave: from here on it may have happened."""
    return replace(
        session,
        state=_S.CREATING,
        attempts=session.attempts + 1,
        doubt=session.doubt + 1,
        due=now + LEASE_SECONDS,
        owner=owner,
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call certainly did nothing: the service's `code`. None for `wait` (seconds): it is never tried again."""

    code: str
    wait: float | None
    words: str = ""


def create_refused(state: RoomState, session: Session, refusal: Refusal, attempt: int, now: float) -> RoomState:
    """Create number `attempt` did nothing."""
    session = replace(session, doubt=max(0, session.doubt - 1))
    if session.state is not _S.CREATING or attempt != session.attempts:
        return state.having(session) if session.open else state  # a callback or another replica was faster
    session = replace(session, owner="")
    words = refusal.words or f"refused: {refusal.code}"
    if refusal.code == "FailedOperation.TaskExist":
        unknown = replace(session, doubt=max(1, session.doubt), due=None, outcome="its TaskId is not known")
        state = state.having(replace(unknown, state=_S.UNIDENTIFIED))
        return state if session.wanted else _over(state, replace(unknown, state=_S.UNIDENTIFIED), now)
    if not session.wanted or refusal.wait is None:
        words = f"not recorded, {words}" if session.wanted else "not recorded: over before its recording began"
        over = replace(session, wanted=False, closed=session.closed or now, outcome=words)
        return state.having(_removing(over, now) if session.doubt else _ended(over, now))
    return state.having(replace(session, state=_S.NEW, due=now + refusal.wait, outcome=words))


def create_unknown(state: RoomState, session: Session, wait: float | None, attempt: int, now: float) -> RoomState:
    """Nobody knows what the Create did. Its callback 301 tells; else it is tried again when the lease ends."""
    if session.state is not _S.CREATING or attempt != session.attempts:
        return state
    due = session.due if wait is None else now + wait
    return state.having(replace(session, due=due, owner="", outcome="what its Create did is not known"))


def lease_ended(state: RoomState, session: Session, now: float) -> RoomState:
    """A Create whose outcome nobody learned, and its call is over: the robot is put out of the room."""
    if session.wanted or session.state is not _S.CREATING:
        return state
    return state.having(_removing(session, now))


def removed(state: RoomState, session: Session, now: float) -> RoomState:
    """The robot is out of the room, or there is no such room."""
    if session.state is not _S.REMOVING:
        return state
    words = (
        session.outcome if session.outcome.startswith("not recorded,") else "whether anything was recorded is not known"
    )
    ended = [_finished(task, now) for task in state.tasks_of(session)]
    return state.having(_ended(session, now, words), *ended)


def task_deleted(state: RoomState, task: Task, now: float, *, found: bool) -> RoomState:
    """Delete answered; not `found` is a success too, unless the task has expired: then it records on, unreachable."""
    if not task.open:
        return state
    session, gone = state.session(task.session), _finished(task, now)
    if not found and now >= task.expires and session is not None:
        return state.having(gone, _removing(replace(session, wanted=False, closed=session.closed or now), now))
    state = state.having(gone)
    return state if session is None else _after_end(state, session, gone, now)


def rolled_over(state: RoomState, session: Session, now: float) -> RoomState:
    """The task is about to become unreachable: it is deleted, and a next one starts under a next UserId."""
    tasks = [_stopping(task, now) for task in state.tasks_of(session) if task.state is _T.LIVE]
    if not tasks or not session.wanted:
        return state
    turn = session.turn + 1 if session.turn < LAST_TURN else 0
    words = "its task was replaced before it expired"
    return state.having(replace(session, state=_S.NEW, turn=turn, doubt=0, due=now, outcome=words), *tasks)


def taskless(state: RoomState, session: Session, now: float) -> RoomState:
    """A session that is said to run has no task, which no transition leaves behind: start again, or end it."""
    if session.wanted:
        return state.having(replace(session, state=_S.NEW, due=now, outcome="its task was not known any more"))
    return state.having(_removing(session, now) if session.doubt else _ended(session, now))


def given_up(state: RoomState, session: Session, words: str, now: float) -> RoomState:
    """Nothing was heard of a call for too long."""
    if session.state is not _S.IDLE:
        return state
    return state.having(_ended(replace(session, wanted=False, closed=now), now, words))


def _finished(task: Task, at: float) -> Task:
    return replace(task, state=_T.ENDED, ended=at, due=None, owner="")


def _stopping(task: Task, now: float) -> Task:
    return replace(task, state=_T.STOP, due=now, owner="", attempts=0)


def _removing(session: Session, now: float) -> Session:
    return replace(session, state=_S.REMOVING, due=now, owner="")


def _ended(session: Session, now: float, words: str | None = None) -> Session:
    return replace(
        session,
        wanted=False,
        state=_S.ENDED,
        ended=now,
        closed=session.closed or now,
        due=None,
        owner="",
        doubt=0,
        outcome=session.outcome if words is None else words,
    )

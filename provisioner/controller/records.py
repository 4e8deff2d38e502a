"""What the controller keeps of a room: its calls, their recording tasks, and when it was created and dismissed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from provisioner.controller.robots import robot_id


class SessionState(StrEnum):
    """How far one call's recording has come."""

    NEW = "new"
    """To be created once `due`."""

    CREATING = "creating"
    """A Create is on its way, or nobody knows what came of it; tried again once `due`."""

    UNIDENTIFIED = "unidentified"
    """The service says that this robot records already; which TaskId it has, only a callback can tell."""

    RUNNING = "running"
    """At least one task is known that has not ended."""

    IDLE = "idle"
    """The recorder ended because nobody sent anything; the next stream starts it again."""

    REMOVING = "removing"
    """The call is over and no TaskId is known: the robot is put out of the room."""

    ENDED = "ended"


class TaskState(StrEnum):
    """What becomes of a TaskId of the service's."""

    LIVE = "live"
    STOP = "stop"
    """To be deleted once `due`."""

    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Session:
    """One call of one room that is to be recorded, or was. Times are epoch seconds by the store's clock.

    `began` is the caller's time. `due` is when to act next, or until when the replica `owner` has the lease.
    `turn` counts the robot's UserIds, `attempts` the Creates, `doubt` those of them that may have made a task under the
    present UserId of which nothing is known. `outcome` says in words what came of it, or why it waits.
    """

    id: int
    environment: str
    application: str
    sdk_app_id: int
    room: str
    call: str
    robot: str
    contract: str
    template: str
    began: float
    received: float
    stop: str = "dismissed"
    wanted: bool = True
    state: SessionState = SessionState.NEW
    turn: int = 0
    attempts: int = 0
    restarts: int = 0
    doubt: int = 0
    due: float | None = None
    owner: str = ""
    outcome: str = ""
    closed: float | None = None
    ended: float | None = None

    @property
    def open(self) -> bool:
        """Whether something is still to be done for the call."""
        return self.state is not SessionState.ENDED

    @property
    def user(self) -> str:
        """The UserId that its recorder enters the room with."""
        return robot_id(self.robot, self.turn)


@dataclass(frozen=True, slots=True)
class Task:
    """One recording task. `session` is None for a recorder that somebody else started.

    `code` is 302's LeaveCode; `looked` when Describe last saw it; `files` how many were told of, `lost` why there is
    none.
    """

    task_id: str
    sdk_app_id: int
    room: str
    robot: str
    session: int | None
    started: float
    expires: float
    state: TaskState = TaskState.LIVE
    due: float | None = None
    owner: str = ""
    attempts: int = 0
    looked: float = 0.0
    ended: float | None = None
    code: int | None = None
    files: int = 0
    lost: str = ""

    @property
    def open(self) -> bool:
        """Whether the task may still record."""
        return self.state is not TaskState.ENDED


@dataclass(frozen=True, slots=True)
class RoomTimes:
    """When a room of that id was last created, first streamed in since, and last dismissed; 0 for never.

    A call that began before the last dismissal is over, however late it is told of (a tombstone).
    """

    sdk_app_id: int
    room: str
    created: float = 0.0
    streamed: float = 0.0
    dismissed: float = 0.0


@dataclass(frozen=True, slots=True)
class RoomState:
    """Everything about one room that may still matter: its open sessions and tasks, and those that were asked for."""

    room: RoomTimes
    sessions: tuple[Session, ...] = ()
    tasks: tuple[Task, ...] = ()

    def session(self, number: int | None) -> Session | None:
        """The session of that number; None where the room has none."""
        return next((session for session in self.sessions if session.id == number), None)

    def task(self, task_id: str) -> Task | None:
        """The task of that TaskId; None where the room has none."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def tasks_of(self, session: Session) -> tuple[Task, ...]:
        """The session's tasks that have not ended."""
        return tuple(task for task in self.tasks if task.session == session.id and task.open)

    def having(self, *changed: Session | Task | RoomTimes) -> RoomState:
        """The state with records replaced, or added where they are new."""
        state = self
        for record in changed:
            if isinstance(record, RoomTimes):
                state = replace(state, room=record)
            elif isinstance(record, Session):
                others = tuple(session for session in state.sessions if session.id != record.id)
                state = replace(state, sessions=tuple(sorted((*others, record), key=lambda session: session.id)))
            else:
                kept = tuple(task for task in state.tasks if task.task_id != record.task_id)
                state = replace(state, tasks=(*kept, record))
        return state

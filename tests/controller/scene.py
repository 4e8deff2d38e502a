"""A controller without its endpoints: store, intake and effects in front of the simulated service, by one clock.

Nothing runs by itself: a test says what is told, when calls are made, and how time passes. What the simulated service
would call back is made from its own tasks (`callbacks`), so that a test can lose, repeat and reorder it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tencentcloud.common.credential import Credential

from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.controller.claims import CallLimits, Job
from provisioner.controller.contracts import Served
from provisioner.controller.effects import CallingAccount, Effects
from provisioner.controller.events import read_event
from provisioner.controller.intake import AnnouncedCall, Intake, Taken
from provisioner.controller.rates import Rate
from provisioner.controller.records import RoomState, Session, Task
from provisioner.controller.service import PATIENCE, SERVICE, VERSION, RecordingService
from provisioner.controller.store.opening import migrate_store
from provisioner.controller.store.port import Store
from provisioner.controller.store.rows import Asked, load_room
from provisioner.controller.store.sqlite import SqliteStore
from provisioner.controller.sweep import Sweep
from provisioner.foundation.text_safety import Secret
from provisioner.recording.cloud_recording import RecordingContract
from provisioner.recording.manual import Manual, Start, Stop
from provisioner.simulator import ConsoleServer, ConsoleState
from provisioner.simulator.applications import SeedApplication
from provisioner.simulator.calls.events import Dismiss, Enter, Leave, Publish
from provisioner.simulator.calls.events import Room as PlayedRoom
from provisioner.simulator.tasks import RecordingTask

APP = 20001003
START = 1_800_000_000.0
PARAMETERS: dict[str, Any] = {
    "RecordParams": {"RecordMode": 2, "MaxIdleTime": 5, "StreamType": 0},
    "StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 1500000010, "ExpireTime": 604800}}},
    "MixTranscodeParams": {
        "VideoParams": {"Width": 640, "Height": 360, "Fps": 15, "BitRate": 550000, "Gop": 10},
        "AudioParams": {"SampleRate": 1, "Channel": 2, "BitRate": 64000},
    },
    "MixLayoutParams": {"MixLayoutMode": 3},
    "ResourceExpiredHour": 72,
}
KEY = Secret("controller-test")


class Clock:
    """Everybody's time."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FrozenConsole(ConsoleState):
    """The simulated service by a test's clock; signatures go by this machine's, as the SDK makes them."""

    def __init__(self, path: Path, frozen: Clock) -> None:
        self._frozen = frozen
        super().__init__(path)

    def now(self) -> float:
        return self._frozen()


def contract(
    start: Start = "backend", stop: Stop = "dismissed", *, numbered: bool = False, idle: int = 5
) -> RecordingContract:
    """The contract of an application; `idle` is MaxIdleTime in seconds."""
    parameters = {**PARAMETERS, "RecordParams": {**PARAMETERS["RecordParams"], "MaxIdleTime": idle}}
    return RecordingContract(APP, parameters, Manual(start, stop, numbered, "env:SDK_SECRET_KEY"), ("call@v1",))


def served(recorded_by: RecordingContract | None = None) -> Served:
    return Served("dev", "support-desk", APP, (KEY,), recorded_by or contract())


@dataclass
class Scene:
    """One controller, one simulated service."""

    clock: Clock
    state: ConsoleState
    service: RecordingService
    store: Store
    served: Served = field(default_factory=served)
    owner: str = "replica-1"
    tasks: int = 100
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _told: set[tuple[str, int]] = field(default_factory=set)

    @property
    def effects(self) -> Effects:
        # The rate is the store's own test: here it would only slow the story down.
        account = CallingAccount(self.service, lambda _: KEY, CallLimits("simulated", self.tasks, Rate(1_000, 1_000)))
        return Effects(self.store, {"dev": account}, self.owner, self.clock)

    def sweep(self) -> Sweep:
        return Sweep(self.store, self.effects, self.owner, lambda _: True)

    @property
    def intake(self) -> Intake:
        return Intake(self.store, lambda _: None)

    # --- people ---

    def enter(self, room: str, *users: str) -> None:
        """They enter and send picture and sound."""
        played = PlayedRoom(APP, room, self.numbered)
        for user in users:
            self.state.recordings.play(played, [Enter(0, user), Publish(0, user, "video"), Publish(0, user, "audio")])

    def leave(self, room: str, user: str) -> None:
        self.state.recordings.play(PlayedRoom(APP, room, self.numbered), [Leave(0, user)])

    def dismiss(self, room: str) -> None:
        self.state.recordings.play(PlayedRoom(APP, room, self.numbered), [Dismiss(0)])

    @property
    def numbered(self) -> bool:
        assert self.served.carried_out is not None
        return self.served.carried_out.numbered

    # --- what is told ---

    def begin(self, room: str, call: str = "call-1", began: float | None = None) -> Session | None:
        return self.intake.begin(self.served, AnnouncedCall(room, call, began)).result()

    def end(self, room: str, call: str = "call-1") -> Session | None:
        return self.intake.end(self.served, room, call).result()

    def tell(self, kind: int, room: str, at: float | None = None, **info: Any) -> Taken:
        """A callback, with what `EventInfo` holds beside room and time."""
        return self.take(callback(kind, room, self.clock() if at is None else at, **info))

    def take(self, body: dict[str, Any]) -> Taken:
        return self.intake.event(self.served, read_event(APP, body)).result()

    # --- what happens by itself ---

    def work(self, *, results: bool = True) -> list[Job]:
        """Claim, call and write down until nothing is due now; `results=False` is a replica that dies in between."""
        done: list[Job] = []
        while jobs := self.effects.claim().jobs:
            for job in jobs:
                result = self.effects.perform(job)
                if results:
                    self.effects.record(job, result)
            done += jobs
            if len(done) > 200:
                raise AssertionError("there is no end to what is due")
        return done

    def after(self, seconds: float) -> None:
        """Time passes, and nothing else."""
        self.clock.now += seconds

    def later(self, seconds: float, step: float = 1.0) -> None:
        """Time passes, and what becomes due is done."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.after(min(step, end - self.clock.now))
            self.work()

    # --- what the service has ---

    def recorders(self, room: str | None = None) -> list[RecordingTask]:
        """The tasks of the simulated service, those that have ended included."""
        return [task for task in self.state.recordings.tasks(APP) if room in (None, task.room.room_id)]

    def recording(self, room: str | None = None) -> list[RecordingTask]:
        """Those that record now."""
        return [task for task in self.recorders(room) if task.ended_at is None]

    def callbacks(self) -> list[dict[str, Any]]:
        """What recorders would have told since this was last asked."""
        found = []
        for task in self.recorders():
            if (task.task_id, 301) not in self._told:
                self._told.add((task.task_id, 301))
                found.append(recorder_callback(301, task, task.started_at, Status=0))
            ended = task.ended_at
            if ended is not None and (task.task_id, 302) not in self._told:
                self._told.add((task.task_id, 302))
                found.append(recorder_callback(302, task, ended, LeaveCode=int(task.code or 0)))
                found.append(recorder_callback(311, task, ended, Status=0))
        return found

    def tell_callbacks(self) -> None:
        for body in self.callbacks():
            self.take(body)

    # --- what the controller knows ---

    def known(self, room: str, call: str = "call-1") -> RoomState:
        return self.store.read(lambda transaction: load_room(transaction, (APP, room), Asked(call=call)))

    def session(self, room: str, call: str = "call-1") -> Session:
        (found,) = [session for session in self.known(room, call).sessions if session.call == call]
        return found

    def task(self, task_id: str, room: str) -> Task | None:
        return self.store.read(lambda transaction: load_room(transaction, (APP, room), Asked(task=task_id))).task(
            task_id
        )


def callback(kind: int, room: str, at: float, **info: Any) -> dict[str, Any]:
    """A callback's body."""
    told = {"RoomId": room, "EventTs": int(at), "EventMsTs": round(at * 1000), **info}
    return {"EventGroupId": kind // 100, "EventType": kind, "CallbackTs": round(at * 1000) + 7, "EventInfo": told}


def recorder_callback(kind: int, task: RecordingTask, at: float, **payload: Any) -> dict[str, Any]:
    info = {"UserId": task.robot, "TaskId": task.task_id, "Payload": payload}
    return callback(kind, task.room.room_id, at, **info)


@contextmanager
def scene(
    folder: Path, start: Start = "backend", stop: Stop = "dismissed", *, numbered: bool = False, idle: int = 5
) -> Iterator[Scene]:
    """A scene whose files are in `folder`."""
    folder.mkdir(exist_ok=True)
    clock = Clock()
    database = folder / "controller.sqlite"
    migrate_store(f"sqlite:///{database}")
    with FrozenConsole(folder / "console.sqlite", clock) as state:
        state.seed([SeedApplication(APP, "support-desk", "new", enabled=True)])
        with ConsoleServer(state, [ACCOUNT], None) as server:
            endpoint = Endpoint(server.endpoint, "http", direct=True)
            credential = Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)
            limiter = Limiter(100_000)
            client = TencentClient(
                SERVICE, VERSION, "ap-singapore", endpoint, credential, limiter=limiter, patience=PATIENCE
            )
            store = SqliteStore(database, clock)
            try:
                service = RecordingService(client)
                yield Scene(clock, state, service, store, served(contract(start, stop, numbered=numbered, idle=idle)))
            finally:
                store.close()
                client.close()

"""Calls that happen in the console, and the recordings that come of them.

Everything that a recording does follows from three things that are stored: what people did in the room, the
template that held when the room was created, and what the backend ordered. `settle` works out how far each
recording has come by now, and stores the files and the billed time of those that have ended.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from provisioner.recording.limits import CONCURRENT_TASKS
from provisioner.recording.tiers import Tier
from provisioner.simulator import applications, media_rows, rooms, tasks, usage_rows
from provisioner.simulator.applications import SimulatedApplication
from provisioner.simulator.callbacks import bodies, outbox, recorder_bodies
from provisioner.simulator.calls.billed_time import billed
from provisioner.simulator.calls.events import CallEvent, Dismiss, Enter, Leave, Room
from provisioner.simulator.calls.files import SimulatedFile, recorded_files
from provisioner.simulator.calls.recipe import Mix, Recipe, template_recipes
from provisioner.simulator.calls.recorder import LeaveCode, Take, automatic_takes, ordered_take
from provisioner.simulator.calls.scenes import ImpossibleCallError, Scene, scenes
from provisioner.simulator.database import Database, count_accepted_write
from provisioner.simulator.errors import ApiError
from provisioner.simulator.media_rows import StoredFile
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.rooms import PlayedRoom, RoomSpan
from provisioner.simulator.sites import SimulatedSite
from provisioner.simulator.tasks import RecordingTask
from provisioner.simulator.template import TEMPLATE

EXITING_SECONDS = 5.0
"""How long a task that has ended still answers, as Exited [inferred]; after that it is finished."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task has come: `sending` where it records something right now. `files` are those so far."""

    task: RecordingTask
    take: Take
    sending: bool
    files: tuple[SimulatedFile, ...]


class Recordings:
    """The calls and recordings of one state file. `now` answers the console's time in epoch seconds."""

    def __init__(self, database: Database, site: SimulatedSite, now: Callable[[], float]) -> None:
        self._database = database
        self._site = site
        self._now = now

    def play(self, room: Room, events: Iterable[CallEvent], *, start: float | None = None) -> None:
        """Let `events` happen in `room`, counted from epoch second `start` (by default now).

        What lies ahead of the console's time happens when that has passed. A room of that id that is still there
        goes on, else the first to enter creates one, by the configuration that is in force in that moment.
        Raises UnknownApplicationError, and ImpossibleCallError for what no room could have seen.
        """
        now = self._now()
        start = now if start is None else start
        happening = [replace(event, at=start + event.at) for event in events]
        with self._database.writing() as connection:
            self._settle(connection, now, room)
            applications.fetch(connection, room.sdk_app_id)
            self._extend(connection, room, happening)
            self._settle(connection, now, room)

    def settle(self) -> None:
        """Bring every recording up to the console's time."""
        now = self._now()
        with self._database.writing(durable=False) as connection:  # what is lost is worked out again
            self._settle(connection, now)

    def tasks(self, sdk_app_id: int) -> list[RecordingTask]:
        """All recording tasks of an application, those that ran by themselves included, in order of their start."""
        self.settle()
        with self._database.reading() as connection:
            return tasks.select(connection, "sdk_app_id = ?", sdk_app_id)

    def usage(
        self, start: float, end: float, step: float, *, sdk_app_id: int | None = None, mixed: bool | None = None
    ) -> list[tuple[float, dict[Tier, float]]]:
        """Billed seconds by tier for each step of time (`usage.between`)."""
        self.settle()
        with self._database.reading() as connection:
            return usage_rows.between(connection, start, end, step, sdk_app_id=sdk_app_id, mixed=mixed)

    def rooms(
        self, sdk_app_id: int, span: tuple[float, float], room_id: str | None, page: tuple[int, int]
    ) -> list[RoomSpan]:
        """One page (offset, limit) of an application's rooms that were created in `span` (epoch seconds)."""
        with self._database.reading() as connection:
            return rooms.between(connection, sdk_app_id, span, room_id, page)

    def start(self, room: Room, robot: str, parameters: dict[str, Any], hours: int, *, exclusive: bool = False) -> str:
        """CreateCloudRecording: an accepted write; answers the task's id. Raises ApiError, UnknownApplicationError.

        The same robot's task in the room is replaced; with `exclusive` it stands in the way. Pages say both.
        """
        now = self._now()
        with self._database.writing() as connection:
            app = applications.fetch(connection, room.sdk_app_id)
            if not app.enabled or app.generation != "new":
                raise ApiError("FailedOperation.NotAbility", "Cloud recording is not enabled for this SdkAppId.")
            self._settle(connection, now, room)
            if robot in self._people(connection, room, now):
                raise ApiError("InvalidParameter.UserId", f"The UserId `{robot}` is in the room already.")
            # A robot that enters under a UserId that another task uses takes its place (callback LeaveCode 101).
            replaced = [task for task in tasks.running(connection, room) if task.robot == robot]
            if replaced and exclusive:
                raise ApiError("FailedOperation.TaskExist", "The recording task exists already.")
            if self._crowded(connection, now, room.sdk_app_id, without=len(replaced)):
                raise ApiError(
                    "FailedOperation.RestrictedConcurrency",
                    f"The number of concurrent recording tasks exceeds the limit of {CONCURRENT_TASKS}.",
                )
            for task in replaced:
                tasks.stop(connection, task, now, LeaveCode.REPLACED)
            self._settle(connection, now, room)
            count_accepted_write(connection)
            task = tasks.start(connection, room, robot, parameters, now=now, expires_at=now + hours * 3600)
            outbox.add(connection, room, recorder_bodies.of_start(task))
            return task.task_id

    def _crowded(self, connection: sqlite3.Connection, now: float, sdk_app_id: int, *, without: int) -> bool:
        """Whether an application runs as many tasks as it may. All are settled only where that could be."""
        if tasks.count_running(connection, sdk_app_id) - without < CONCURRENT_TASKS:
            return False
        self._settle(connection, now, sdk_app_id)
        return tasks.count_running(connection, sdk_app_id) - without >= CONCURRENT_TASKS

    def progress(self, sdk_app_id: int, task_id: str, at: float) -> Progress:
        """DescribeCloudRecording: the task as it was at `at`. Raises ApiError, also for one that has finished."""
        with self._database.reading() as connection:
            task = self._known(connection, sdk_app_id, task_id, at)
            take = _ordered(connection, task, at)
        if take.ended_at is not None and at >= take.ended_at + EXITING_SECONDS:
            raise _finished()
        sending = take.ended_at is None and bool(take.spans) and bool(take.spans[-1].streams)
        return Progress(task, take, sending, recorded_files(task.recipe(), take, task.room, self._site.naming))

    def revise(self, sdk_app_id: int, task_id: str, lists: dict[str, Any]) -> None:
        """ModifyCloudRecording: from now on the task subscribes to `lists` only: an accepted write. Raises ApiError."""
        now = self._now()
        with self._database.writing() as connection:
            task = self._running(connection, sdk_app_id, task_id, now)
            tasks.revise(connection, task, now, lists)
            count_accepted_write(connection)

    def stop(self, sdk_app_id: int, task_id: str) -> None:
        """DeleteCloudRecording: an accepted write. Raises ApiError."""
        now = self._now()
        with self._database.writing() as connection:
            task = self._running(connection, sdk_app_id, task_id, now)
            tasks.stop(connection, task, now, LeaveCode.STOPPED)
            self._settle(connection, now, task.room)
            count_accepted_write(connection)

    def remove(self, room: Room, users: Iterable[str]) -> None:
        """RemoveUser: people leave the room, and a robot's task ends, even one that has expired. An accepted write.

        Who is not there is passed over [inferred]. Raises ApiError where there is neither anybody nor a robot,
        UnknownApplicationError.
        """
        now = self._now()
        with self._database.writing() as connection:
            applications.fetch(connection, room.sdk_app_id)
            self._settle(connection, now, room)
            people = self._people(connection, room, now)
            robots = [task for task in tasks.running(connection, room) if task.robot]
            if not people and not robots:
                raise ApiError("FailedOperation.RoomNotExist", "The room does not exist.")
            wanted = set(users)
            for task in robots:
                if task.robot in wanted:
                    tasks.stop(connection, task, now, LeaveCode.KICKED)
            if removed := [user for user in people if user in wanted]:
                self._put_out(connection, room, removed, now)
            self._settle(connection, now, room)
            count_accepted_write(connection)

    def _known(self, connection: sqlite3.Connection, sdk_app_id: int, task_id: str, at: float) -> RecordingTask:
        applications.fetch(connection, sdk_app_id)
        which = "task_id = ? AND sdk_app_id = ? AND robot IS NOT NULL AND started_at <= ? AND expires_at > ?"
        found = tasks.select(connection, which, task_id, sdk_app_id, at, at)
        if not found:
            raise ApiError("FailedOperation.TaskNotExist", "The recording task does not exist.")
        return found[0]

    def _running(self, connection: sqlite3.Connection, sdk_app_id: int, task_id: str, now: float) -> RecordingTask:
        self._settle(connection, now, self._known(connection, sdk_app_id, task_id, now).room)
        task = self._known(connection, sdk_app_id, task_id, now)
        if task.ended_at is not None:
            raise _finished()
        return task

    def _people(self, connection: sqlite3.Connection, room: Room, at: float) -> tuple[str, ...]:
        played = rooms.latest(connection, room)
        view = _view(rooms.events(connection, played.number), at) if played else ()
        return view[-1].people if view else ()

    def _put_out(self, connection: sqlite3.Connection, room: Room, users: list[str], now: float) -> None:
        """They leave now, and what they would have done later does not happen."""
        played = rooms.latest(connection, room)
        assert played is not None  # there are people in it
        known = rooms.events(connection, played.number)
        past = [event for event in known if event.at <= now]
        ahead = [event for event in known[len(past) :] if isinstance(event, Dismiss) or event.user not in users]
        happening = [*(Leave(now, user) for user in users), *ahead]
        rooms.replace(connection, played.number, [*past, *happening])
        _note(connection, played, [*past, *happening])
        outbox.forget(connection, room, now)
        outbox.add(connection, room, bodies.of_room(room, past, happening))

    def _extend(self, connection: sqlite3.Connection, room: Room, happening: list[CallEvent]) -> None:
        for task in tasks.select(connection, rooms.BY_ID, *rooms.by_id(room)):
            if happening and task.ended_at is not None and _would_have_changed(task, happening[0].at):
                raise ImpossibleCallError(f"{happening[0]} comes before the end of a recording that has ended already")
        played = rooms.latest(connection, room)
        known = rooms.events(connection, played.number) if played else []
        told = len(known)
        for event in happening:
            if played is None or (isinstance(event, Enter) and _is_over(played, known, event.at)):
                if not isinstance(event, Enter):
                    raise ImpossibleCallError(f"{event}: there is no such room")
                app = applications.in_force(connection, room.sdk_app_id, event.at)
                outbox.add(connection, room, bodies.of_room(room, known[:told], known[told:]))
                _note(connection, played, known)
                told = 0
                played, known = rooms.create(connection, room, _automatic_template(app)), []
            rooms.append(connection, played.number, [event])
            known.append(event)
        _view(known, math.inf)  # raises for what no room could have seen
        _note(connection, played, known)
        outbox.add(connection, room, bodies.of_room(room, known[:told], known[told:]))

    def _settle(self, connection: sqlite3.Connection, now: float, where: int | Room | None = None) -> None:
        """Bring the recordings of one room, of one application, or of all, up to `now`."""
        for played in rooms.unsettled(connection, where):
            self._settle_room(connection, played, now)
        for task in tasks.running(connection, where):
            if task.robot is None:
                continue  # the room's own
            take = _ordered(connection, task, now)
            self._store(connection, task, task.recipe(), take)

    def _settle_room(self, connection: sqlite3.Connection, played: PlayedRoom, now: float) -> None:
        happened = rooms.events(connection, played.number)
        view = _view(happened, now)
        running = False
        for number, recipe in enumerate(_recipes(played)):
            for index, take in enumerate(automatic_takes(recipe, view)):
                task, new = tasks.automatic(connection, played, number, index, take.started_at)
                if new:
                    outbox.add(connection, task.room, recorder_bodies.of_start(task))
                running = running or take.ended_at is None
                if task.ended_at is None:
                    self._store(connection, task, recipe, take)
        if not running and view and not view[-1].people and happened[-1].at < now:
            rooms.settle(connection, played.number)

    def _store(self, connection: sqlite3.Connection, task: RecordingTask, recipe: Recipe, take: Take) -> None:
        if take.ended_at is None or take.code is None:
            return
        tasks.end(connection, task, take.ended_at, take.code)
        trouble = task.conditions
        if trouble.recorder_failed:
            return
        created_at = take.ended_at + trouble.stored_late
        made = [
            StoredFile.of(file, task.task_id, task.room, recipe.storage, created_at)
            for file in recorded_files(recipe, take, task.room, self._site.naming)
        ]
        files = made if trouble.unstored else media_rows.insert(connection, made)
        outbox.add(connection, task.room, recorder_bodies.of_end(task, take.ended_at, int(take.code), files))
        usage_rows.add(connection, task.room.sdk_app_id, isinstance(recipe.kind, Mix), billed(take, self._site))


def _note(connection: sqlite3.Connection, played: PlayedRoom | None, known: list[CallEvent]) -> None:
    """Keep when the room was created, by whom, and when nobody was left in it, for who lists rooms."""
    if played is not None and isinstance(known[0], Enter):
        over = not _view(known, math.inf)[-1].people
        rooms.note(connection, played.number, known[0].at, known[0].user, known[-1].at if over else None)


def _would_have_changed(task: RecordingTask, at: float) -> bool:
    """Whether somebody in the room at `at` would have kept a task from ending when it did."""
    assert task.ended_at is not None
    return at < task.ended_at or (task.code is LeaveCode.IDLE and at == task.ended_at)


def _automatic_template(app: SimulatedApplication) -> JsonObject | None:
    """The template that a room of `app` records by, by itself; None for none, or one that cannot work."""
    if not app.enabled or app.mode != "auto" or app.template is None:
        return None
    try:
        TEMPLATE.check(app.template, "")
    except ApiError:
        return None
    return app.template


def _recipes(played: PlayedRoom) -> tuple[Recipe, ...]:
    return () if played.template is None else template_recipes(played.template)


def _view(happened: list[CallEvent], at: float, since: float = math.inf) -> tuple[Scene, ...]:
    """The scenes up to `at`; what happens in that very moment has happened."""
    return tuple(scenes(happened, since=since, until=math.nextafter(at, math.inf)))


def _ordered(connection: sqlite3.Connection, task: RecordingTask, at: float) -> Take:
    order = task.order()
    happened = rooms.events_after(connection, task.room, order.start)
    return ordered_take(task.recipe(), order, _view(happened, at, since=order.start))


def _is_over(played: PlayedRoom, happened: list[CallEvent], at: float) -> bool:
    """Whether nothing kept the room up to `at`: dismissed, or everybody and every recording of its own is gone."""
    view = tuple(scenes(happened, until=at))
    if not view or view[-1].people:
        return False
    runs = (automatic_takes(recipe, view) for recipe in _recipes(played))
    return view[-1].dismissed or not any(run and run[-1].ended_at is None for run in runs)


def _finished() -> ApiError:
    return ApiError("FailedOperation.TaskFinished", "The recording task has finished.")

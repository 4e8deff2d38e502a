"""What callbacks tell of rooms and of the tasks that recorded them: who was heard, and whether anything was stored."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provisioner.archive.evidence import callbacks
from provisioner.archive.evidence.callbacks import CallRecord, Heard, RecordingCallback
from provisioner.archive.evidence.codes import RecorderOutcome
from provisioner.archive.evidence.verdicts import Fact, SeenFacts
from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.manual import manual

MANY_ROOMS = 10_000
"""Rooms and tasks that are looked after at once; a room that is never dismissed must not be kept for ever."""

_MANY_FILES = 100
"""Files of one task that are told apart while they are stuck."""

_SAME_CALL = timedelta(minutes=1)
"""How far TUICallKit's word of a call's beginning may be from its room's creation [inferred]."""


@dataclass(frozen=True, slots=True)
class Storing:
    """Which events say that something is stored, by storage and mode.

    VOD's is 311, and so is a bucket's where the template records. Over REST, a bucket's are 310 for mp4, and for HLS
    304 with 305 (callback guide, as corrected).
    """

    bucket: bool = False
    automatic: bool = True
    over_rest: bool = False

    def proves(self, event: int) -> bool:
        """Whether an event of that type, with a good code, is this application's word of a stored file."""
        if event == 311:
            return self.automatic or not self.bucket
        return self.bucket and self.over_rest


def storing(app: Application) -> Storing:
    """What `app` declares; of one that nobody is to record, any word of storing counts."""
    bucket = app.setting("storage/vendor") not in (None, "vod")
    over_rest = app.value("/recording/backendRecords") is True or manual(app) is not None
    expected = app.records and (app.automatic or over_rest)
    return Storing(bucket, app.automatic or not expected, over_rest or not expected)


@dataclass(slots=True)
class RoomCallbacks:
    """One room from its creation to its end, as far as callbacks tell."""

    name: str
    created: datetime | None = None
    dismissed: datetime | None = None
    sent: Location | None = None
    """The line by which somebody sent something."""

    sent_at: datetime | None = None
    recorder: bool = False
    """Whether a recorder was started."""

    stored: bool = False
    """Whether any event speaks of a stored file, also of a kind that this application should not have."""

    filed: bool = False
    """Whether the storage lists a file of it."""

    def send(self, where: Location, at: datetime) -> None:
        """Somebody sends; the first time counts."""
        if self.sent is None:
            self.sent, self.sent_at = where, at


@dataclass(slots=True)
class _Task:
    """One task of a recorder. `lost` are files that were not stored, each with the line that says so."""

    room: RoomCallbacks
    began: datetime | None = None
    indexed: bool = False
    uploaded: bool = False
    proof: Fact | None = None
    """The line by which something of it is stored."""

    lost: dict[str, Fact] = field(default_factory=dict)

    def chosen_at(self) -> datetime | None:
        """When it was settled how this is recorded: its room's creation, else its own beginning; None: unknown.

        A room that was created after the recording began has only the same id.
        """
        created = self.room.created
        later = created is not None and self.began is not None and created > self.began + _SAME_CALL
        return self.began if created is None or later else created


@dataclass(slots=True)
class CallbackFacts:
    """What callbacks report of rooms created at `since` or later: recorders, what they stored, and what they lost."""

    since: datetime
    storing: Storing = field(default_factory=Storing)
    recorders: SeenFacts = field(default_factory=SeenFacts)
    """Recorders that started: no proof yet that anything was stored."""

    failed: SeenFacts = field(default_factory=SeenFacts)
    rooms: deque[RoomCallbacks] = field(default_factory=deque)
    _open: dict[str, RoomCallbacks] = field(default_factory=dict)
    _tasks: OrderedDict[str, _Task] = field(default_factory=OrderedDict)
    _stored: SeenFacts = field(default_factory=SeenFacts)
    _lost: SeenFacts = field(default_factory=SeenFacts)

    def add(self, heard: Heard) -> None:
        """Take in one more, roughly in order of time."""
        if isinstance(heard, CallRecord):
            self._call(heard)
        elif heard.of_recorder:
            self._recorder(heard)
        else:
            self._room(heard)

    @property
    def stored(self) -> SeenFacts:
        """Recordings of which something is stored, by the word that the application's storage and mode give for it."""
        found = self._stored.copy()
        for task in self._tasks.values():
            self._tell(task, found, SeenFacts())
        return found

    @property
    def lost(self) -> SeenFacts:
        """Files of which a recorder says that they are not stored, or that they are stuck."""
        found = self._lost.copy()
        for task in self._tasks.values():
            self._tell(task, SeenFacts(), found)
        return found

    def unrecorded(self, settled: datetime) -> list[RoomCallbacks]:
        """Rooms dismissed by `settled`, in which somebody sent and of which nothing says that it is stored."""
        return [
            room
            for room in self.rooms
            if room.created and room.created >= self.since and room.dismissed and room.dismissed <= settled
            if room.sent and not room.stored
        ]

    def _session(self, name: str, *, new: bool = False) -> RoomCallbacks:
        room = self._open.get(name)
        if room is None or new:
            room = self._open[name] = RoomCallbacks(name)
            self.rooms.append(room)
            if len(self.rooms) > MANY_ROOMS:
                oldest = self.rooms.popleft()
                if self._open.get(oldest.name) is oldest:
                    del self._open[oldest.name]
        return room

    def _room(self, heard: RecordingCallback) -> None:
        known = self._open.get(heard.room)
        again = heard.event == callbacks.ROOM_CREATED and known is not None and known.dismissed is not None
        room = self._session(heard.room, new=again)
        if heard.event == callbacks.ROOM_CREATED:
            room.created = heard.at
        elif heard.event == callbacks.ROOM_DISMISSED:
            room.dismissed = heard.at
        elif heard.event in callbacks.STREAM_STARTED:
            room.send(heard.where, heard.at)

    def _call(self, call: CallRecord) -> None:
        """A call that somebody took was a room in which people spoke [inferred], whether or not rooms are told of."""
        room = self._open.get(call.room)
        if room is not None and room.created and call.began - _SAME_CALL <= room.created <= call.ended:
            return  # the room's own callbacks say more of it
        if room is None or room.created is not None:
            room = self._session(call.room, new=True)
        room.created, room.dismissed = call.began, call.ended
        room.send(call.where, call.began)

    def _recorder(self, heard: RecordingCallback) -> None:
        task = self._task(heard)
        fact = Fact("callback", str(heard.where), f"recorder of room {heard.room}")
        if heard.event == callbacks.RECORDER_STARTED:
            if heard.outcome is RecorderOutcome.STARTED:
                task.room.recorder = True
            if (task.chosen_at() or heard.at) >= self.since:
                (self.failed if heard.outcome is RecorderOutcome.FAILED else self.recorders).add(fact)
        elif heard.outcome is RecorderOutcome.NOT_STORED:
            task.lost[heard.file if len(task.lost) < _MANY_FILES else ""] = fact
        else:
            self._storing(task, heard, fact)

    def _storing(self, task: _Task, heard: RecordingCallback, fact: Fact) -> None:
        """What is stored now, and no longer stuck."""
        if heard.outcome is RecorderOutcome.STORED and heard.file:
            task.lost.pop(heard.file, None)
        elif heard.outcome is RecorderOutcome.UPLOADED:
            task.lost.clear()
            task.uploaded = True
        elif heard.outcome is RecorderOutcome.INDEXED:
            task.indexed = True
        hls = task.uploaded and task.indexed
        if hls or heard.outcome is RecorderOutcome.STORED:
            task.room.stored = True
            if self.storing.proves(304 if hls else heard.event):
                task.proof = task.proof or fact

    def _task(self, heard: RecordingCallback) -> _Task:
        """The task that an event is of; where no event names one, a room has one."""
        key = heard.task or f"\0{heard.room}"
        task = self._tasks.get(key)
        if task is None:
            known, starts = self._open.get(heard.room), heard.event == callbacks.RECORDER_STARTED
            again = starts and known is not None and known.dismissed is not None and heard.at > known.dismissed
            task = self._tasks[key] = _Task(self._session(heard.room, new=again))
            if len(self._tasks) > MANY_ROOMS:
                self._tell(self._tasks.popitem(last=False)[1], self._stored, self._lost)
        began = heard.at if heard.event == callbacks.RECORDER_STARTED else heard.began
        task.began = min(filter(None, (task.began, began)), default=None)
        return task

    def _tell(self, task: _Task, stored: SeenFacts, lost: SeenFacts) -> None:
        """Count what became of a task. Where nobody knows when it began, only what it lost counts."""
        chosen = task.chosen_at()
        if task.proof and chosen and chosen >= self.since:
            stored.add(task.proof)
        if chosen is None or chosen >= self.since:
            for fact in task.lost.values():
                lost.add(fact)

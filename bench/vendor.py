"""The service as the controller's load meets it, in memory: recording tasks, and callbacks with the vendor's retries.

It keeps the accounts that the controller is judged by: what records when, and whether a room was ever recorded twice at
once. The simulator stays the double of the tests; this one costs little beside what is measured.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.http import Client, serve_http
from provisioner.controller.signatures import sign
from provisioner.foundation.text_safety import Secret

APP = 20001003
KEY = Secret("benchkey")
_PER_SECOND = 20
_PATIENCE = 60.0


@dataclass
class Recorder:
    """One task in a room."""

    task_id: str
    room: str
    robot: str
    started: float
    ended: float | None = None


@dataclass
class Accounts:
    """What happened. Times are this process's."""

    begun: dict[str, float] = field(default_factory=dict)
    created: dict[str, float] = field(default_factory=dict)
    creates: int = 0
    doubles: int = 0
    refused: int = 0
    left: int = 0
    """Tasks that the service ended by itself, a minute after their room's dismissal: nobody else had."""

    calls: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    answers: list[tuple[float, float]] = field(default_factory=list)
    """When, and after how many seconds, a callback or a beginning was answered 200."""

    given_up: Counter[int] = field(default_factory=Counter)
    """What was given up after a minute, by its last status; 0 is none."""


class Vendor:
    """The service's end. `lost` is the share of answers that get lost after a call took effect."""

    def __init__(
        self, addresses: Callable[[], list[tuple[str, int]]], lost: float, disorder: float, twice: float
    ) -> None:
        self.accounts = Accounts()
        self.live: dict[str, Recorder] = {}
        self._by_task: dict[str, Recorder] = {}
        self._addresses = addresses
        self._lost, self._disorder, self._twice = lost, disorder, twice
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._random = random.Random(7)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> int:
        """Answer API calls; the port."""
        return await serve_http(self._answer)

    def running(self) -> list[Recorder]:
        return list(self.live.values())

    # --- the API ---

    async def _answer(self, headers: dict[str, str], body: bytes) -> bytes | None:
        """The answer, None where it gets lost."""
        action, now = headers["x-tc-action"], time.monotonic()
        self.accounts.calls[action] += 1
        self.accounts.seconds[action][int(now)] += 1
        recent = self._recent[action]
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= _PER_SECOND:
            self.accounts.refused += 1
            return _error("RequestLimitExceeded", "too many")
        recent.append(now)
        await asyncio.sleep(self._random.uniform(0.005, 0.03))  # the service is not on this machine
        parameters = json.loads(body)
        perform = {"CreateCloudRecording": self._create, "DeleteCloudRecording": self._delete}.get(action)
        if perform is not None:
            answer = perform(parameters)
        elif action.startswith("RemoveUser"):
            answer = self._remove(parameters)
        else:
            answer = self._describe(parameters)
        return None if self._random.random() < self._lost else answer

    def _create(self, parameters: dict[str, Any]) -> bytes:
        room, robot, now = parameters["RoomId"], parameters["UserId"], time.monotonic()
        for other in [task for task in self.running() if task.room == room]:
            if other.robot == robot:
                self._end(other, 101)
            else:
                self.accounts.doubles += 1
        task = Recorder(secrets.token_urlsafe(32), room, robot, now)
        self._by_task[task.task_id] = self.live[task.task_id] = task
        self.accounts.creates += 1
        self.accounts.created.setdefault(room, now)
        self.tell(301, room, UserId=robot, TaskId=task.task_id, Payload={"Status": 0})
        return _ok(TaskId=task.task_id)

    def _delete(self, parameters: dict[str, Any]) -> bytes:
        task = self._by_task.get(parameters["TaskId"])
        if task is None or task.ended is not None:
            return _error("FailedOperation.TaskFinished", "finished")
        self._end(task, 0)
        return _ok(TaskId=task.task_id)

    def _remove(self, parameters: dict[str, Any]) -> bytes:
        found = [task for task in self.running() if task.room == str(parameters["RoomId"])]
        for task in found:
            if task.robot in parameters["UserIds"]:
                self._end(task, 1)
        return _ok() if found else _error("FailedOperation.RoomNotExist", "no room")

    def _describe(self, parameters: dict[str, Any]) -> bytes:
        task = self._by_task.get(parameters["TaskId"])
        if task is None or task.ended is not None:
            return _error("FailedOperation.TaskNotExist", "no task")
        return _ok(TaskId=task.task_id, Status="InProgress", StorageFileList=[])

    def _end(self, task: Recorder, code: int) -> None:
        task.ended = time.monotonic()
        self.live.pop(task.task_id, None)
        self.tell(302, task.room, UserId=task.robot, TaskId=task.task_id, Payload={"LeaveCode": code})
        self.tell(311, task.room, UserId=task.robot, TaskId=task.task_id, Payload={"Status": 0, "TencentVod": {}})

    async def dismiss(self, room: str) -> None:
        """The room is gone. The service would end its recorders at once; here they wait for the controller first."""
        self.tell(102, room, UserId="alice")
        await asyncio.sleep(_PATIENCE)
        for task in [task for task in self.running() if task.room == room]:
            self.accounts.left += 1
            self._end(task, 2)

    # --- callbacks ---

    def tell(self, kind: int, room: str, **info: Any) -> None:
        """A callback on its way: sometimes late, sometimes twice."""
        now = time.time()
        told = {"RoomId": room, "EventTs": int(now), "EventMsTs": round(now * 1000), **info}
        body = {"EventGroupId": kind // 100, "EventType": kind, "CallbackTs": round(now * 1000), "EventInfo": told}
        data = json.dumps(body).encode()
        headers = {"Sign": sign(KEY, data), "SdkAppId": str(APP)}
        late = self._random.uniform(0.5, 2) if self._random.random() < self._disorder else 0.0
        for _ in range(2 if self._random.random() < self._twice else 1):
            self.post("/v1/bench/callbacks", data, headers, late)

    def begin(self, room: str, token: str) -> None:
        """The backend's word that a call began, which it repeats until it is answered."""
        self.accounts.begun[room] = time.monotonic()
        body = {
            "application": "support-desk",
            "room": room,
            "call": f"call-{room}",
            "beganAt": round(time.time() * 1000),
        }
        headers = {"Authorization": f"Bearer {token}"}
        self.post("/v1/bench/calls", json.dumps(body).encode(), headers, 0.0)

    def post(self, path: str, data: bytes, headers: dict[str, str], late: float) -> None:
        task = asyncio.create_task(self._post(path, data, headers, late))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Nothing is on its way any more."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _post(self, path: str, data: bytes, headers: dict[str, str], late: float) -> None:
        """5 s for an answer, one retry at once, then every 10 s for a minute, wherever a replica listens."""
        await asyncio.sleep(late)
        client, deadline, attempt = Client(), time.monotonic() + 60, 0
        while True:
            started = time.monotonic()
            try:
                async with asyncio.timeout(5):
                    status = await client.post(self._random.choice(self._addresses()), path, data, headers)
            except (OSError, TimeoutError, EOFError):
                status = 0
            if status == 200:
                self.accounts.answers.append((started, time.monotonic() - started))
                return
            if time.monotonic() > deadline:
                self.accounts.given_up[status] += 1
                return
            await asyncio.sleep(0 if attempt == 0 else 10)
            attempt += 1


def _ok(**members: Any) -> bytes:
    return json.dumps({"Response": {**members, "RequestId": "bench"}}).encode()


def _error(code: str, message: str) -> bytes:
    return _ok(Error={"Code": code, "Message": message})

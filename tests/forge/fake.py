"""A forge at HTTP level: GitHub's and GitLab's API over one set of facts, with accounts, pages and bad days."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BOT = "recording-bot"
TOKEN = "t0ken-of-the-job-c4n4ry"
TEAMS_TOKEN = "t0ken-for-teams-c4n4ry"
HEAD, MERGED, OLDER = "a" * 40, "b" * 40, "c" * 40
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Entry:
    """A comment, or an issue where `title` is set; `change` is the comment's."""

    id: int
    author: str
    body: str
    change: int = 0
    title: str = ""
    open: bool = True
    system: bool = False
    at: datetime = START


@dataclass
class Pull:
    """A pull or merge request; `pushes` are its newest commits with their times, oldest first. `written_by` are authors
    and co-authors of its commits, `pushed_by` who pushed them."""

    number: int
    author: str = "kim"
    pushes: list[tuple[datetime, str]] = field(default_factory=lambda: [(START, HEAD)])
    merged_as: str | None = None
    target: str = "main"
    written_by: list[str] = field(default_factory=list)
    pushed_by: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        return self.pushes[-1][1]


@dataclass
class Opinion:
    """One review: GitHub keeps its commit (None: one that is gone), GitLab only its time."""

    change: int
    reviewer: str
    state: str
    commit: str | None
    at: datetime


@dataclass
class Call:
    """A request as a dialect sees it."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    account: str


@dataclass
class Fault:
    """What goes wrong with the next request whose "METHOD path" matches; `done`: it is carried out all the same."""

    match: re.Pattern[str]
    status: int
    headers: dict[str, str]
    body: Any
    done: bool = False


Handler = Callable[["FakeForge", Call, re.Match[str]], Any]


class Missing(Exception):
    """404."""


@dataclass
class FakeForge:
    """The facts, and what arrived. `page` is the longest page, `now` what its clock shows."""

    url: str = ""
    page: int = 100
    now: datetime = START
    entries: list[Entry] = field(default_factory=list)
    pulls: dict[int, Pull] = field(default_factory=lambda: {7: Pull(7)})
    opinions: list[Opinion] = field(default_factory=list)
    statuses: list[dict[str, str]] = field(default_factory=list)
    teams: dict[str, list[str]] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    reporters: set[str] = field(default_factory=set)
    accounts: dict[str, str] = field(default_factory=lambda: {TOKEN: BOT, TEAMS_TOKEN: "teams-reader"})
    closed_to: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    """Commits that never came to the branch main."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What pages of the project's settings answer, by the end of their path."""
    faults: list[Fault] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    before: Callable[[Call], None] = lambda _call: None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, author: str, body: str, *, change: int = 7, title: str = "", system: bool = False) -> Entry:
        with self._lock:
            change = 0 if title else change
            entry = Entry(len(self.entries) + 1, author, body, change, title, system=system, at=self.now)
            self.entries.append(entry)
            return entry

    def comments(self, change: int = 7) -> list[Entry]:
        return [entry for entry in self.entries if entry.change == change and entry.open and not entry.system]

    def issues(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.title]

    def entry(self, number: int) -> Entry:
        found = [entry for entry in self.entries if entry.id == number and (entry.open or entry.title)]
        if not found:
            raise Missing
        return found[0]

    def review(self, reviewer: str, state: str = "APPROVED", *, change: int = 7, commit: str | None = "") -> None:
        """`reviewer` gives an opinion now, on the newest commit unless told otherwise."""
        commit = self.pulls[change].head if commit == "" else commit
        self.opinions.append(Opinion(change, reviewer, state, commit, self.now))

    def push(self, commit: str, change: int = 7) -> None:
        self.pulls[change].pushes.append((self.now, commit))

    def wait(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def fail(
        self, match: str, status: int, *, times: int = 1, done: bool = False, body: Any = None, **headers: str
    ) -> None:
        """The next `times` requests that match are answered with `status`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults += [Fault(re.compile(match), status, named, body, done)] * times

    def pages(self, entries: list[Any], call: Call, base: str) -> tuple[list[Any], dict[str, str]]:
        """One page, and the header that leads to the next."""
        size, number = min(self.page, int(call.query.get("per_page", "30"))), int(call.query.get("page", "1"))
        shown, rest = entries[(number - 1) * size : number * size], entries[number * size :]
        query = "&".join(f"{name}={value}" for name, value in {**call.query, "page": str(number + 1)}.items())
        return shown, {"Link": f'<{base}{call.path}?{query}>; rel="next"'} if rest else {}

    def answer(self, call: Call, routes: list[tuple[str, Handler]]) -> Response:
        line = f"{call.method} {call.path}"
        self.before(call)
        with self._lock:
            self.seen.append(line)
            fault = next((fault for fault in self.faults if fault.match.search(line)), None)
            if fault:
                self.faults.remove(fault)
            if fault is None or fault.done:
                answer = self._carry_out(line, call, routes)
            if fault is None:
                return answer
        return JSONResponse(fault.body or {"message": "no"}, fault.status, fault.headers)

    def _carry_out(self, line: str, call: Call, routes: list[tuple[str, Handler]]) -> Response:
        if not call.account:
            return JSONResponse({"message": "Bad credentials"}, 401)
        if any(re.search(closed, line) for closed in self.closed_to):
            return JSONResponse({"message": "Resource not accessible by integration"}, 403)
        try:
            for pattern, handler in routes:
                if found := re.fullmatch(pattern, line):
                    answer = handler(self, call, found)
                    return answer if isinstance(answer, Response) else JSONResponse(answer)
        except (Missing, KeyError):
            return JSONResponse({"message": "Not Found"}, 404)
        return JSONResponse({"message": f"the fake has no {line}"}, 501)


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The thread is not the main one."""


@contextmanager
def served() -> Iterator[FakeServer]:
    """A server on loopback whose facts tests replace."""
    held = FakeServer()
    server = _Server(uvicorn.Config(held.app, port=0, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    held.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield held
    finally:
        server.should_exit = True
        thread.join()


class FakeServer:
    """Serves whatever `forge` holds at the moment."""

    def __init__(self) -> None:
        self.url = ""
        self.forge = FakeForge()
        methods = ["GET", "POST", "PATCH", "PUT", "DELETE"]
        self.app = Starlette(routes=[Route("/{path:path}", self._handle, methods=methods)])

    def fresh(self) -> FakeForge:
        self.forge = FakeForge(self.url)
        return self.forge

    async def _handle(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        from tests.forge import fake_github, fake_gitlab

        dialect = fake_gitlab if request.url.path.startswith("/api/v4") else fake_github
        token = request.headers.get("PRIVATE-TOKEN") or request.headers.get("Authorization", "").rpartition(" ")[2]
        body = await request.json() if await request.body() else {}
        call = Call(
            request.method,
            request.url.path,
            {**request.query_params, "refs": " ".join(request.query_params.getlist("refs[]"))},
            body,
            self.forge.accounts.get(token, ""),
        )
        return await run_in_threadpool(self.forge.answer, call, dialect.ROUTES)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

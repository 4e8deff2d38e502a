"""The pages themselves, rendered on the server; a script fills in and saves what the console's own calls say."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from provisioner.console.embedded.page.page_calls import UIN, PageSession
from provisioner.console.embedded.page.page_model import groups, page_model
from provisioner.console.tencent.binding import Binding
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable
from provisioner.recording.limits import LISTED_APPLICATIONS
from provisioner.simulator import ConsoleState
from provisioner.simulator.applications import UnknownApplicationError

_ROWS = (2, 10, 50, LISTED_APPLICATIONS)
_MOST_SHOWN = 200
"""Rows of history, recordings and files on one page; the newest come first."""

_ASSETS = {"page.css": "text/css", "page.js": "text/javascript"}


class Pages:
    """Every page of one console."""

    def __init__(self, state: ConsoleState, binding: Binding, title: str, session: PageSession) -> None:
        self._state, self._title, self._session = state, title, session
        self._model = page_model(binding)

    def applications(self, request: Request) -> Response:
        """The account's applications, page by page."""
        rows, number = _number(request, "rows", _ROWS[-1]), _number(request, "page", 1)
        rows = min(max(rows, 1), LISTED_APPLICATIONS)
        total, shown = self._state.applications((max(number, 1) - 1) * rows, rows)
        last = max(1, math.ceil(total / rows))
        here: dict[str, Any] = {"rows": rows, "page": number, "last": last, "total": total, "choices": _ROWS}
        return self._page("applications.html.j2", "Applications", applications=shown, **here)

    def application(self, request: Request) -> Response:
        """One application: recording, template, mode."""
        try:
            app = self._state.application(request.path_params["app"])
        except (UnknownApplicationError, OverflowError):
            return self._page("missing.html.j2", "Not here", status=404)
        cards = groups(self._model)
        switches = [field for field in self._model["fields"] if not field["setting"]]
        return self._page("application.html.j2", app.name, app=app, cards=cards, switches=switches)

    def history(self, request: Request) -> Response:
        """What was written, and by whom."""
        del request
        now = self._state.audit.now
        rows = self._state.audit.find(0, now, {}, 2**62, _MOST_SHOWN)
        shown = [(_time(row.at), row.name, row.resource, row.username, row.via, row.api_error) for row in rows]
        return self._page("history.html.j2", "History", rows=shown)

    def recorded(self, request: Request) -> Response:
        """Rooms and files of played calls."""
        del request
        apps = self._state.applications(limit=-1)[1]
        names = {app.sdk_app_id: app.name for app in apps}
        tasks = [task for app in apps for task in self._state.recordings.tasks(app.sdk_app_id)]
        newest = sorted(tasks, key=lambda task: -task.started_at)[:_MOST_SHOWN]
        rooms = [
            (
                names[t.room.sdk_app_id],
                t.room.room_id,
                _time(t.started_at),
                _time(t.ended_at),
                "REST" if t.robot else "auto",
            )
            for t in newest
        ]
        stored = self._state.media.files()[-_MOST_SHOWN:][::-1]
        files = [
            (names.get(f.sdk_app_id, str(f.sdk_app_id)), f.room_id, f.path, f.vendor, _time(f.created_at))
            for f in stored
        ]
        return self._page("recorded.html.j2", "Recorded", rooms=rooms, files=files)

    def faults(self, request: Request) -> Response:
        """What was set to go wrong."""
        del request
        rows = [
            (
                str(one.number),
                one.fault.kind,
                ", ".join(one.fault.actions) or "all",
                f"{one.struck} of {one.drawn}",
                one.spent,
            )
            for one in self._state.faults.all()
        ]
        return self._page("faults.html.j2", "Faults", rows=rows)

    def _page(self, template: str, heading: str, *, status: int = 200, **values: Any) -> Response:
        text = (
            _environment()
            .get_template(template)
            .render(console=self._title, heading=heading, csrf=self._session.csrf, uin=UIN, model=self._model, **values)
        )
        return HTMLResponse(text, status)


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("provisioner.console.embedded.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["safe_text"] = printable
    return found


def asset(name: str) -> Response:
    """The page's style or script."""
    if name not in _ASSETS:
        return PlainTextResponse("There is no such file.\n", 404)
    file = resources.files("provisioner.console.embedded.page").joinpath("static", name)
    return Response(file.read_bytes(), media_type=_ASSETS[name])


def _number(request: Request, name: str, otherwise: int) -> int:
    word = request.query_params.get(name, "")
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 9 else otherwise


def _time(at: float | None) -> str:
    return timestamp(datetime.fromtimestamp(at, UTC)).replace("T", " ") if at is not None else ""

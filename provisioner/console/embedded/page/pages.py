"""The pages themselves, rendered on the server; a script fills in and saves what the console's own calls say."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from provisioner.console.embedded.page.page_calls import PageSession
from provisioner.console.tencent.binding import Binding
from provisioner.simulator import ConsoleState


class Pages:
    """Every page of one console."""

    def __init__(self, state: ConsoleState, binding: Binding, title: str, session: PageSession) -> None:
        self._state, self._binding, self._title, self._session = state, binding, title, session

    def applications(self, request: Request) -> Response:
        """The page."""
        del request
        return PlainTextResponse(self._session.csrf)

    def application(self, request: Request) -> Response:
        """The page."""
        del request
        return PlainTextResponse("")

    def history(self, request: Request) -> Response:
        """The page."""
        del request
        return PlainTextResponse("")

    def recorded(self, request: Request) -> Response:
        """The page."""
        del request
        return PlainTextResponse("")

    def faults(self, request: Request) -> Response:
        """The page."""
        del request
        return PlainTextResponse("")


def asset(name: str) -> Response:
    """A file of the page."""
    return PlainTextResponse(name)

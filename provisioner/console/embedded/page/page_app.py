"""The page in front of the simulated API: pages for a browser, `/cgi/capi` for their script, the API for the rest."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.page.page_calls import COOKIE, PageCalls, PageSession
from provisioner.console.embedded.page.pages import Pages, asset
from provisioner.console.tencent.binding import Binding
from provisioner.simulator import ConsoleState

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def with_page(state: ConsoleState, binding: Binding, title: str) -> Callable[[ASGIApp], ASGIApp]:
    """Puts the page of one console before its API. `title` names the console."""

    def front(api: ASGIApp) -> ASGIApp:
        return _Front(api, state, binding, title)

    return front


class _Front:
    """GET, and POSTs to the page's own addresses, go to the page; everything else to the API."""

    def __init__(self, api: ASGIApp, state: ConsoleState, binding: Binding, title: str) -> None:
        self._api = api
        self._session = PageSession()
        self._calls = PageCalls(state, services_of(binding), binding)
        self._pages = Pages(state, binding, title, self._session)
        self._site = Starlette(routes=self._routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/"
        if scope["type"] != "http" or posted:
            await self._api(scope, receive, send)
            return
        hosts = _hosts(scope)
        request = Request(scope, receive)
        if request.headers.get("host", "") not in hosts:
            # Another name for this address is how a stranger's page would reach it.
            await PlainTextResponse("This console answers by its address only.\n", 421)(scope, receive, send)
            return
        await self._site(scope, receive, send)

    def _routes(self) -> list[Route]:
        pages = self._pages
        return [
            Route("/", self._page(pages.applications)),
            Route("/apps/{app:int}", self._page(pages.application)),
            Route("/history", self._page(pages.history)),
            Route("/recorded", self._page(pages.recorded)),
            Route("/faults", self._page(pages.faults)),
            Route("/assets/{name}", lambda request: _secured(asset(request.path_params["name"]))),
            Route("/favicon.ico", lambda _request: _secured(Response(status_code=204))),
            Route("/cgi/capi", self._capi, methods=["POST"]),
        ]

    def _page(self, page: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def shown(request: Request) -> Response:
            response = _secured(page(request))
            response.set_cookie(COOKIE, self._session.cookie, httponly=True, samesite="strict", path="/")
            return response

        return shown

    async def _capi(self, request: Request) -> Response:
        if not self._session.admits(request, _hosts(request.scope)):
            return _secured(PlainTextResponse("This call does not come from this console's page.\n", 403))
        return _secured(await self._calls.answer(request))


def _hosts(scope: Scope) -> frozenset[str]:
    host, port = scope["server"]
    shown = f"[{host}]" if ":" in host else host
    return frozenset({f"{shown}:{port}", f"localhost:{port}"})


def _secured(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response

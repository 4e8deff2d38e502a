"""The endpoints. Nothing is answered 200 before it is on the disk; what cannot be kept is answered 503, so that the
vendor and the backend try again.

    POST /v1/ENV/calls              a call began       {"application", "room", "call", "beganAt"}    bearer token
    POST /v1/ENV/calls/end          a call is over     {"application", "room", "call"}               bearer token
    POST /v1/ENV/callbacks          rooms' and recorders' callbacks                                  Sign, SdkAppId
    POST /v1/ENV/callkit/TOKEN      TUICallKit's webhook, which carries no signature                 the token
    GET  /v1/ENV/contracts          digests of what holds for the next call                          bearer token
    GET  /v1/ENV/inbox              callbacks that were kept, for evidence                           bearer token
    POST /v1/ENV/reload             read the specs again                                             bearer token
    POST /v1/ENV/modify             move a running recording to the present layout                   bearer token
    GET  /healthz /readyz /metrics /status.json /
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from provisioner.controller.contracts import Served, ServedEnvironment
from provisioner.controller.controller import Controller
from provisioner.controller.events import (
    LARGEST_BODY,
    CallEnded,
    NotAnEventError,
    UnknownEventError,
    parse,
    read_callkit,
    read_event,
)
from provisioner.controller.intake import AnnouncedCall
from provisioner.controller.requests import read_call
from provisioner.controller.signatures import bears, passes, signed_by
from provisioner.controller.status_page import status_document, status_page
from provisioner.controller.store.port import StoreUnavailableError
from provisioner.foundation.errors import ProvisionerError

_log = logging.getLogger(__name__)

_BODY_SECONDS = 5.0
"""How long a client may take over a body; the vendor itself waits no longer for an answer."""

_LONGEST_ID = 10
"""Digits of an SDKAppId."""

Answer = TypeVar("Answer")
Handler = Callable[[Request], Awaitable[Response]]


class _Refused(Exception):
    """What a request is answered with instead; `reason` is logged and counted, and repeats nothing of the request."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def create_app(controller: Controller) -> Starlette:
    """The endpoints in front of a controller."""
    endpoints = _Endpoints(controller)
    post, get = ["POST"], ["GET"]
    return Starlette(
        routes=[
            Route("/v1/{environment}/calls", endpoints.guarded(endpoints.begin), methods=post),
            Route("/v1/{environment}/calls/end", endpoints.guarded(endpoints.end), methods=post),
            Route("/v1/{environment}/callbacks", endpoints.guarded(endpoints.callback), methods=post),
            Route("/v1/{environment}/callkit/{token}", endpoints.guarded(endpoints.callkit), methods=post),
            Route("/v1/{environment}/contracts", endpoints.guarded(endpoints.contracts), methods=get),
            Route("/v1/{environment}/inbox", endpoints.guarded(endpoints.inbox), methods=get),
            Route("/v1/{environment}/reload", endpoints.guarded(endpoints.reload), methods=post),
            Route("/v1/{environment}/modify", endpoints.guarded(endpoints.modify), methods=post),
            Route("/healthz", endpoints.health, methods=get),
            Route("/readyz", endpoints.ready, methods=get),
            Route("/metrics", endpoints.metrics, methods=get),
            Route("/status.json", endpoints.guarded(endpoints.status_json), methods=get),
            Route("/", endpoints.guarded(endpoints.status), methods=get),
        ]
    )


class _Endpoints:
    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def guarded(self, handler: Handler) -> Handler:
        """What a handler refuses, and what it cannot keep, as an answer, a line in the log and a count."""

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except _Refused as refused:
                self._controller.metrics.told.labels("request", f"refused {refused.status}").inc()
                _log.warning("refused: %s", refused.reason)
                headers = {"WWW-Authenticate": "Basic"} if refused.status == 401 and request.method == "GET" else None
                return JSONResponse({"error": refused.reason}, refused.status, headers)
            except StoreUnavailableError as error:
                self._controller.metrics.told.labels("request", "unavailable").inc()
                _log.error("nothing can be kept: %s", error.what)
                return JSONResponse({"error": "the store is not available"}, 503, {"Retry-After": "1"})
            except ProvisionerError as error:
                return JSONResponse({"error": error.what}, 409)
            except ClientDisconnect:
                return Response(status_code=400)

        return handle

    async def begin(self, request: Request) -> Response:
        environment = self._trusted(request)
        served, call = await self._call(request, environment)
        if served.carried_out is None:
            raise _Refused(409, "a call of an application that the controller does not record")
        if served.carried_out.start != "backend":
            raise _Refused(
                409, f"a call of an application whose recordings start by themselves: {served.carried_out.start}"
            )
        session = await _kept(self._controller.intake.begin(served, call))
        self._controller.metrics.told.labels("begin", "kept").inc()
        assert session is not None
        words = {"call": session.call, "state": session.state, "wanted": session.wanted, "outcome": session.outcome}
        return JSONResponse(words)

    async def end(self, request: Request) -> Response:
        environment = self._trusted(request)
        served, call = await self._call(request, environment)
        session = await _kept(self._controller.intake.end(served, call.room, call.call))
        self._controller.metrics.told.labels("end", "kept" if session else "unknown").inc()
        return JSONResponse({"call": call.call, "state": session.state if session else None})

    async def callback(self, request: Request) -> Response:
        started = time.monotonic()
        environment = self._environment(request)
        served = _application(environment, request.headers.get("sdkappid", ""))
        body = await _body(request)
        if not signed_by(served.callback_keys, body, request.headers.get("sign", "")):
            raise _Refused(401, "a callback whose Sign is missing or wrong")
        taken = await self._take(served, lambda: read_event(served.sdk_app_id, parse(body)))
        self._controller.metrics.answers.observe(time.monotonic() - started)
        self._controller.metrics.told.labels("callback", taken).inc()
        return JSONResponse({"code": 0})

    async def callkit(self, request: Request) -> Response:
        environment = self._environment(request)
        if not bears(environment.token, f"bearer {request.path_params['token']}"):
            raise _Refused(401, "a webhook whose address holds no token")
        query = {name.lower(): value for name, value in request.query_params.items()}
        served = _application(environment, query.get("sdkappid", ""))
        body = await _body(request)
        taken = await self._take(served, lambda: read_callkit(served.sdk_app_id, parse(body)))
        self._controller.metrics.told.labels("webhook", taken).inc()
        return JSONResponse({"code": 0})

    async def _take(self, served: Served, read: Callable[[], Any]) -> str:
        try:
            told = read()
        except UnknownEventError:
            return "ignored"
        except NotAnEventError as reason:
            raise _Refused(400, f"a callback that {reason}") from None
        if told is None:
            return "ignored"
        if isinstance(told, CallEnded):
            await _kept(self._controller.intake.end(served, told.room, told.call))
            return "kept"
        return await _kept(self._controller.intake.event(served, told))

    async def contracts(self, request: Request) -> Response:
        environment = self._trusted(request)
        return JSONResponse({"environment": environment.environment.name, "contracts": environment.digests})

    async def inbox(self, request: Request) -> Response:
        """One page of the callbacks that were kept since `since` (epoch seconds), behind the place `after`."""
        name = self._trusted(request).environment.name
        query = request.query_params
        try:
            since = float(query.get("since", "0"))
            page = await run_in_threadpool(self._controller.inbox, name, since, query.get("after", ""))
        except ValueError:
            raise _Refused(400, "a question for callbacks whose since or after is none") from None
        return JSONResponse({"entries": page.entries, "after": page.after})

    async def reload(self, request: Request) -> Response:
        self._trusted(request)
        result = await run_in_threadpool(self._controller.reload)
        return JSONResponse({"changed": result.changed, "broken": result.broken}, 409 if result.broken else 200)

    async def modify(self, request: Request) -> Response:
        environment = self._trusted(request)
        served, call = await self._call(request, environment, whole=False)
        moved = await run_in_threadpool(self._controller.modify, served, call.room)
        return JSONResponse({"modified": moved})

    async def health(self, _request: Request) -> Response:
        """The process serves. A database that is down must not make it be restarted."""
        return JSONResponse({"alive": True})

    async def ready(self, _request: Request) -> Response:
        """Whether loops come round and the store answers."""
        troubles = await run_in_threadpool(self._controller.troubles)
        return JSONResponse({"ready": not troubles, "troubles": troubles}, 503 if troubles else 200)

    async def metrics(self, _request: Request) -> Response:
        return Response(self._controller.metrics.text(), media_type="text/plain; version=0.0.4")

    async def status_json(self, request: Request) -> Response:
        self._look(request)
        found = await run_in_threadpool(self._controller.overview, rows=True)
        return JSONResponse(status_document(found, self._controller.contracts))

    async def status(self, request: Request) -> Response:
        self._look(request)
        found = await run_in_threadpool(self._controller.overview, rows=True)
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "X-Frame-Options": "DENY",
        }
        return HTMLResponse(status_page(found, self._controller.contracts), headers=headers)

    def _look(self, request: Request) -> None:
        """The page names rooms and calls: a browser asks for a password, which is any environment's token."""
        environments = self._controller.contracts.environments.values()
        if all(held.environment.console.driver == "embedded" for held in environments):
            return
        header = request.headers.get("authorization", "")
        if not any(bears(held.token, header) or passes(held.token, header) for held in environments):
            raise _Refused(401, "a look at the status without a token")

    def _environment(self, request: Request) -> ServedEnvironment:
        found = self._controller.contracts.environments.get(request.path_params["environment"])
        if found is None:
            raise _Refused(404, "an environment that is not served here")
        return found

    def _trusted(self, request: Request) -> ServedEnvironment:
        environment = self._environment(request)
        if not bears(environment.token, request.headers.get("authorization", "")):
            raise _Refused(401, "a request without the right bearer token")
        return environment

    async def _call(
        self, request: Request, environment: ServedEnvironment, *, whole: bool = True
    ) -> tuple[Served, AnnouncedCall]:
        body = await _body(request)
        try:
            name, call = read_call(parse(body), whole=whole)
        except NotAnEventError as reason:
            raise _Refused(400, f"a request that {reason}") from None
        served = next((app for app in environment.applications.values() if app.name == name), None)
        if served is None:
            raise _Refused(404, "a call of an unknown application")
        numbered = served.carried_out is not None and served.carried_out.numbered
        if numbered and not (call.room.isdecimal() and call.room.isascii() and int(call.room) < 2**32):
            raise _Refused(400, "a room that is no number, of an application whose rooms have numbers")
        return served, call


def _application(environment: ServedEnvironment, number: str) -> Served:
    """The application that a callback says it is of."""
    known = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID
    served = environment.applications.get(int(number)) if known else None
    if served is None:
        raise _Refused(404, "a callback of an unknown application")
    return served


async def _kept(future: Future[Answer]) -> Answer:
    """The answer once it is on the disk."""
    return await asyncio.wrap_future(future)


async def _body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise _Refused(415, "a request whose content type is not application/json")
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise _Refused(413, f"a body of more than {LARGEST_BODY} bytes")
    except TimeoutError:
        raise _Refused(408, f"a body that did not come within {_BODY_SECONDS:g} s") from None
    return bytes(body)

"""Tencent Cloud API 3.0 over HTTP as an ASGI application: POST / with a signed JSON body.

Whatever happens is answered with HTTP 200 and `{"Response": {…, "RequestId"}}`; a refusal carries `Error`
with a code and a message. Content-Type is exactly `application/json`: with a charset added, the SDK silently
takes a refusal for a success. Only a fault (`fault_kinds.py`) makes an exception.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from provisioner.recording.limits import CALLS_PER_SECOND
from provisioner.simulator import call_config, regions
from provisioner.simulator.accounts import Account
from provisioner.simulator.actions import SERVICES, ApiCall, Services, SimulatedAction, find
from provisioner.simulator.audit_log import AuditCaller, AuditedCall
from provisioner.simulator.errors import ApiError
from provisioner.simulator.fault_kinds import Conditions
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.signature import SignedCaller, SignedRequest, unknown_service, verify
from provisioner.simulator.state import ConsoleState

MAXIMUM_BODY = 10 * 1024 * 1024
"""Bytes; the limit the API reference gives for signature v3."""

log = logging.getLogger(__name__)


def create_app(
    state: ConsoleState,
    accounts: Iterable[Account],
    calls_per_second: float | None = CALLS_PER_SECOND,
    services: Services = SERVICES,
) -> ASGIApp:
    """The console over `state` for callers with a key in `accounts`.

    `calls_per_second` limits each action by itself, over all processes on the same state; some actions have a
    lower limit of their own. None lifts every limit. `services` are the actions that it knows.
    """
    # No routes: other paths and methods get the API's answer too, not an HTML page.
    return _Console(state, accounts, calls_per_second, services)


class _Console:
    """The single endpoint, as an ASGI application of its own."""

    def __init__(
        self,
        state: ConsoleState,
        accounts: Iterable[Account],
        calls_per_second: float | None,
        services: Services,
    ) -> None:
        self._services = services
        self._state = state
        self._accounts = {account.secret_id: account for account in accounts}
        self._calls_per_second = calls_per_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = str(uuid.uuid4())
        conditions = Conditions()
        if scope["path"].startswith(call_config.PATH):
            await self._call_config(scope, receive, send, request_id)
            return
        try:
            request = await _read(Request(scope, receive))
            conditions = self._state.faults.draw(request.headers.get("x-tc-action", ""))
            await asyncio.sleep(conditions.delay)
            if conditions.instead is not None:
                await conditions.instead(scope, receive, send)
                return
            answer = self._answer(request, request_id, conditions)
        except ApiError as error:
            answer = _refusal(error.code, error.message)
        except Exception:
            # The caller gets no traceback; whoever debugs the simulator finds it by the request id.
            log.debug("request %s failed", request_id, exc_info=True)
            answer = _refusal("InternalError", "An internal error has occurred. Please retry your request later.")
        body = json.dumps({"Response": {**answer, "RequestId": request_id}}).encode()
        deliver = conditions.deliver or _whole
        await deliver(body)(scope, receive, send)

    async def _call_config(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """TUICallKit's REST: other paths, no signature, the same faults by the action's name."""
        conditions = self._state.faults.draw(scope["path"].removeprefix(call_config.PATH))
        await asyncio.sleep(conditions.delay)
        if conditions.instead is not None:
            await conditions.instead(scope, receive, send)
            return
        answer = await call_config.answer(Request(scope, receive), self._state, request_id)
        deliver = conditions.deliver or _whole
        await deliver(json.dumps(answer).encode())(scope, receive, send)

    def _answer(self, request: SignedRequest, request_id: str, conditions: Conditions) -> JsonObject:
        # SQLite is called from the event loop on purpose: calls take turns on the file's lock anyway, and a
        # thread hop would cost more than most of them take.
        caller = verify(request, self._accounts, lambda: self._state.clock() + conditions.clock_ahead)
        _check_service(caller.service, request.headers["host"], self._services)
        name = request.headers["x-tc-action"]
        action = find(caller.service, request.headers["x-tc-version"], name, self._state.site, self._services)
        regions.check(request.headers.get("x-tc-region"), action.regions)
        self._limit(name, action, conditions)
        parameters = action.check(_parse(request.body))
        _authorize(caller, name, action, parameters, request_id)
        if conditions.refusal is not None:
            raise conditions.refusal
        stale = 0 if action.writes else conditions.reads_from
        now = self._state.now()
        call = ApiCall(self._state, parameters, now - stale, stale > 0, conditions.exclusive_tasks)
        if not action.writes:
            return action.perform(call)
        by = AuditCaller(caller.account.user, request.address, "ApiCall", caller.account.secret_id)
        with self._state.audit.recording(AuditedCall(name, caller.service, request_id, parameters), by, caller.account):
            return action.perform(call)

    def _limit(self, name: str, action: SimulatedAction, conditions: Conditions) -> None:
        limit = self._calls_per_second
        if limit is not None and action.per_second is not None:
            limit = min(limit, action.per_second)
        if conditions.over_limit or (limit is not None and not self._state.take_token(name, limit)):
            limit = limit or action.per_second or CALLS_PER_SECOND
            raise ApiError(
                "RequestLimitExceeded",
                f"Your current request times equals to `{limit + 1:g}` in a second, which exceeds the"
                f" frequency limit `{limit:g}` for a second. Please reduce the frequency of calls.",
            )


def _check_service(service: str, host: str, services: Services) -> None:
    """The credential scope names the service, and a host name of the vendor's must not name another one."""
    named = host.partition(".")[0]
    if service not in services or (named in services and named != service):
        raise unknown_service()


def _authorize(
    caller: SignedCaller, name: str, action: SimulatedAction, parameters: JsonObject, request_id: str
) -> None:
    """Whether the caller's policy allows the call; a list of applications is a matter of all of them."""
    sdk_app_id = parameters.get("SdkAppId", "*") if action.per_application else None
    if not caller.account.may(caller.service, name, sdk_app_id):
        resource = caller.account.resource(caller.service, sdk_app_id)
        raise ApiError(
            "AuthFailure.UnauthorizedOperation",
            "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using"
            f" the correct access keys. [[request id:{request_id}]you are not authorized to perform operation"
            f" ({caller.service}:{name})\nresource ({resource}) has no permission\n]",
        )


def _whole(body: bytes) -> ASGIApp:
    return Response(body, media_type="application/json")


def _refusal(code: str, message: str) -> JsonObject:
    return {"Error": {"Code": code, "Message": message}}


async def _read(request: Request) -> SignedRequest:
    """The whole request. Raises ApiError for what is not API 3.0, before any signature is looked at."""
    path = request.scope["path"]
    headers = dict(reversed(request.headers.items()))  # of a header that is there twice the first counts
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or path != "/" or media_type != "application/json":
        raise ApiError("UnsupportedProtocol", "The console takes POST / with content type application/json only.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_BODY:
            raise ApiError("RequestSizeLimitExceeded", f"The request body is larger than {MAXIMUM_BODY} bytes.")
    query = request.scope["query_string"].decode("latin-1")
    return SignedRequest(
        request.method, path, query, headers, bytes(body), request.client.host if request.client else ""
    )


def _parse(body: bytes) -> object:
    try:
        parsed: object = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise ApiError("InvalidParameter.BodyParamsError", "The request body is not valid JSON.") from error
    return parsed


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")

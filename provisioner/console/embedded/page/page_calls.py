"""Calls of the page: `/cgi/capi` in the console's own envelope, for whoever the page was served to."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from provisioner.console.embedded.state_file import ACCOUNT
from provisioner.console.tencent.binding import Binding
from provisioner.simulator import ConsoleState
from provisioner.simulator.actions import ApiCall, Services, find
from provisioner.simulator.app import MAXIMUM_BODY
from provisioner.simulator.audit_log import AuditCaller, AuditedCall
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import JsonObject

UIN = ACCOUNT.owner_uin
PERSON = "somebody at this page"
COOKIE = "skey"


@dataclass(frozen=True, slots=True)
class PageSession:
    """What a browser must bring: a cookie that no other site's page can set off, and a code that none can read."""

    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def admits(self, request: Request, hosts: frozenset[str]) -> bool:
        """Whether a request comes from the page that this server served, under a name that is its own."""
        origin = request.headers.get("origin", "")
        return (
            request.headers.get("host", "") in hosts
            and urlsplit(origin).netloc in hosts
            and hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self.cookie.encode())
            and hmac.compare_digest(request.query_params.get("csrfCode", "").encode(), self.csrf.encode())
        )


class PageCalls:
    """Answers `/cgi/capi` over one state, in the shape of `binding`."""

    def __init__(self, state: ConsoleState, services: Services, binding: Binding) -> None:
        self._state, self._services, self._binding = state, services, binding

    async def answer(self, request: Request) -> Response:
        """`{code: 0, data: {Response: …}}`, refusals included, as the console's gateway wraps its API."""
        request_id = str(uuid.uuid4())
        try:
            service, name, parameters = await _call(request)
            conditions = self._state.faults.draw(name)
            await asyncio.sleep(conditions.delay)
            if conditions.instead is not None:  # the connection breaks between the gateway and the API
                return Response(status_code=502)
            if conditions.over_limit:
                raise ApiError("RequestLimitExceeded", "Your requests exceed the frequency limit for a second.")
            if conditions.refusal is not None:
                raise conditions.refusal
            response = self._perform(service, name, parameters, request_id)
        except ApiError as error:
            response = {"Error": {"Code": error.code, "Message": error.message}}
        return JSONResponse({"code": 0, "data": {"Response": {**response, "RequestId": request_id}}})

    def _perform(self, service: str, name: str, parameters: JsonObject, request_id: str) -> JsonObject:
        version = str(parameters.pop("Version", ""))
        if service not in self._services:
            raise ApiError("InvalidAction", "There is no such service.")
        action = find(service, version, name, self._state.site, self._services)
        call = ApiCall(self._state, action.check(parameters), self._state.now())
        if not action.writes:
            return action.perform(call)
        app = parameters.get(self._binding.sdk_app_id)
        kept = {"SdkAppId": int(str(app))} if str(app).isdecimal() else {}
        by = AuditCaller(PERSON, "127.0.0.1", "ConsoleCall")
        with self._state.audit.recording(AuditedCall(name, service, request_id, kept), by, ACCOUNT):
            return action.perform(call)


async def _call(request: Request) -> tuple[str, str, JsonObject]:
    """Service, action and parameters. Raises ApiError."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_BODY:
            raise ApiError("RequestSizeLimitExceeded", f"The request body is larger than {MAXIMUM_BODY} bytes.")
    try:
        sent = json.loads(bytes(body))
        service, action, data = sent["serviceType"], sent["cmd"], sent["data"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise ApiError("InvalidParameter.BodyParamsError", "The request body is not the console's envelope.") from None
    if not (isinstance(service, str) and isinstance(action, str) and isinstance(data, dict)):
        raise ApiError("InvalidParameter.BodyParamsError", "The request body is not the console's envelope.")
    return service, action, dict(data)

"""TUICallKit's REST beside the API: `POST /v4/call_config/get_callback` and `set_callback` (trtc.io/document/68937).

Errors are HTTP 200 with an ErrorCode. A UserSig must be one of the application and of an administrator; its signature
is not verified, because the simulator knows no application's key.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from provisioner.simulator.applications import UnknownApplicationError
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.state import ConsoleState

PATH = "/v4/call_config/"
MOST_BODY = 1 << 16

_NONE_SET = 100301
_COMMANDS = frozenset(
    f"Call.CallbackAfter{event}" for event in ("StartCall", "EndCall", "MemberChanged", "RecordChanged")
)
_PLAIN = str.maketrans("*-_", "+/=")


class _RefusedError(Exception):
    def __init__(self, code: int, info: str) -> None:
        super().__init__(info)
        self.code, self.info = code, info


async def answer(request: Request, state: ConsoleState, request_id: str) -> JsonObject:
    """The whole answer of one call."""
    told: JsonObject = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "RequestId": request_id}
    try:
        body = await _body(request)
        query = parse_qs(request.scope["query_string"].decode("latin-1"))
        app = _application({name: values[0] for name, values in query.items()}, state)
        action = request.scope["path"].removeprefix(PATH)
        if action == "set_callback":
            url, commands = _wanted(body)
            state.set_call_webhook(app, url, commands)
        elif action == "get_callback":
            found = state.call_webhook(app)
            if found is None:
                raise _RefusedError(_NONE_SET, "callback config not exist")
            told["Response"] = {"Url": found[0], "CallbackCommandList": found[1]}
        else:
            raise _RefusedError(60009, "no such request")
    except _RefusedError as error:
        return {**told, "ActionStatus": "FAIL", "ErrorCode": error.code, "ErrorInfo": error.info}
    return told


async def _body(request: Request) -> JsonObject:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            raise _RefusedError(60002, "the body is too large")
    try:
        document = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise _RefusedError(60004, "the body is no JSON") from None
    if request.method != "POST" or not isinstance(document, dict):
        raise _RefusedError(60004, "POST a JSON object")
    return document


def _application(query: Mapping[str, str], state: ConsoleState) -> int:
    """The SDKAppId that the caller may speak for. Raises _RefusedError."""
    number = query.get("sdkappid", "")
    claims = _claims(query.get("usersig", ""))
    if not number.isdecimal() or not query.get("identifier"):
        raise _RefusedError(60006, "sdkappid or identifier is missing")
    if claims.get("TLS.sdkappid") != int(number) or claims.get("TLS.identifier") != query["identifier"]:
        raise _RefusedError(70013, "the UserSig is of another user or application")
    made, lasts = claims.get("TLS.time"), claims.get("TLS.expire")
    if not isinstance(made, int) or not isinstance(lasts, int) or made + lasts < state.clock():
        raise _RefusedError(70001, "the UserSig has expired")
    try:
        return state.application(int(number)).sdk_app_id
    except UnknownApplicationError:
        raise _RefusedError(60006, "no such sdkappid") from None


def _claims(sig: str) -> JsonObject:
    try:
        packed = base64.b64decode(sig.translate(_PLAIN), validate=True)
        claims = json.loads(zlib.decompressobj().decompress(packed, 1 << 14))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise _RefusedError(70003, "the UserSig cannot be read") from None
    return claims if isinstance(claims, dict) else {}


def _wanted(body: JsonObject) -> tuple[str, list[str]]:
    url, commands = body.get("Url"), body.get("CallbackCommandList")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise _RefusedError(100001, "Url must start with http or https")
    if not isinstance(commands, list) or not commands or not all(one in _COMMANDS for one in commands):
        raise _RefusedError(100001, "CallbackCommandList is not valid")
    return url, list(dict.fromkeys(commands))

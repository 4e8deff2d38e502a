"""TUICallKit's REST: `v4/call_config/get_callback` and `set_callback` (trtc.io/document/68937 and 68938).

`set_callback` replaces the whole configuration. 100301 says that none is set. Whatever answers is a stranger: bounded,
and no answer unless it has the documented shape.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import Timeout

from provisioner.console.port import AmbiguousWriteError, ConsoleError, Shown, Unreadable
from provisioner.console.tencent.client import Endpoint
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.transport import proxied
from provisioner.foundation.bounded_http import UnboundedAnswer, bound, read_whole
from provisioner.foundation.clock import Clock
from provisioner.foundation.connection_failures import connection_failure
from provisioner.foundation.text_safety import Secret, excerpt
from provisioner.recording.catalogue.calls import CALL_EVENTS
from provisioner.recording.limits import CALL_CONFIG_CALLS_PER_SECOND, LONGEST_CALLBACK_URL
from provisioner.recording.user_sig import user_sig

COMMANDS = dict(
    zip(
        CALL_EVENTS,
        (
            "Call.CallbackAfterStartCall",
            "Call.CallbackAfterEndCall",
            "Call.CallbackAfterMemberChanged",
            "Call.CallbackAfterRecordChanged",
        ),
        strict=True,
    )
)
"""What the service calls each event (trtc.io/document/80345)."""

NONE_SET = 100301
_SIG_SECONDS = 600
_MOST_COMMANDS = 100


@dataclass(frozen=True, slots=True)
class CallAdmin:
    """Who asks: an application's administrator, and the key that its UserSig is made of."""

    sdk_app_id: int
    user: str
    key: Secret


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """What the service shows: each a value, None where nothing is set, or unreadable."""

    url: Shown
    events: Shown


class CallWebhooks:
    """The service at one endpoint. Safe to use from several threads."""

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        """Raises UsageError where the proxy that the variables name is none."""
        self._base = f"{endpoint.scheme}://{endpoint.host}/v4/call_config"
        self._clock = clock
        self._limiter = Limiter(CALL_CONFIG_CALLS_PER_SECOND)
        options = {"timeout": Timeout(connect=5, read=10), "retries": False}
        self._pool = proxied(self._base, options, direct=endpoint.direct, ca_file=endpoint.ca_file)
        bound(self._pool)

    def read(self, admin: CallAdmin) -> CallWebhook:
        """What is set. Raises ConsoleError where the service refuses or does not answer."""
        try:
            code, document = self._ask("get_callback", admin, {})
        except (HTTPError, UnboundedAnswer, ValueError, OverflowError) as error:
            raise ConsoleError("ClientNetworkError", _why(error), action="get_callback") from None
        if code == NONE_SET:
            return CallWebhook(None, None)
        _check(code, document, "get_callback")
        shown = document.get("Response")
        if not isinstance(shown, dict):
            lacking = Unreadable("the answer lacks it")
            return CallWebhook(lacking, lacking)
        return CallWebhook(_url(shown.get("Url")), _events(shown.get("CallbackCommandList")))

    def write(self, admin: CallAdmin, url: str, events: Sequence[str]) -> str:
        """Set both, in place of whatever was set; answers the request's id.

        Raises AmbiguousWriteError where nobody can say whether it took effect, ConsoleError where it did not.
        """
        body = {"Url": url, "CallbackCommandList": [COMMANDS[event] for event in events]}
        try:
            code, document = self._ask("set_callback", admin, body)
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise ConsoleError("ClientNetworkError", _why(error), action="set_callback") from None
        except (HTTPError, UnboundedAnswer, ValueError, OverflowError) as error:
            raise AmbiguousWriteError("ClientNetworkError", _why(error), action="set_callback") from None
        _check(code, document, "set_callback")
        return excerpt(str(document.get("RequestId", "")))

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _ask(self, action: str, admin: CallAdmin, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer and its code. The address holds a UserSig: it is in no message."""
        self._limiter.wait(action)
        now = int(self._clock().timestamp())
        sig = user_sig(admin.sdk_app_id, admin.key.reveal(), admin.user, now=now, seconds=_SIG_SECONDS)
        query = urlencode(
            {
                "sdkappid": admin.sdk_app_id,
                "identifier": admin.user,
                "usersig": sig,
                "random": secrets.randbelow(2**32),
                "contenttype": "json",
            }
        )
        answer = self._pool.request(
            "POST",
            f"{self._base}/{action}?{query}",
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            redirect=False,
            preload_content=False,
        )
        content = read_whole(answer)
        if answer.status != 200:
            raise ValueError(f"HTTP {answer.status}")
        try:
            document = json.loads(content)
        except RecursionError:
            raise ValueError("nested without end") from None
        code = document.get("ErrorCode") if isinstance(document, dict) else None
        if not isinstance(code, int) or isinstance(code, bool):
            raise ValueError("the answer has no ErrorCode")
        return code, document


def _check(code: int, document: dict[str, Any], action: str) -> None:
    if code != 0:
        words = str(document.get("ErrorInfo", ""))
        fix = "Check calls.admin and the key that calls.sdkSecretKeyRef names." if 70000 <= code < 70100 else None
        raise ConsoleError(str(code), words, str(document.get("RequestId", "")), action=action, fix=fix)


def _url(value: object) -> Shown:
    if not isinstance(value, str) or len(value) > LONGEST_CALLBACK_URL:
        return Unreadable("the answer shows no address")
    return value or None


def _events(value: object) -> Shown:
    """Events in their own order; one that nobody knows would be lost by a write, and makes all of it unreadable."""
    if not isinstance(value, list) or len(value) > _MOST_COMMANDS:
        return Unreadable("the answer shows no list of events")
    unknown = [one for one in value if one not in COMMANDS.values()]
    if unknown:
        return Unreadable(f"the answer names an event that nobody knows: {excerpt(str(unknown[0]), 80)}")
    return tuple(event for event, command in COMMANDS.items() if command in value) or None


def _why(error: Exception) -> str:
    if plain := connection_failure(error):
        return f"the call service does not answer: {plain}"
    told = str(error) if isinstance(error, (UnboundedAnswer, ValueError)) else type(error).__name__
    return f"the call service does not answer as documented ({excerpt(told)})"

"""Calls of Tencent Cloud API 3.0: the real SDK builds, signs and judges them; retries and limits are ours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from provisioner.console.port import AmbiguousWriteError, ConsoleError
from provisioner.console.tencent.answer import refusal, request_id, response_of
from provisioner.console.tencent.limiter import Limiter
from provisioner.console.tencent.transport import ANSWER_SECONDS, CONNECT_SECONDS, NoAnswerError, Transport
from provisioner.credentials.source import Credentials
from provisioner.foundation.bounded_http import MOST_SECONDS
from provisioner.foundation.clock import pause
from provisioner.recording.limits import BACK_OFF

_log = logging.getLogger(__name__)

# At debug level the SDK prints bodies and Authorization headers, keys included: nobody ever gets to turn that on.
logging.getLogger("tencentcloud_sdk_common").disabled = True

_REFUSALS = 8
"""How often a call may be refused for its rate before that is an error."""

_BACK_OFF = tuple(wait.total_seconds() for wait in BACK_OFF)
"""Seconds to wait after InternalError and after no answer, for calls that only read."""


_UNSURE = ("InternalError", "ServerNetworkError")
"""Codes after which nobody knows what the service did."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may take, in seconds, and how often it may be refused for its rate before that is an error.

    The default suits whoever waits for an answer; who holds a lease meanwhile has to give up before it ends.
    """

    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    refusals: int = _REFUSALS
    total_seconds: float = MOST_SECONDS


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is reached. `direct` passes by any proxy; `ca_file` is a PEM bundle to trust."""

    host: str
    scheme: str = "https"
    direct: bool = False
    ca_file: str | None = None


class TencentClient:
    """Calls actions of one service; every failure is a ConsoleError. Safe to use from several threads."""

    def __init__(
        self,
        service: str,
        version: str,
        region: str,
        endpoint: Endpoint,
        credentials: Credentials | None,
        *,
        limiter: Limiter | None = None,
        sleep: Callable[[float], None] = pause,
        back_off: tuple[float, ...] | None = None,
        patience: Patience = PATIENT,
    ) -> None:
        """Without `credentials` calls go unsigned, which only a token service accepts.

        `back_off` are the seconds between attempts of a call that only reads, by default the guide's; empty asks once.
        """
        http = HttpProfile(protocol=endpoint.scheme, endpoint=endpoint.host, keepAlive=True)
        # The SDK's StandardRetryer raises a stale error after a success; its default retries nothing.
        self._client = CommonClient(service, version, credentials, region, ClientProfile(httpProfile=http))
        self.transport = Transport(
            endpoint.scheme,
            endpoint.host,
            direct=endpoint.direct,
            ca_file=endpoint.ca_file,
            connect_seconds=patience.connect_seconds,
            answer_seconds=patience.answer_seconds,
            total_seconds=patience.total_seconds,
        )
        self._client.request = self.transport
        self._options = {} if credentials else {"SkipSign": True}
        self._limiter = limiter or Limiter()
        self._sleep = sleep
        self._back_off = _BACK_OFF if back_off is None else back_off
        self._refusals = patience.refusals

    @property
    def calls_per_second(self) -> float:
        """Of each action, as the limiter hands out turns."""
        return self._limiter.per_second

    def read(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of an action that changes nothing; tried again after refusals and failures."""
        for wait in (*self._back_off, None):
            try:
                return self._patiently(action, body)
            except NoAnswerError as error:
                failure = _no_answer(error, action)
            except ConsoleError as error:
                if not error.code.startswith(_UNSURE):
                    raise
                failure = error
            if wait is None:
                raise failure
            _log.info("%s: %s; trying again in %g s", action, failure.code, wait)
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def write(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of an action that changes something; tried again only where it certainly did not.

        Raises AmbiguousWriteError where nobody can say: whoever wrote must read back.
        """
        try:
            return self._patiently(action, body)
        except NoAnswerError as error:
            if error.sent:
                raise AmbiguousWriteError("ClientNetworkError", str(error), action=action) from None
            raise _no_answer(error, action) from None
        except ConsoleError as error:
            if error.code.startswith(_UNSURE):
                raise AmbiguousWriteError(error.code, error.message, error.request_id, action=action) from None
            raise

    def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self.transport.close()

    def _patiently(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """One answer, waiting out refusals by rate: they changed nothing."""
        for attempt in range(self._refusals):
            self._limiter.wait(action)
            try:
                answer = self._once(action, body)
            except ConsoleError as error:
                if not error.code.startswith("RequestLimitExceeded") or attempt == self._refusals - 1:
                    raise
                _log.info("%s: refused for its rate; slowing down", action)
                self._limiter.refused(action)
            else:
                self._limiter.accepted(action)
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _once(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = response_of(self._client.call(action, body, options=dict(self._options)))
        except TencentCloudSDKException as error:
            raise _unanswered(error, action) from None
        except ValueError as reason:
            raise NoAnswerError(f"the answer is no Tencent Cloud response: {reason}", sent=True) from None
        if refused := refusal(response):
            code, message = refused
            raise ConsoleError(code, message, request_id(response), action=action, fix=_advice(code))
        _log.debug("%s: request %s", action, request_id(response))
        return response


_POLICY = "The account's access policy lacks this action; `provisioner doctor` names it."
_UNREACHABLE = "Check that the endpoint can be reached from here, and the proxy variables."
_ADVICE = {
    "AuthFailure.SignatureExpire": "This machine's clock is off by more than five minutes; set it.",
    "AuthFailure.SecretIdNotFound": "Check the secret id: the account does not know it.",
    "AuthFailure.SignatureFailure": "Check the secret key: it does not belong to the secret id.",
    "AuthFailure.TokenFailure": "The temporary credentials have expired or belong to another key; get new ones.",
    "AuthFailure.UnauthorizedOperation": _POLICY,
    "UnauthorizedOperation": _POLICY,
    "FailedOperation.SdkAppIdNotExist": "Check sdkAppId: this account's console does not list it.",
    "RequestLimitExceeded": "Something else uses this account's rate; try again later.",
    "ServerNetworkError": _UNREACHABLE,
}


def _no_answer(error: NoAnswerError, action: str) -> ConsoleError:
    return ConsoleError("ClientNetworkError", str(error), action=action, fix=_UNREACHABLE)


def _unanswered(error: TencentCloudSDKException, action: str) -> ConsoleError:
    """The SDK's own complaint: an HTTP status that is not 200, or a request that it cannot build."""
    raw = error.message
    message = raw[:_LONGEST_PAGE].decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return ConsoleError(str(error.code), message, action=action, fix=_advice(str(error.code)))


def _advice(code: str) -> str | None:
    return _ADVICE.get(code) or _ADVICE.get(code.partition(".")[0])


_LONGEST_PAGE = 1 << 10
"""Bytes of an answer that is none, of which a message shows the beginning."""

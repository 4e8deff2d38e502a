"""The Tencent driver: the real SDK signs and sends; this module keeps to the service's limits and its words."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from provisioner.console.binding import Binding
from provisioner.console.port import Change, ConsoleError, ListedApplication, Observed, Receipt
from provisioner.console.references import resolve
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.redaction import Secret, printable

CALLS_PER_SECOND = 20
"""The service's limit for each action (on-cloud recording guide)."""

_TIMEOUT_SECONDS = 10
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Access:
    """Credentials and endpoint of one account. `token` is set for temporary credentials only."""

    secret_id: str
    secret_key: Secret
    token: Secret | None
    region: str
    endpoint: str
    scheme: str = "https"


class Limiter:
    """Spaces calls of one action so that all threads together stay within a rate."""

    def __init__(self, per_second: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._interval = 1 / per_second
        self._sleep = sleep
        self._next: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def wait(self, action: str) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(self._next[action], now)
            self._next[action] = turn + self._interval
        if turn > now:
            self._sleep(turn - now)


class TencentClient:
    """Calls an action and answers its `Response`; every failure is a ConsoleError."""

    def __init__(self, access: Access, service: str, version: str) -> None:
        credential = Credential(
            access.secret_id, access.secret_key.reveal(), access.token.reveal() if access.token else None
        )
        http = HttpProfile(
            protocol=access.scheme, endpoint=access.endpoint, reqTimeout=_TIMEOUT_SECONDS, keepAlive=True
        )
        profile = ClientProfile(httpProfile=http)
        # The SDK's StandardRetryer raises a stale error after a success, so retries are decided here.
        self._client = CommonClient(service, version, credential, access.region, profile)
        self._limiter = Limiter(CALLS_PER_SECOND)

    def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """One answer. Refusals by rate are tried again, as they changed nothing; all else is raised at once."""
        for attempt in range(_ATTEMPTS):
            self._limiter.wait(action)
            try:
                response: dict[str, Any] = self._client.call_json(action, body)["Response"]
                return response
            except TencentCloudSDKException as error:
                refused = str(error.code).startswith("RequestLimitExceeded")
                if not refused or attempt == _ATTEMPTS - 1:
                    raise _translate(error, action) from None
                time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)
            except (
                ValueError,
                KeyError,
                OSError,
            ) as error:  # a truncated body escapes the SDK's own error class
                raise ConsoleError(
                    "ClientNetworkError", f"the answer broke off ({type(error).__name__})", action=action
                ) from None
        raise AssertionError("the last attempt returns or raises")


class TencentConsole:
    """A console behind Tencent Cloud API 3.0, asked the way a binding says."""

    def __init__(
        self,
        client: TencentClient,
        binding: Binding,
        label: str,
        root: Path,
        *,
        read_only: bool,
        accept: frozenset[str] | None,
    ) -> None:
        """`accept` names entries weaker than documented that writes may use; None accepts all (the simulator).

        `root` is where `file:` secrets start from.
        """
        self.label = label
        self._root = root
        self._client = client
        self._binding = binding
        self._read_only = read_only
        self._accept = accept

    def list_applications(self) -> list[ListedApplication]:
        listing = self._binding.listing
        found: list[ListedApplication] = []
        while True:
            page = {"Offset": len(found), "Limit": listing.page_size}
            answer = self._client.call(listing.action, page)
            items = answer.get(listing.items, [])
            found.extend(ListedApplication(item[listing.id], str(item.get(listing.name, ""))) for item in items)
            if not items or len(found) >= answer.get("TotalCount", 0):
                return sorted(found, key=lambda application: application.sdk_app_id)

    def read(self, sdk_app_id: int) -> Observed:
        answer = self._client.call(self._binding.reading.action, {"SdkAppId": sdk_app_id})
        return self._binding.observed(sdk_app_id, answer)

    def write(self, sdk_app_id: int, change: Change) -> Receipt:
        self._permit(sdk_app_id, change)
        calls = []
        for write, body in self._binding.requests(sdk_app_id, change, self._reveal):
            answer = self._client.call(write.action, body)
            calls.append((write.action, str(answer.get("RequestId", ""))))
        return Receipt(tuple(calls))

    def close(self) -> None:
        """Nothing is held."""

    def _reveal(self, reference: str) -> str:
        return resolve(reference, self._root).reveal()

    def _permit(self, sdk_app_id: int, change: Change) -> None:
        if self._read_only:
            raise ProvisionerError(
                f"SDKAppId {sdk_app_id} was not written: console.readOnly is set",
                fix="Remove readOnly from environment.yaml to let this environment be written.",
            )
        if self._accept is None:
            return
        weak = [entry for entry in self._binding.weaker_than_documented(change) if not self._accepted(entry)]
        if weak:
            raise ProvisionerError(
                f"SDKAppId {sdk_app_id} was not written: binding {self._binding.name} only assumes {', '.join(weak)}",
                fix="No public API documents these. Name them in console.accept once your vendor has confirmed them.",
            )

    def _accepted(self, entry: str) -> bool:
        return any(entry == named or entry.startswith(named + "/") for named in self._accept or ())


_ADVICE = {
    "AuthFailure.SignatureExpire": "This machine's clock is off by more than five minutes; set it.",
    "AuthFailure.SecretIdNotFound": "Check TENCENTCLOUD_SECRET_ID: the account does not know it.",
    "AuthFailure.SignatureFailure": "Check TENCENTCLOUD_SECRET_KEY: it does not belong to the secret id.",
    "FailedOperation.SdkAppIdNotExist": "Check sdkAppId: this account's console does not list it.",
    "ClientNetworkError": "Check that the endpoint can be reached from here, and proxy variables.",
}


def _translate(error: TencentCloudSDKException, action: str) -> ConsoleError:
    message = error.message.decode("utf-8", "replace") if isinstance(error.message, bytes) else str(error.message)
    code = str(error.code)
    return ConsoleError(code, printable(message), error.requestId or "", action=action, fix=_ADVICE.get(code))

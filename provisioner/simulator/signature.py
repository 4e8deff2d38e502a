"""TC3-HMAC-SHA256: proves that a request was signed by an account's key, moments ago, and not altered since.

Source: "Signature Algorithm v3" of the Tencent Cloud API 3.0 reference; the message texts are the vendor's
where a public record of them exists.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from provisioner.recording.limits import CLOCK_SKEW
from provisioner.simulator.accounts import Account
from provisioner.simulator.errors import ApiError, missing_parameter

ALGORITHM = "TC3-HMAC-SHA256"
_REQUIRED_HEADERS = ("Action", "Version", "Timestamp")
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=(?P<secret_id>[^/,\s]+)"
    r"/(?P<date>\d{4}-\d\d-\d\d)/(?P<service>[a-z0-9]+)/tc3_request"
    r", *SignedHeaders=(?P<signed_headers>[a-z0-9-]+(?:;[a-z0-9-]+)*)"
    r", *Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature covers. `headers` finds names in lower case; `query` is the raw query string."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str = ""
    """Where it came from."""


@dataclass(frozen=True, slots=True)
class SignedCaller:
    """Who signed, and for which service (`trtc`): the credential scope is what names it on loopback."""

    account: Account
    service: str


def verify(request: SignedRequest, accounts: Mapping[str, Account], clock: Callable[[], float]) -> SignedCaller:
    """The account, out of `accounts` by secret id, that signed `request`. `clock` answers epoch seconds.

    Raises ApiError: MissingParameter (an X-TC-* header is absent), AuthFailure.InvalidAuthorization (the
    Authorization header is absent or malformed, its date or its signed headers do not fit),
    AuthFailure.SignatureExpire (the clocks differ by more than five minutes),
    AuthFailure.SecretIdNotFound, AuthFailure.SignatureFailure.
    """
    for name in _REQUIRED_HEADERS:
        if not request.headers.get(f"x-tc-{name.lower()}"):
            raise missing_parameter(name)
    claim = _AUTHORIZATION.fullmatch(request.headers.get("authorization", "").strip())
    if claim is None:
        raise _invalid_authorization(f"expected `{ALGORITHM} Credential=…, SignedHeaders=…, Signature=…`.")
    timestamp = _fresh_timestamp(request.headers["x-tc-timestamp"], clock())
    if claim["date"] != datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d"):
        raise _invalid_authorization("`Date` in Credential not valid.")
    signed = claim["signed_headers"].split(";")
    if not {"content-type", "host"}.issubset(signed):
        raise _invalid_authorization("`SignedHeaders` must name `content-type` and `host`.")
    account = accounts.get(claim["secret_id"])
    if account is None:
        raise ApiError(
            "AuthFailure.SecretIdNotFound",
            "The SecretId is not found, please ensure that your SecretId is correct.",
        )
    _check_token(account, request.headers.get("x-tc-token", ""), clock())
    scope = f"{claim['date']}/{claim['service']}/tc3_request"
    text = "\n".join((ALGORITHM, str(timestamp), scope, _digest(_canonical(request, signed).encode())))
    key = _signing_key(account.secret_key, claim["date"], claim["service"])
    if not hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), claim["signature"]):
        raise _signature_failure()
    return SignedCaller(account, claim["service"])


def _check_token(account: Account, token: str, now: float) -> None:
    """A temporary key calls with its token and before it expires, a permanent one without any."""
    expired = account.expires_at is not None and now >= account.expires_at
    if expired or not hmac.compare_digest(token.encode(), (account.token or "").encode()):
        raise ApiError("AuthFailure.TokenFailure", "Token verification failed. Please check your Token is correct.")


def _fresh_timestamp(text: str, now: float) -> int:
    if not _TIMESTAMP.fullmatch(text):
        raise ApiError("InvalidParameter", "The value type of parameter `Timestamp` is not valid.")
    timestamp = int(text)
    if abs(now - timestamp) > CLOCK_SKEW.total_seconds():
        raise ApiError(
            "AuthFailure.SignatureExpire",
            "Signature expired. Please use local time and enable NTP service for time synchronization to"
            f" avoid a deviation between `Timestamp` and the server time {int(now)}.",
        )
    return timestamp


def _canonical(request: SignedRequest, signed: list[str]) -> str:
    """The request as the signer must have written it down before signing."""
    lines = []
    for name in signed:
        value = request.headers.get(name)
        if value is None:
            raise _signature_failure()
        lines.append(f"{name}:{value.strip().lower()}\n")
    # A client may leave the body out of the signature; it then says so in this header (SDK: unsignedPayload).
    unsigned = request.headers.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD"
    payload = b"UNSIGNED-PAYLOAD" if unsigned else request.body
    headers, names = "".join(lines), ";".join(signed)
    return "\n".join((request.method, request.path, request.query, headers, names, _digest(payload)))


@lru_cache(maxsize=64)  # the same for all calls of a key's day
def _signing_key(secret_key: str, date: str, service: str) -> bytes:
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _invalid_authorization(detail: str) -> ApiError:
    return ApiError(
        "AuthFailure.InvalidAuthorization",
        f"The request `Authorization` header does not conform to tencentcloud standards: {detail}",
    )


def _signature_failure() -> ApiError:
    return ApiError(
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.",
    )


def unknown_service() -> ApiError:
    """The credential scope names a service that does not live here."""
    return _invalid_authorization("`Service` in Credential not valid.")

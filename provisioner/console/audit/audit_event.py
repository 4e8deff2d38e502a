"""One entry of CloudAudit as a value: read from DescribeEvents, or from a CloudEvent that EventBridge delivers.

Shapes are those of the vendor's published examples (API reference, and document 248/65664 on EventBridge). Everything
in them is a stranger's: text is cut and harmless before it gets here, and what is missing stays unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from provisioner.foundation.text_safety import excerpt

PRODUCT = "trtc"
"""What CloudEvents call the service (`trtc:CloudEvent:ConsoleCall`)."""

VIA = {"ConsoleCall": "in the console", "ApiCall": "over the API", "MiniProgramCall": "in the mini program"}
"""How the log says that a call was made, as words."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One call of an action. `at` is None where the entry tells no time, texts are empty where it tells nothing.

    `applications` are SDKAppIds, None where the entry does not say which: then it may be any of the account.
    `refused` says that the service did not carry it out.
    """

    id: str
    at: datetime | None
    who: str
    action: str
    address: str
    via: str
    """`ConsoleCall`, `ApiCall`, `MiniProgramCall`, or empty."""
    request_id: str
    applications: frozenset[int] | None
    refused: bool

    def concerns(self, sdk_app_id: int) -> bool:
        """Whether it may have changed that application."""
        return not self.refused and (self.applications is None or sdk_app_id in self.applications)


def described(entry: Mapping[str, Any]) -> AuditEvent:
    """An Event of DescribeEvents. Whatever is not as documented is left out, never guessed; never raises."""
    details = _object(entry.get("CloudAuditEvent"))
    resources = entry.get("Resources")
    name = resources.get("ResourceName") if isinstance(resources, dict) else None
    return _event({**details, "resourceName": [details.get("resourceName"), name]}, entry)


def delivered(event: Mapping[str, Any]) -> AuditEvent | None:
    """A CloudEvent of CloudAudit, None for one of another kind or product."""
    kind = event.get("type")
    if not isinstance(kind, str) or not kind.lower().startswith(f"{PRODUCT}:cloudevent:"):
        return None
    details = _object(event.get("data"))
    if "CloudAuditEvent" in details:  # an Event of the API's shape in the place of the raw log
        details = {**_object(details["CloudAuditEvent"]), **details}
    told = {
        "EventId": event.get("id"),
        "EventTime": event.get("time"),
        "EventName": details.get("EventName"),
    }
    resources = [details.get("resourceName"), event.get("subject"), event.get("resource")]
    via = {"eventType": details.get("eventType") or kind.rpartition(":")[2]}
    return _event({**details, **via, "resourceName": resources}, told)


def _event(details: Mapping[str, Any], told: Mapping[str, Any]) -> AuditEvent:
    """From the raw log, and what stands around it, which counts where both speak."""
    identity = details.get("userIdentity")
    identity = identity if isinstance(identity, dict) else {}
    request = told.get("RequestID") or details.get("requestID")
    return AuditEvent(
        id=_text(told.get("EventId")) or _text(details.get("eventID")),
        at=_moment(told.get("EventTime")) or _moment(details.get("eventTime")),
        who=_text(identity.get("userName")) or _text(told.get("Username")) or _text(identity.get("principalId")),
        action=_text(told.get("EventName")) or _text(details.get("eventName")),
        address=_text(told.get("SourceIPAddress")) or _text(details.get("sourceIPAddress")),
        via=_text(details.get("eventType")),
        request_id=_text(request),
        applications=_applications(details),
        refused=_failed(told.get("ErrorCode"))
        or _failed(details.get("errorCode"))
        or _failed(details.get("apiErrorCode")),
    )


def _applications(details: Mapping[str, Any]) -> frozenset[int] | None:
    """The SDKAppIds that an entry names in its resources or its request; None without any, or with a wildcard."""
    parameters = _object(details.get("requestParameters"))
    named = [value for key, value in parameters.items() if key.lower() in ("sdkappid", "sdkappids")]
    found = {number for value in _strings(named) if (number := _number(value)) is not None}
    for text in _strings([details.get("resourceName"), _list(details.get("resources")), details.get("resourceSet")]):
        for match in _RESOURCE.finditer(text):
            if match[1] == "*":
                return frozenset(found) or None
            found.add(int(match[1]))
        if (number := _number(text)) is not None:
            found.add(number)
    return frozenset(found) or None


def _failed(code: object) -> bool:
    """Codes come as numbers or as text; 0, nothing and an empty text stand for success."""
    return code not in (None, 0, "0", "", "null", False)


def _moment(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or text; ISO 8601; or Beijing's time without a zone."""
    if isinstance(value, bool):
        return None
    text = str(value).strip()[:_LONGEST_TIME] if isinstance(value, (int, str)) else ""
    try:
        if text.isascii() and text.isdigit():
            number = int(text)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=_BEIJING)).astimezone(UTC)


def _object(value: object) -> dict[str, Any]:
    """An object, or the text of one; anything else is an empty one."""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_DETAILS:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _list(value: object) -> object:
    """A list, or the text of one."""
    if isinstance(value, str) and value.startswith("[") and len(value) <= _LONGEST_DETAILS:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _strings(value: object, depth: int = 3) -> Iterator[str]:
    """Every text and number in nested lists."""
    if isinstance(value, str):
        yield value[:_LONGEST_DETAILS]
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list) and depth:
        for item in value[:_MOST_RESOURCES]:
            yield from _strings(item, depth - 1)


def _number(text: str) -> int | None:
    return int(text) if _SDK_APP_ID.fullmatch(text.strip()) else None


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return excerpt(value.strip()) if isinstance(value, str) else ""


_BEIJING = timezone(timedelta(hours=8))
_MILLISECONDS = 10_000_000_000
"""From this on a number counts milliseconds: as seconds it would be the year 2286."""

_LONGEST_TIME = 40
_LONGEST_DETAILS = 1 << 18
"""Characters of one entry's details that are read."""

_MOST_RESOURCES = 1000
_SDK_APP_ID = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_RESOURCE = re.compile(r"sdkappid/(\*|[1-9][0-9]{0,9})(?![0-9])", re.ASCII | re.IGNORECASE)

"""What is a response of Tencent Cloud API 3.0, and what only stands where one should.

A console may be a proxy's page, another service, or hostile: whatever is not a response is no answer, so that whoever
wrote reads back, and whoever read asks again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from provisioner.foundation.text_safety import excerpt

_MOST_VALUES = 200_000
"""Members of all objects and lists together. A page of a hundred applications has a few thousand."""

_LARGEST = 1 << 64
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def response_of(content: bytes) -> dict[str, Any]:
    """The `Response` of an answer's body. Raises ValueError that says why it is none, without a word of it."""
    if content.count(b",") + content.count(b"[") + content.count(b"{") > _MOST_VALUES:
        raise ValueError(f"it holds more than {_MOST_VALUES:,} values")
    try:
        document: Any = json.loads(
            content.decode("utf-8"), parse_int=_integer, parse_float=_number, parse_constant=_constant
        )
        if _SURROGATE.search(content):
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise ValueError("it is no UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError:
        raise ValueError("it is no JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("Response"), dict):
        raise ValueError("it has no Response")
    response: dict[str, Any] = document["Response"]
    if "Error" in response and refusal(response) is None:
        raise ValueError("its Error has no Code and Message")
    return response


def refusal(response: Mapping[str, Any]) -> tuple[str, str] | None:
    """Code and message where the service refused; None where it did as asked."""
    error = response.get("Error")
    if not isinstance(error, dict):
        return None
    code, message = error.get("Code"), error.get("Message", "")
    return (code, message) if isinstance(code, str) and code and isinstance(message, str) else None


def request_id(response: Mapping[str, Any]) -> str:
    """The id that the vendor's support asks for, as it may be shown; '' where there is none."""
    found = response.get("RequestId")
    return excerpt(found) if isinstance(found, str) else ""


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS or abs(number := int(digits)) >= _LARGEST:
        raise ValueError("it has a number that no field can hold")
    return number


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("it has a number that no field can hold")
    return number


def _constant(name: str) -> float:
    raise ValueError(f"it has the number {name}")


_DIGITS = len(str(_LARGEST)) + 1

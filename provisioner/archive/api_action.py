"""Asking the service: an answer as values, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.archive.unknown import Unknown, UnknownCause, why
from provisioner.console.port import ConsoleError
from provisioner.foundation.text_safety import excerpt

if TYPE_CHECKING:
    from provisioner.console.tencent.client import TencentClient

T = TypeVar("T")


class ApiAction:
    """One action of a service that only reads. What the key may not ask, and what nobody answers, is asked once."""

    def __init__(self, client: TencentClient, name: str) -> None:
        self._client = client
        self._name = name
        self._refused: Unknown | None = None

    def ask(self, query: Mapping[str, Any], read: Callable[[Mapping[str, Any]], T]) -> T | Unknown:
        """What `read` makes of the answer; it raises ValueError and its like for what is no such answer."""
        if self._refused:
            return self._refused
        try:
            return read(self._client.read(self._name, dict(query)))
        except ConsoleError as error:
            found = why(error)
            self._refused = found if found.lasting else None
            return found
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            reason = f"{self._name}: the answer is not what the API reference says ({error})"
            return Unknown(UnknownCause.UNREADABLE, excerpt(reason))

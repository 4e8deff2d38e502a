"""What captures show of an account, as a console: no API is asked, and nothing can be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.console.learning.exchanges import Exchange
from provisioner.console.learning.study import read_captures
from provisioner.console.port import (
    Capabilities,
    ConsoleChange,
    ConsoleError,
    ListedApplication,
    Observed,
    Receipt,
    Shown,
)
from provisioner.console.tencent.binding import Binding
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import printable

_LATEST = "Open or reload its page, and export the capture again."


@dataclass
class _Seen:
    """The last that a capture shows of one application, and whether it was saved after that."""

    exchange: Exchange
    digest: str
    template: Mapping[str, Any] | None = None
    saved_since: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one capture shows of one application: `fields` as the answer has them, when, and the capture's digest."""

    fields: Mapping[str, Shown]
    at: datetime
    digest: str


@dataclass
class _Listed:
    applications: dict[int, ListedApplication] = field(default_factory=dict)
    total: int | None = None


class CaptureConsole:
    """The applications that captures show, read by `binding`."""

    def __init__(self, paths: Sequence[Path], binding: Binding) -> None:
        """Raises ProvisionerError where a capture cannot be read."""
        self.label = f"TRTC console in {', '.join(printable(path.name) for path in paths)}"
        self._binding = binding
        self._listed = _Listed()
        self._seen: dict[int, _Seen] = {}
        self._hosts: dict[tuple[str, str], str] = {}
        captures, calls = read_captures(paths)
        ours = _actions(binding)
        for path, capture, exchanges in zip(paths, captures, calls, strict=True):
            for exchange in exchanges:
                if exchange.service in ("", binding.service) and exchange.action in ours:
                    self._same_host(exchange, path)
                    self._hear(exchange, capture.digest)

    def _same_host(self, exchange: Exchange, file: Path) -> None:
        """That one console answers all: a page may hold others' frames. Raises ProvisionerError where two do."""
        first = self._hosts.setdefault((exchange.file, exchange.action), exchange.host)
        if first != exchange.host:
            raise ProvisionerError(
                f"{exchange.action} was asked at {printable(first)} and at {printable(exchange.host)}",
                where=str(file),
                fix="One is not your console: a page may hold others' frames. Export the console's calls alone.",
            )

    def _hear(self, exchange: Exchange, digest: str) -> None:
        binding = self._binding
        if exchange.action == binding.listing.action:
            self._list(exchange)
            return
        sdk_app_id = _whole(exchange.request.get(binding.sdk_app_id))
        if sdk_app_id is None:
            return
        if exchange.action == binding.reading.action:
            self._seen[sdk_app_id] = _Seen(exchange, digest)
        elif sdk_app_id not in self._seen:
            return
        elif binding.template and exchange.action == binding.template.action:
            seen = self._seen[sdk_app_id]
            if exchange.request.get(binding.template.request) == binding.template_id(seen.exchange.answer):
                seen.template = exchange.answer  # of another template somebody looked at it says nothing
        elif exchange.action in {write.action for write in binding.writes}:
            self._seen[sdk_app_id].saved_since = True

    def _list(self, exchange: Exchange) -> None:
        try:
            page, total = self._binding.listed(exchange.answer)
        except ValueError:
            return
        self._listed.applications |= {one.sdk_app_id: one for one in page}
        self._listed.total = total

    def capabilities(self) -> Capabilities:
        """It lists what it shows, and writes nothing."""
        return Capabilities(writes=False)

    def list_applications(self) -> list[ListedApplication]:
        """What its list shows, and whatever application was opened."""
        found = dict(self._listed.applications)
        for sdk_app_id, seen in self._seen.items():
            name = self._binding.observed(sdk_app_id, seen.exchange.answer, seen.template).name
            found.setdefault(sdk_app_id, ListedApplication(sdk_app_id, name))
        return sorted(found.values(), key=lambda one: one.sdk_app_id)

    @property
    def incomplete(self) -> str:
        """What the list leaves out, in a sentence; empty where it is whole."""
        if self._listed.total is None:
            return "The capture does not show the account's list of applications."
        missing = self._listed.total - len(self._listed.applications)
        return f"The list has {missing} applications more than the capture shows." if missing > 0 else ""

    def sighting(self, sdk_app_id: int) -> Sighting:
        """What the captures show of one application. Raises ConsoleError where they do not show how it is now."""
        seen = self._shown(sdk_app_id)
        try:
            at = datetime.fromisoformat(seen.exchange.at).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ConsoleError("NoTime", "the capture does not say when that was", fix=_LATEST) from None
        return Sighting(self._binding.answered(seen.exchange.answer, seen.template), at, seen.digest)

    def read(self, sdk_app_id: int) -> Observed:
        """As `sighting`, normalised by the documented defaults."""
        seen = self._shown(sdk_app_id)
        return self._binding.observed(sdk_app_id, seen.exchange.answer, seen.template)

    def _shown(self, sdk_app_id: int) -> _Seen:
        seen = self._seen.get(sdk_app_id)
        if seen is None:
            raise ConsoleError("NotShown", "the capture does not show its page", fix=_LATEST)
        if seen.saved_since:
            raise ConsoleError("SavedSince", "it was saved after the capture last showed it", fix=_LATEST)
        apart = self._binding.template and self._binding.template_id(seen.exchange.answer) is not None
        if apart and seen.template is None:
            raise ConsoleError("NotShown", "the capture does not show its template", fix=_LATEST)
        return seen

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        """Raises ProvisionerError."""
        del change
        raise ProvisionerError(f"SDKAppId {sdk_app_id} was not written: a capture cannot be")

    def close(self) -> None:
        """Nothing is held."""


def _actions(binding: Binding) -> set[str]:
    template = {binding.template.action} if binding.template else set()
    return {binding.listing.action, binding.reading.action, *template, *(write.action for write in binding.writes)}


def _whole(found: Any) -> int | None:
    if isinstance(found, bool) or not isinstance(found, (int, str)) or not str(found).isdecimal():
        return None
    return int(found) if len(str(found)) <= 10 else None

"""A pasted list of an account's applications, as a console: what it says of them is their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from provisioner.console.port import (
    Capabilities,
    Console,
    ConsoleChange,
    ListedApplication,
    Observed,
    Receipt,
    Unreadable,
)
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.fields import FIELDS
from provisioner.recording.wire import CONSOLE_WIRE

_UNSEEN = {path: Unreadable("nobody has looked at it") for path in FIELDS if path in CONSOLE_WIRE}


class PastedConsole:
    """The applications of a list; `beneath` opens the console that shows them, None where only people see it."""

    label = "a pasted list"

    def __init__(self, listed: Sequence[ListedApplication], beneath: Callable[[], Console] | None) -> None:
        self._listed = {entry.sdk_app_id: entry for entry in listed}
        self._beneath = beneath
        self._opened: Console | None = None
        self._opening = Lock()

    def capabilities(self) -> Capabilities:
        return Capabilities(lists=True, writes=False)

    def list_applications(self) -> list[ListedApplication]:
        return list(self._listed.values())

    def read(self, sdk_app_id: int) -> Observed:
        """What the console beneath shows; every field is unreadable where there is none. Raises ConsoleError."""
        if self._beneath is None:
            return Observed(sdk_app_id, self._listed[sdk_app_id].name, None, _UNSEEN)
        return self._console().read(sdk_app_id)

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        del change
        raise ProvisionerError(f"SDKAppId {sdk_app_id} was not written: a list is no console")

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _console(self) -> Console:
        assert self._beneath is not None
        with self._opening:  # several threads read
            if self._opened is None:
                self._opened = self._beneath()
            return self._opened

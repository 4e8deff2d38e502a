"""The Tencent driver: a console behind Tencent Cloud API 3.0, asked the way a binding says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from provisioner.console.port import (
    Capabilities,
    ConsoleChange,
    ConsoleError,
    ListedApplication,
    Observed,
    Receipt,
)
from provisioner.console.tencent.answer import request_id
from provisioner.console.tencent.binding import Binding
from provisioner.console.tencent.client import TencentClient
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.secret_refs import resolve

_MOST_APPLICATIONS = 100_000
"""Of one account's list. The service's own limit is not public; a list without end is none."""


class TencentConsole:
    """One account's console."""

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

        `root` is where `file:` secrets start from. `close` closes the client.
        """
        self.label = label
        self._root = root
        self.client = client
        self.binding = binding
        self._read_only = read_only
        self._accept = accept

    def capabilities(self) -> Capabilities:
        return Capabilities(calls_per_second=self.client.calls_per_second)

    def list_applications(self) -> list[ListedApplication]:
        found: dict[int, ListedApplication] = {}
        total = self._next_page(found, 0)
        pages = -(-total // self.binding.listing.page.size)
        with progress.task("Listing pages", pages, self.client.calls_per_second) as task:
            for number in count(1):
                task.step()
                if len(found) >= total:
                    return sorted(found.values(), key=lambda application: application.sdk_app_id)
                total = self._next_page(found, number)
        raise AssertionError("the last page returns or raises")

    def _next_page(self, found: dict[int, ListedApplication], number: int) -> int:
        """Adds what the page shows, and answers how many applications there are."""
        listing, known = self.binding.listing, len(found)
        answer = self.client.read(listing.action, listing.page.request(known, number))
        try:
            listed, total = self.binding.listed(answer)
        except ValueError:
            raise self._elsewhere(answer) from None
        found |= {application.sdk_app_id: application for application in listed}
        if len(found) < total and (len(found) == known or known > _MOST_APPLICATIONS):
            raise self._endless(answer, known, total)
        return total

    def _endless(self, answer: Mapping[str, Any], known: int, total: int) -> ConsoleError:
        """Fails closed: what a list leaves out would look as if the account did not have it."""
        return ConsoleError(
            "IncompleteList",
            f"the console lists {known} applications and says that there are {total}; the page that should hold the "
            "next brings nothing new",
            request_id(answer),
            action=self.binding.listing.action,
            fix="Run it again; if it stays so, the binding's names for paging do not fit this console.",
        )

    def _elsewhere(self, answer: Mapping[str, Any]) -> ConsoleError:
        listing = self.binding.listing
        return ConsoleError(
            "UnexpectedAnswer",
            f"binding {self.binding.name} looks for {listing.items}[].{listing.id} and {listing.page.total}: not there",
            request_id(answer),
            action=listing.action,
            fix="Correct the binding (console.binding) after what this account's console answers.",
        )

    def read(self, sdk_app_id: int) -> Observed:
        answer = self.answer(sdk_app_id)
        return self.binding.observed(sdk_app_id, answer, self.template_answer(sdk_app_id, answer))

    def answer(self, sdk_app_id: int) -> dict[str, Any]:
        """The read action's `Response` about one application."""
        return self.client.read(
            self.binding.reading.action, {self.binding.sdk_app_id: self.binding.wire_id(sdk_app_id)}
        )

    def template_answer(self, sdk_app_id: int, answer: Mapping[str, Any]) -> dict[str, Any] | None:
        """The `Response` of the template's own action, where the binding has one and the application has a template."""
        action, found = self.binding.template, self.binding.template_id(answer)
        if action is None or found is None:
            return None
        own = {self.binding.sdk_app_id: self.binding.wire_id(sdk_app_id), action.request: found}
        return self.client.read(action.action, own)

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        self._permit(sdk_app_id, change)
        calls = []
        carries_id = any(write.template_id for write in self.binding.writes_for(change.changed))
        template_id = self.binding.template_id(self.answer(sdk_app_id)) if carries_id else None
        for write, body in self.binding.requests(sdk_app_id, change, self._reveal, template_id):
            answer = self.client.write(write.action, body)
            calls.append((write.action, request_id(answer)))
        return Receipt(tuple(calls))

    def close(self) -> None:
        """Close the client's connections."""
        self.client.close()

    def _reveal(self, reference: str) -> str:
        return resolve(reference, self._root).reveal()

    def _permit(self, sdk_app_id: int, change: ConsoleChange) -> None:
        if self._read_only:
            raise ProvisionerError(
                f"SDKAppId {sdk_app_id} was not written: console.readOnly is set",
                fix="Remove readOnly from environment.yaml to let this environment be written.",
            )
        if self._accept is None:
            return
        if weak := self.binding.refused(change.changed, self._accept):
            raise ProvisionerError(
                f"SDKAppId {sdk_app_id} was not written: binding {self.binding.name} only assumes {', '.join(weak)}",
                fix="No public API documents these. Name them in console.accept once your vendor has confirmed them, "
                "or see what your own console says (`provisioner console learn`) and accept the grade observed.",
            )

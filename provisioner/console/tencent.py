"""The Tencent driver: a console behind Tencent Cloud API 3.0, asked the way a binding says."""

from __future__ import annotations

from pathlib import Path

from provisioner.console.binding import Binding
from provisioner.console.client import TencentClient
from provisioner.console.port import Capabilities, Change, ListedApplication, Observed, Receipt
from provisioner.console.references import resolve
from provisioner.foundation.errors import ProvisionerError


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

        `root` is where `file:` secrets start from.
        """
        self.label = label
        self._root = root
        self._client = client
        self._binding = binding
        self._read_only = read_only
        self._accept = accept

    def capabilities(self) -> Capabilities:
        return Capabilities()

    def list_applications(self) -> list[ListedApplication]:
        listing = self._binding.listing
        found: list[ListedApplication] = []
        while True:
            page = {listing.page.offset: len(found), listing.page.limit: listing.page.size}
            answer = self._client.read(listing.action, page)
            items = answer.get(listing.items, [])
            found.extend(ListedApplication(item[listing.id], str(item.get(listing.name, ""))) for item in items)
            if not items or len(found) >= answer.get(listing.page.total, 0):
                return sorted(found, key=lambda application: application.sdk_app_id)

    def read(self, sdk_app_id: int) -> Observed:
        answer = self._client.read(self._binding.reading.action, {self._binding.sdk_app_id: sdk_app_id})
        return self._binding.observed(sdk_app_id, answer)

    def write(self, sdk_app_id: int, change: Change) -> Receipt:
        self._permit(sdk_app_id, change)
        calls = []
        for write, body in self._binding.requests(sdk_app_id, change, self._reveal):
            answer = self._client.write(write.action, body)
            calls.append((write.action, str(answer.get("RequestId", ""))))
        return Receipt(tuple(calls))

    def close(self) -> None:
        self._client.close()

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

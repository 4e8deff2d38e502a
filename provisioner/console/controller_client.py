"""Asks a running controller: which contracts it records by, and to read specs again or move a running recording."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from provisioner.foundation.connection_failures import connection_failure
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.secret_refs import revealer
from provisioner.foundation.text_safety import printable
from provisioner.recording.manual import manual
from provisioner.specs.documents.environment import Environment

_SECONDS = urllib3.Timeout(connect=3, read=10)
_LARGEST = 16 << 20
_ELSEWHERE = "Is there something else at that address?"


@dataclass(frozen=True, slots=True)
class Running:
    """What the controller at `url` runs: digests of contracts by application, or why nobody can say."""

    url: str
    digests: Mapping[str, str]
    unknown: str = ""


def running_contracts(environment: Environment, root: Path) -> Running | None:
    """What the environment's controller runs; None where it has none, or nothing to record."""
    if environment.controller is None or not any(map(manual, environment.applications)):
        return None
    try:
        return Running(environment.controller.url, ControllerClient(environment, root).digests())
    except ProvisionerError as error:
        return Running(environment.controller.url, {}, error.what)


class ControllerClient:
    """One environment's controller. Every method raises ProvisionerError where it does not answer, or refuses."""

    def __init__(self, environment: Environment, root: Path) -> None:
        """Raises ProvisionerError where the environment declares no controller, or its token is not set."""
        if environment.controller is None:
            raise ProvisionerError(
                f"{environment.name} declares no controller",
                where=environment.where,
                fix="Add controller: {url: https://…, tokenRef: env:NAME, callbackKeyRefs: [env:NAME]}.",
            )
        self.url = environment.controller.url
        self._environment = environment.name
        reveal = revealer(root, simulated=environment.console.driver == "embedded")
        self._token = reveal(environment.controller.token_ref)
        self._pool = urllib3.PoolManager(timeout=_SECONDS, retries=False)

    def digests(self) -> Mapping[str, str]:
        """By application the digest of the contract that its next call is recorded by."""
        answer = self._ask("GET", "contracts").get("contracts")
        if not isinstance(answer, dict) or not all(isinstance(digest, str) for digest in answer.values()):
            raise ProvisionerError(f"{self.url} answers no contracts", fix=_ELSEWHERE)
        return answer

    def inbox(self, since: float) -> Iterator[Any]:
        """The callbacks that it kept since epoch second `since`, as entries of the archive's inbox, oldest first."""
        after = ""
        while True:
            page = self._ask("GET", f"inbox?since={since:.3f}&after={quote(after)}")
            entries = page.get("entries")
            if not isinstance(entries, list):
                raise ProvisionerError(
                    f"{self.url} answers no callbacks", fix="Is there something else at that address?"
                )
            yield from entries
            following = str(page.get("after") or "")
            if not following or following == after:
                return
            after = following

    def begin(self, application: str, room: str, call: str) -> None:
        """Tell it that a call began, as a backend does."""
        self._ask("POST", "calls", {"application": application, "room": room, "call": call})

    def reload(self) -> list[str]:
        """Read the specs again; the applications whose contract changed."""
        return [str(name) for name in self._ask("POST", "reload").get("changed", [])]

    def modify(self, application: str, room: str) -> list[str]:
        """Move the recordings of a room to the layout and subscription that hold now; their TaskIds."""
        body = {"application": application, "room": room}
        return [str(task) for task in self._ask("POST", "modify", body).get("modified", [])]

    def _ask(self, method: str, action: str, body: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Content-Type": "application/json"}
        url = f"{self.url}/v1/{self._environment}/{action}"
        try:
            data = None if body is None else json.dumps(body).encode()
            answer = self._pool.request(method, url, headers=headers, body=data, redirect=False, preload_content=False)
            text = answer.read(_LARGEST)
            answer.close()
        except HTTPError as error:
            raise ProvisionerError(
                f"the controller at {self.url} does not answer ({connection_failure(error) or type(error).__name__})",
                fix="Check controller.url, and that `provisioner controller serve` runs there.",
            ) from None
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise ProvisionerError(f"{self.url} answers HTTP {answer.status} and no JSON")
        if answer.status != 200:
            raise ProvisionerError(f"the controller refuses: {_reason(document, answer.status)}")
        return document


def _reason(document: Mapping[str, Any], status: int) -> str:
    told = document.get("error") or document.get("broken") or f"HTTP {status}"
    return printable(str(told))[:500]

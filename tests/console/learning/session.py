"""A person at the simulated console's page, without a browser: the page's own requests, written down as HAR."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests

from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.page.page_app import with_page
from provisioner.console.learning.sheet import APPLICATION, Round, rounds
from provisioner.console.port import ConsoleChange
from provisioner.console.tencent.binding import Binding
from provisioner.recording.value_types import Value
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from provisioner.simulator.server import LOOPBACK

APP = 20_000_647
NEIGHBOURS = (SeedApplication(20_000_101, "tutoring-live", "new"), SeedApplication(20_000_102, "old-one", "old"))


class Person:
    """Types and clicks; `entries` is what the browser would export."""

    def __init__(self, endpoint: str, binding: Binding) -> None:
        self._endpoint, self._binding = endpoint, binding
        self._browser = requests.Session()
        self._browser.trust_env = False
        page = self._browser.get(f"http://{endpoint}/").text
        found = re.search(r'name="csrf-code" content="([^"]+)"', page)
        self._csrf = found[1] if found else page
        self.entries: list[dict[str, Any]] = []
        self._clock = 0

    def ask(self, action: str, **data: Any) -> dict[str, Any]:
        """One call of the page; answers the `Response`."""
        binding = self._binding
        url = (
            f"http://{self._endpoint}/cgi/capi?i={binding.service}/{action}&uin=100000000001&region=1"
            f"&csrfCode={self._csrf}"
        )
        body: dict[str, Any] = {
            "serviceType": binding.service,
            "cmd": action,
            "regionId": 1,
            "data": {"Version": binding.version, **data},
        }
        answer = self._browser.post(url, json=body, headers={"Origin": f"http://{self._endpoint}"})
        assert answer.status_code == 200, answer.text
        self._clock += 1
        self.entries.append(entry(url, body, answer.text, self._clock))
        found: dict[str, Any] = answer.json()["data"]["Response"]
        return found

    def look(self, sdk_app_id: int = APP) -> None:
        """Open, or reload, the application's page."""
        binding, own = self._binding, self._binding.wire_id(sdk_app_id)
        answer = self.ask(binding.reading.action, **{binding.sdk_app_id: own})
        template_id = binding.template_id(answer)
        if binding.template and template_id is not None:
            self.ask(binding.template.action, **{binding.sdk_app_id: own, binding.template.request: template_id})

    def list(self, size: int, pages: int = 1) -> None:
        page = self._binding.listing.page
        for number in range(pages):
            begin = number * size if page.first is None else page.first + number
            self.ask(self._binding.listing.action, **{page.begin: begin, page.limit: size})

    def save(self, values: Mapping[str, Value], changed: Iterable[str], sdk_app_id: int = APP) -> None:
        """Everything that `changed`, in the order of the page: recording on, template, then auto."""
        binding = self._binding
        answer = self.ask(binding.reading.action, **{binding.sdk_app_id: binding.wire_id(sdk_app_id)})
        self.entries.pop()
        change = ConsoleChange(values, frozenset(changed))
        template_id = binding.template_id(answer)
        for write, body in binding.requests(sdk_app_id, change, lambda secret: secret, template_id):
            refused = self.ask(write.action, **body).get("Error")
            assert refused is None, refused


def entry(url: str, body: Mapping[str, Any], answer: str, second: int) -> dict[str, Any]:
    """One entry as a browser writes it."""
    return {
        "startedDateTime": f"2026-08-01T10:{second // 60:02}:{second % 60:02}.000Z",
        "time": 12.5,
        "request": {
            "method": "POST",
            "url": url,
            "headers": [{"name": "content-type", "value": "application/json"}],
            "cookies": [],
            "queryString": [],
            "postData": {"mimeType": "application/json", "text": json.dumps(body)},
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            "status": 200,
            "headers": [],
            "cookies": [],
            "content": {"size": len(answer), "mimeType": "application/json", "text": answer},
        },
        "cache": {},
        "timings": {},
    }


def har(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": {"name": "tests", "version": "1"}, "entries": list(entries)}}


def compressed(one: Mapping[str, Any]) -> dict[str, Any]:
    """The same entry with its answer as base64 of a gzip body, as some browsers export it."""
    copied: dict[str, Any] = json.loads(json.dumps(one))
    content = copied["response"]["content"]
    content["text"] = base64.b64encode(gzip.compress(content["text"].encode())).decode()
    content["encoding"] = "base64"
    return copied


def session(tmp_path: Path, binding: Binding, typed: Iterable[Round] = rounds()) -> list[dict[str, Any]]:
    """The whole afternoon: look, the list with its second page, then every round with one save and one reload."""
    with ConsoleState(tmp_path / f"{binding.name}.sqlite") as state:
        state.seed([*NEIGHBOURS, SeedApplication(APP, APPLICATION, "new")])
        account = Account("AKIDx", "key", "100000000001")
        front = with_page(state, binding, "test")
        with ConsoleServer(state, [account], None, services=services_of(binding), front=front, host=LOOPBACK) as server:
            person = Person(server.endpoint, binding)
            person.list(100)
            person.list(2, pages=2)
            person.look(20_000_101)
            person.look()
            before: Mapping[str, Value] = {"/recording/enabled": False, "/recording/mode": "manual"}
            for one in typed:
                changed = {path for path in {*one.values, *before} if one.values.get(path) != before.get(path)}
                person.save(one.values, changed)
                person.look()
                before = one.values
            return person.entries

"""Debian's Chromium, driven by its own DevTools protocol; what it asked and got, as HAR."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import ClientConnection, connect

SECONDS = 30.0
PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Tab:
    """One tab. `entries` is what a HAR export of its network panel holds."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._requests: dict[str, dict[str, Any]] = {}
        self._finished: list[str] = []
        self.entries: list[dict[str, Any]] = []
        self.console: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command; events that come meanwhile are kept."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            told = json.loads(self._socket.recv(timeout=SECONDS))
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                found: dict[str, Any] = told["result"]
                return found
            self._hear(told.get("method", ""), told.get("params", {}))
        raise TimeoutError(method)

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self._requests[told["requestId"]] = told
        elif event == "Network.responseReceived" and told["requestId"] in self._requests:
            self._requests[told["requestId"]]["response"] = told["response"]
        elif event == "Network.loadingFinished" and told["requestId"] in self._requests:
            self._finished.append(told["requestId"])
        elif event in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.console.append(json.dumps(told))

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.run(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition}; {self.run('document.body.innerText')[:400]} {self.console}")
            time.sleep(0.01)

    def open(self, url: str) -> None:
        self._collect()
        self.run("document.body && (document.body.dataset.left = 'yes')")
        self.do("Page.navigate", url=url)
        self._loaded()

    def reload(self) -> None:
        self._collect()
        self.run("document.body.dataset.left = 'yes'")
        self.do("Page.reload")
        self._loaded()

    def _loaded(self) -> None:
        self.wait("document.readyState === 'complete' && document.body && !document.body.dataset.left")

    def write(self, selector: str, text: str) -> None:
        """Type into an input, as keys would."""
        self.run(f"(() => {{ const it = document.querySelector({json.dumps(selector)}); it.focus(); it.select(); }})()")
        if text:
            self.do("Input.insertText", text=text)
        else:
            self.run("document.execCommand('delete')")

    def picture(self, path: Path, width: int, height: int, *, dark: bool = False) -> None:
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.do("Emulation.setEmulatedMedia", features=scheme)
        self.do("Emulation.setScrollbarsHidden", hidden=True)
        self.run("window.scrollTo(0, 0)")
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot")["data"]))

    def har(self) -> dict[str, Any]:
        """Everything so far, as the network panel exports it: bodies, headers and cookies included."""
        self._collect()
        return {"log": {"version": "1.2", "creator": {"name": "Chromium", "version": "CDP"}, "entries": self.entries}}

    def _collect(self) -> None:
        """Bodies are gone once the page is left."""
        self.run("1")  # what is on its way arrives first
        finished, self._finished = self._finished, []
        self.entries += [self._entry(number) for number in finished]

    def _entry(self, number: str) -> dict[str, Any]:
        told = self._requests[number]
        request, response = told["request"], told.get("response", {})
        try:
            body = self.do("Network.getResponseBody", requestId=number)
        except RuntimeError:
            body = {"body": "", "base64Encoded": False}
        content = {"size": len(body["body"]), "mimeType": response.get("mimeType", ""), "text": body["body"]}
        if body["base64Encoded"]:
            content["encoding"] = "base64"
        posted = (
            {"postData": {"mimeType": "application/json", "text": request["postData"]}} if "postData" in request else {}
        )
        started = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(told["wallTime"]))
        return {
            "startedDateTime": started,
            "time": 1,
            "request": {"method": request["method"], "url": request["url"], "headers": _headers(request), **posted},
            "response": {"status": response.get("status", 0), "headers": _headers(response), "content": content},
        }


def _headers(side: dict[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in side.get("headers", {}).items()]


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A fresh browser with one tab."""
    assert PROGRAM
    switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    quiet = ["--disable-background-networking", "--disable-extensions", "--no-proxy-server"]
    command = [PROGRAM, *switches, *quiet, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = _port(profile / "DevToolsActivePort")
        session = requests.Session()
        session.trust_env = False
        pages = session.get(f"http://127.0.0.1:{port}/json", timeout=SECONDS).json()
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        with connect(address, max_size=None, proxy=None) as socket:
            yield Tab(socket)
    finally:
        process.terminate()
        process.wait(SECONDS)


def _port(file: Path) -> int:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        lines = file.read_text().splitlines() if file.exists() else []
        if lines:
            return int(lines[0])
        time.sleep(0.05)
    raise TimeoutError("Chromium did not start")

"""The seventh example: a backend in four languages, each run where its toolchain is, before a scripted controller."""

from __future__ import annotations

import base64
import hmac
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import urllib3

from tests.conftest import ROOT
from tests.console.endpoint import Endpoint, endpoint

FOLDER = ROOT / "examples/07-backend"
KEY = "callback-key"
DISMISSED = b'{"EventGroupId": 1,  "EventType":102, "EventInfo": {"RoomId": 4711}}'  # spaces that no parser would keep
COMMANDS = {
    "python": ([sys.executable, "python/backend.py"], "python"),
    "java": (["java", "java/Backend.java"], "javac"),
    "go": (["go/backend"], "go"),
    "node": (["node", "node/backend.mjs"], "node"),
}


class Controller:
    """Answers with `status`."""

    def __init__(self) -> None:
        self.status = 200

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@dataclass
class Backend:
    url: str
    controller: Controller
    served: Endpoint

    def post(self, path: str, body: bytes, **headers: str) -> int:
        answer = urllib3.request("POST", self.url + path, body=body, headers=headers, timeout=10, retries=False)
        return int(answer.status)

    def told(self) -> list[tuple[dict[str, str], object]]:
        """What the controller heard, and forgets then: headers in lower case, and body."""
        heard = [({name.lower(): value for name, value in head.items()}, body) for _, head, body in self.served.seen]
        self.served.seen.clear()
        return heard


@pytest.fixture(scope="module", params=COMMANDS)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    command, tool = COMMANDS[request.param]
    if tool != "python" and shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed: the {request.param} backend is not run")
    if request.param == "go":
        binary = tmp_path_factory.mktemp("go") / "backend"
        built = subprocess.run(
            ["go", "build", "-o", binary, "."], cwd=FOLDER / "go", capture_output=True, text=True, check=False
        )
        assert built.returncode == 0, built.stderr
        command = [str(binary)]
    controller = Controller()
    with endpoint(controller) as served:
        variables = {
            "CONTROLLER_URL": f"http://{served.host}/v1/dev",
            "CONTROLLER_TOKEN": "the-token",
            "APPLICATION": "support-desk",
            "CALLBACK_KEY": KEY,
            "PORT": "0",
        }
        with subprocess.Popen(
            command, cwd=FOLDER, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                first = process.stdout.readline().strip()
                assert first.startswith("listening on http://127.0.0.1:"), first
                yield Backend(first.removeprefix("listening on "), controller, served)
            finally:
                process.kill()


def sign(body: bytes) -> str:
    return base64.b64encode(hmac.digest(KEY.encode(), body, "sha256")).decode()


def test_the_controller_hears_that_a_call_began(backend: Backend) -> None:
    backend.controller.status = 200
    assert backend.post("/calls/begin", b'{"roomId": "4711", "callId": "call-1"}') == 204
    ((headers, body),) = backend.told()
    assert body == {"application": "support-desk", "room": "4711", "call": "call-1"}
    assert headers["authorization"] == "Bearer the-token"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [401, 409, 503])
def test_the_app_tries_again_where_the_controller_did_not_take_it(backend: Backend, status: int) -> None:
    backend.controller.status = status
    assert backend.post("/calls/begin", b'{"roomId": "4711", "callId": "call-1"}') == 502
    backend.told()


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no json", b'{"roomId": "4711"}', b"null"])
def test_what_names_no_call_is_refused(backend: Backend, body: bytes) -> None:
    assert backend.post("/calls/begin", body) == 400
    assert backend.told() == []


def test_a_signed_callback_is_handed_on_byte_by_byte(backend: Backend) -> None:
    backend.controller.status = 200
    signature = sign(DISMISSED)
    assert backend.post("/trtc/callbacks", DISMISSED, Sign=signature, SdkAppId="20001003") == 200
    ((headers, _),) = backend.told()
    assert (headers["sign"], headers["sdkappid"]) == (signature, "20001003")
    assert int(headers["content-length"]) == len(DISMISSED)


@pytest.mark.parametrize("signature", ["", "forged", sign(DISMISSED + b" ")])
def test_a_forged_callback_is_refused(backend: Backend, signature: str) -> None:
    assert backend.post("/trtc/callbacks", DISMISSED, Sign=signature, SdkAppId="20001003") == 401
    assert backend.told() == []


def test_the_vendor_tries_again_where_the_controller_could_not_keep_it(backend: Backend) -> None:
    backend.controller.status = 503
    assert backend.post("/trtc/callbacks", DISMISSED, Sign=sign(DISMISSED), SdkAppId="20001003") == 503
    backend.told()


def test_other_addresses_are_nobodys(backend: Backend) -> None:
    assert backend.post("/", b"{}") == 404
    assert backend.post("/calls/begin/x", b"{}") == 404


def test_every_language_has_a_test() -> None:
    assert {folder.name for folder in Path(FOLDER).iterdir() if folder.is_dir()} == set(COMMANDS)

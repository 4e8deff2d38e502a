"""A controller with its endpoints, served on loopback over a copy of the shipped specs."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
import uvicorn

from provisioner.controller.app import create_app
from provisioner.controller.contracts import Contracts
from provisioner.controller.controller import Controller, Settings
from provisioner.controller.signatures import sign
from provisioner.controller.store.opening import open_store
from provisioner.foundation.secret_refs import SIMULATED_SECRET
from provisioner.foundation.text_safety import Secret

ROOT = Path(__file__).resolve().parents[2]
APP = 20001003
TOKEN = KEY = SIMULATED_SECRET

CONTROLLER = """controller:
  url: http://127.0.0.1:8480
  tokenRef: env:CONTROLLER_TOKEN
  callbackKeyRefs: [env:CONTROLLER_CALLBACK_KEY, env:CONTROLLER_NEXT_KEY]
"""
MANUAL = """  manual:
    start: backend
    roomIds: string
    sdkSecretKeyRef: env:SUPPORT_DESK_SDK_SECRET_KEY
"""


def specs(folder: Path, *, start: str = "backend") -> Path:
    """The shipped specs, in which dev declares a controller that records the support desk."""
    for name in ("environments", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "CODEOWNERS", folder)
    environment = folder / "environments" / "dev" / "environment.yaml"
    if "controller:" not in environment.read_text():
        environment.write_text(environment.read_text() + CONTROLLER)
    app = folder / "environments" / "dev" / "apps" / "support-desk.yaml"
    if "manual:" not in app.read_text().replace("mode: manual", ""):
        app.write_text(app.read_text().replace("  backendRecords: true\n", "") + MANUAL.replace("backend", start, 1))
    return folder


@dataclass
class Served:
    """One controller and its address."""

    url: str
    controller: Controller
    root: Path
    pool: urllib3.PoolManager

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """A JSON body as the backend sends it, unless headers say otherwise; status and answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        usual = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        answer = self.pool.request("POST", self.url + path, body=data, headers={**usual, **(headers or {})})
        return answer.status, _json(answer.data)

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.pool.request("GET", self.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
        return answer.status, _json(answer.data)

    def begin(self, room: str, call: str = "call-1", **more: Any) -> tuple[int, Any]:
        return self.post("/v1/dev/calls", {"application": "support-desk", "room": room, "call": call, **more})

    def callback(self, body: Any, *, key: str = KEY, app: object = APP, **headers: str) -> tuple[int, Any]:
        """A callback as the vendor sends it, signed by `key`."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        usual = {"Sign": sign(Secret(key), data), "SdkAppId": str(app), "Authorization": ""}
        return self.post("/v1/dev/callbacks", data, {**usual, **headers})


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


@contextmanager
def serving(root: Path, database: str | None = None) -> Iterator[Served]:
    """Serve dev of the specs in `root`, on a free port, while the block lasts."""
    contracts = Contracts(root, ["dev"])
    settings = Settings(database or f"sqlite:///{root / 'controller.sqlite'}", port=0, reload_seconds=0)
    store = open_store(settings.database)
    with Controller(contracts, store, {}, settings) as controller:
        config = uvicorn.Config(
            create_app(controller), host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        started = threading.Event()
        server = _Server(config, started)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        assert started.wait(10)
        port = server.servers[0].sockets[0].getsockname()[1]
        pool = urllib3.PoolManager(retries=False)
        try:
            yield Served(f"http://127.0.0.1:{port}", controller, root, pool)
        finally:
            pool.clear()
            server.should_exit = True
            thread.join()
    store.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started_event: threading.Event) -> None:
        super().__init__(config)
        self._started_event = started_event

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._started_event.set()

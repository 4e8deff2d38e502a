"""`console call --controller`: the whole chain at home, from a call's beginning to its file and its evidence."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from provisioner.controller.app import create_app
from provisioner.controller.contracts import Contracts
from provisioner.controller.controller import Controller, Settings
from provisioner.controller.store.opening import open_store
from tests.project import Project

DEV, DESK = "environments/dev/environment.yaml", "environments/dev/apps/support-desk.yaml"
CALL = ("console", "call", "dev/support-desk", "--controller", "--minutes", "30")


def declare(project: Project, manual: str, port: int) -> None:
    block = f"{{url: 'http://127.0.0.1:{port}', tokenRef: env:TOKEN, callbackKeyRefs: [env:CALLBACK_KEY]}}"
    project.edit(DEV, "settings:", f"controller: {block}\nsettings:")
    project.edit(DESK, "backendRecords: true", f"manual: {{{manual}, roomIds: number, sdkSecretKeyRef: env:SDK_KEY}}")


@contextmanager
def served(project: Project, manual: str) -> Iterator[None]:
    """A controller on loopback that records dev's support desk."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        declare(project, manual, listener.getsockname()[1])
        database = f"sqlite:///{project.root}/.provisioner/controller.sqlite"
        (project.root / ".provisioner").mkdir(exist_ok=True)
        store = open_store(database)
        contracts = Contracts(project.root, ["dev"])
        try:
            with Controller(contracts, store, os.environ, Settings(database)) as controller:
                server = uvicorn.Server(uvicorn.Config(create_app(controller), log_config=None, ws="none"))
                thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
                thread.start()
                while not server.started:
                    time.sleep(0.01)
                try:
                    yield
                finally:
                    server.should_exit = True
                    thread.join()
        finally:
            store.close()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "CALLBACK_KEY", "SDK_KEY"):
        monkeypatch.setenv(name, f"value-of-{name}")


def test_a_call_is_recorded_from_its_beginning_to_its_dismissal(project: Project) -> None:
    with served(project, "start: backend, stop: dismissed"):
        ran = project.run(*CALL)
        evidence = project.run("evidence", "dev/support-desk")
    assert (ran.code, ran.err) == (0, "")
    words = re.sub(r"after 0\.\d s: task \S+, robot rec-[0-9a-f]{8}…", "after S s: TASK", ran.out)
    words = re.sub(r"127\.0\.0\.1:\d+|room \d+|_\d{1,10}_1\.mp4", "…", words)
    assert words.splitlines() == [
        "dev/support-desk in …, recorded by http://…",
        "  the call began: the backend told the controller",
        "  recording started after S s: TASK",
        "  recording ended after 30:00: the room was dismissed",
        "  file 20001003… (30:00)",
        "  callbacks: 19 answered",
    ]
    assert "recording.mode            behaves as declared  recorded over REST, 1 call" in evidence.out


def test_a_drop_that_outlasts_the_idle_time_is_followed_by_a_second_recording(project: Project) -> None:
    with served(project, "start: first-stream, stop: idle"):
        document = project.json(*CALL, "--drop", "12")
    first, second = document["tasks"]
    assert (first["leaveCode"], second["leaveCode"]) == (99, 2)
    assert 900 <= first["seconds"] <= 906
    assert len(document["files"]) == 2
    assert document["callbacks"]["given_up"] == document["callbacks"]["waiting"] == 0


def test_nothing_happens_where_no_controller_answers(project: Project) -> None:
    declare(project, "start: backend", 1)
    ran = project.run(*CALL)
    assert ran.code == 1
    assert "the controller at http://127.0.0.1:1 does not answer" in ran.err
    with project.console("dev") as state:
        assert state.recordings.tasks(20001003) == []
        assert state.callbacks.targets() == {}


def test_an_application_that_no_controller_records_is_refused(project: Project) -> None:
    ran = project.run(*CALL)
    assert ran.code == 1
    assert "no controller records dev/support-desk" in ran.err
    assert "--controller plays the call by itself" in project.run(*CALL, "--play").err

"""The callbacks that a controller kept, as evidence."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from provisioner.console.controller_client import ControllerClient
from provisioner.specs.workspace import Workspace
from tests.controller.scene import callback
from tests.controller.served import Served, serving, specs
from tests.project import Project


def at_home(running: Served) -> ControllerClient:
    """A client that finds it, as environment.yaml says."""
    file = running.root / "environments" / "dev" / "environment.yaml"
    file.write_text(file.read_text().replace("http://127.0.0.1:8480", running.url))
    return ControllerClient(Workspace(running.root).environment("dev"), running.root)


def test_what_was_kept_comes_page_by_page_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.controller.inbox.PAGE", 2)
    with serving(specs(tmp_path)) as running:
        now = time.time()
        told = [callback(101, f"room-{number}", now + number / 1000) for number in range(5)]
        for body in told:
            assert running.callback(body)[0] == 200
        client = at_home(running)
        assert [entry["callback"] for entry in client.inbox(0)] == told
        assert {entry["sdkAppId"] for entry in client.inbox(0)} == {20001003}
        assert list(client.inbox(time.time() + 60)) == []
        assert running.get("/v1/dev/inbox?since=x")[0] == 400
        assert running.get("/v1/dev/inbox?after=x")[0] == 400


def test_evidence_reads_it_and_says_where_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path)
    with serving(specs(tmp_path)) as running:
        at_home(running)
        running.callback(callback(101, "room", time.time()))
        running.callback(callback(101, "../", time.time()))  # refused: it is no evidence
        (heard,) = project.json("evidence", "dev/support-desk")["applications"]
    (silent,) = project.json("evidence", "dev/support-desk")["applications"]
    assert "callbacks" not in heard["unknown"]
    assert silent["unknown"]["callbacks"]["cause"] == "no-answer"

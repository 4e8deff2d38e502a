"""Manual mode's drift: what the controller says that it runs, against the specs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from provisioner.reconcile.plan.controller_drift import contract_digests
from tests.console.endpoint import Endpoint, endpoint
from tests.project import Project

DEV, DESK = "environments/dev/environment.yaml", "environments/dev/apps/support-desk.yaml"
TEMPLATE = "template: call@v1"


class Answers:
    """A controller that says what it runs: `digests`, or an HTTP status instead."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.status = 200

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        document = {"environment": "dev", "contracts": self.digests} if self.status == 200 else {"error": "refused"}
        body = json.dumps(document).encode()
        handler.send_response(self.status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def controller(project: Project, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A committed project whose support desk is recorded by a controller that runs what the specs say."""
    monkeypatch.setenv("TOKEN", "the-token")
    with endpoint(answers) as served:
        url = f"{{url: 'http://{served.host}', tokenRef: env:TOKEN, callbackKeyRefs: [env:KEY]}}"
        project.edit(DEV, "settings:", f"controller: {url}\nsettings:")
        manual = "manual: {start: backend, roomIds: number, sdkSecretKeyRef: env:SDK}"
        project.edit(DESK, "backendRecords: true", manual)
        project.run("apply", "dev", "--yes")
        for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
            name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
            subprocess.run(["git", *name, *arguments], cwd=project.root, check=True)
        answers.digests = contract_digests(project.environment("dev"))
        served.seen.clear()
        yield served


def desk(project: Project, *arguments: str) -> dict[str, Any]:
    plan = project.json(*arguments)
    return next(app for app in plan["applications"] if app["name"] == "support-desk")


def behind(app: dict[str, Any]) -> list[str]:
    return [found["message"] for found in app["findings"] if found["id"] == "REC093"]


def test_nothing_is_said_while_the_controller_runs_the_spec(project: Project, controller: Endpoint) -> None:
    ran = project.run("drift", "dev", "--exit-code")
    assert (ran.code, "no drift" in ran.out) == (0, True)
    ((_, headers, path),) = controller.seen
    assert (path, headers["Authorization"]) == ("/v1/dev/contracts", "Bearer the-token")


def test_a_change_holds_from_the_next_call_on(project: Project, controller: Endpoint) -> None:
    project.edit(DESK, TEMPLATE, f"{TEMPLATE}\n  settings: {{maxIdleTime: 20s, mixed: {{video: {{fps: 30}}}}}}")
    plan = desk(project, "plan", "dev", "--base", "HEAD")
    assert (plan["action"], plan["changes"]) == ("none", [])
    assert behind(plan) == ["controller: from the next call on. maxIdleTime 5s -> 20s, mixed.video.fps 15 -> 30."]
    ran = project.run("drift", "dev", "--exit-code")
    assert ran.code == 2
    assert "1 of 3 applications differ from their specs" in ran.out
    assert project.run("plan", "dev", "--exit-code").code == 2


def test_drift_of_the_controller_is_told_by_digests(project: Project, controller: Endpoint, answers: Answers) -> None:
    wanted = answers.digests["support-desk"]
    answers.digests = {"support-desk": "f" * 64}
    told = f"http://{controller.host} runs other settings (contract ffffffff, the spec's is {wanted[:8]})"
    assert behind(desk(project, "drift", "dev")) == [f"controller: from the next call on. {told}."]
    answers.digests = {}
    told = f"http://{controller.host} does not record this application yet"
    assert behind(desk(project, "drift", "dev")) == [f"controller: from the next call on. {told}."]


@pytest.mark.parametrize("status", [401, 404, 500])
def test_what_a_controller_does_not_say_cannot_be_verified(
    project: Project, controller: Endpoint, answers: Answers, status: int
) -> None:
    answers.status = status
    app = desk(project, "drift", "dev")
    assert (app["action"], behind(app)) == ("cannot-verify", [])
    assert [field["path"] for field in app["cannotVerify"]] == ["/recording/manual/start"]
    assert project.run("drift", "dev", "--exit-code").code == 4


def test_a_missing_token_cannot_be_verified_and_stops_nothing_else(project: Project, controller: Endpoint) -> None:
    project.edit(DEV, "tokenRef: env:TOKEN", "tokenRef: file:missing.txt")
    project.edit(DEV, "driver: embedded", "driver: runbook")
    ran = project.run("plan", "dev")
    assert "cannot verify backend: the secret file:missing.txt cannot be read" in ran.words


def test_an_environment_without_manual_calls_asks_nobody(project: Project, controller: Endpoint) -> None:
    project.edit(DESK, "manual: {start", "backendRecords: true\n  #manual: {start")
    assert project.run("drift", "dev", "--exit-code").code == 0
    assert controller.seen == []


def test_review_without_a_console_tells_what_the_controller_will_do(project: Project, controller: Endpoint) -> None:
    project.edit(DESK, TEMPLATE, f"{TEMPLATE}\n  settings: {{maxIdleTime: 20s}}")
    ran = project.run("report", "dev", "--specs-only", "--base", "HEAD")
    assert (
        "No setting will change: 3 applications. The controller records 1 application by new settings from the next "
        "call on."
    ) in ran.words
    assert "controller: from the next call on. maxIdleTime 5s" in ran.words
    assert controller.seen == []

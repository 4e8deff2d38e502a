"""The port's contract, which every driver keeps: embedded, tencent (over loopback), runbook.

A driver that cannot write is driven by a person, who does in the console what its plan says and confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.console.drivers import open_console
from provisioner.console.embedded.seeds import read_seeds
from provisioner.console.port import Console, ConsoleChange, ConsoleError, Unreadable
from provisioner.console.runbook import observations
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.intake.attest import confirmed
from provisioner.reconcile.plan.diff import Diff, change, diff
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import desired_values, make_plan
from provisioner.recording.application import Application
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value, canonical
from provisioner.recording.wire import CONSOLE_WIRE
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.runbook.runbook_steps import runbook_steps
from provisioner.simulator import Account, ConsoleServer, ConsoleState
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.observation import Observation
from tests.project import Project

CALL, CLASSROOM, DESK = 20000101, 20000102, 20000103
IDLE = f"{SETTINGS}/maxIdleTime"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PROD = "environments/prod/environment.yaml"
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDtest", "TENCENTCLOUD_SECRET_KEY": "key-of-nobody"}
ACCEPT = "['action:ModifyRecordMode', 'action:AlterRecording', 'field:/recording']"
KEYED = "settings:\n  callback: {url: 'https://example.com/x', keyRef: env:REC_KEY}"


@dataclass
class Driven:
    """One driver at work on production; `carry_out` brings an application to a state, by whatever means it has."""

    project: Project
    console: Console
    reopen: Callable[..., Console]

    @property
    def environment(self) -> Environment:
        return self.project.environment("prod")

    @property
    def writes(self) -> bool:
        return self.console.capabilities().writes

    def app(self, sdk_app_id: int) -> Application:
        return next(app for app in self.environment.applications if app.sdk_app_id == sdk_app_id)

    def found(self, sdk_app_id: int, desired: Mapping[str, Value] | None = None) -> Diff:
        wanted = desired_values(self.app(sdk_app_id)) if desired is None else desired
        return diff(wanted, self.console.read(sdk_app_id))

    def carry_out(self, sdk_app_id: int, **settings: Value) -> list[str]:
        """What was done, in order: `enabled`, `settings`, `mode`, each once for every time it was touched."""
        named = {f"{SETTINGS}/{name}": value for name, value in settings.items()}
        desired = desired_values(self.app(sdk_app_id)) | named
        if self.writes:
            receipt = self.console.write(sdk_app_id, change(desired, self.found(sdk_app_id, desired)))
            return [action for action, request_id in receipt.calls if request_id]
        done = self._steps(sdk_app_id)
        app = self.app(sdk_app_id)
        seen = Observation(app.name, sdk_app_id, "Ada", NOON, NOON + timedelta(days=1), confirmed(app, named, ()))
        observations.store(self.project.root, "prod", seen)
        return done

    def _steps(self, sdk_app_id: int) -> list[str]:
        environment = self.environment
        plan = make_plan(environment, self.console, self.app(sdk_app_id).name)
        todo = runbook_steps(read_plan(document(plan)).applications[0], labels_of(environment, self.project.root))
        return ["AlterRecording" if step.rows[0].path.startswith(SETTINGS) else "ModifyRecordMode" for step in todo]


@pytest.fixture(params=["embedded", "tencent", "runbook"])
def driven(request: pytest.FixtureRequest, project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with ExitStack() as stack:
        if request.param == "tencent":
            state = stack.enter_context(ConsoleState(project.root / "far-away.sqlite"))
            state.seed(read_seeds(project.root, "prod"))
            account = Account(KEYS["TENCENTCLOUD_SECRET_ID"], KEYS["TENCENTCLOUD_SECRET_KEY"], "100000000001")
            server = stack.enter_context(ConsoleServer(state, [account], calls_per_second=None))
            choice = f"{{driver: tencent, endpoint: 'http://{server.endpoint}', accept: {ACCEPT}}}"
        else:
            choice = f"{{driver: {request.param}}}"
        project.edit(PROD, "{driver: embedded}", choice)

        def opened(**changes: Any) -> Console:
            environment = project.environment("prod")
            chosen = replace(environment, console=replace(environment.console, **changes))
            console = open_console(chosen, project.root, KEYS, lambda: NOON + timedelta(hours=1))
            stack.callback(console.close)
            return console

        yield Driven(project, opened(), opened)


def test_it_names_itself_and_a_simulated_one_says_so(driven: Driven) -> None:
    simulated = driven.environment.console.driver == "embedded"
    assert ("simulated" in driven.console.label) is simulated


def test_it_lists_the_accounts_applications_by_id_or_says_that_it_cannot(driven: Driven) -> None:
    if driven.console.capabilities().lists:
        listed = driven.console.list_applications()
        ids = [entry.sdk_app_id for entry in listed]
        assert ids == sorted(ids)
        assert {CALL, CLASSROOM, DESK} < set(ids)
        assert {entry.name for entry in listed} >= {"video-call", "classroom", "support-desk"}
    else:
        with pytest.raises(ProvisionerError):
            driven.console.list_applications()
        assert make_plan(driven.environment, driven.console).unmanaged is None


def test_a_read_answers_for_every_field_and_the_same_again(driven: Driven) -> None:
    observed = driven.console.read(CALL)
    assert observed.sdk_app_id == CALL
    assert list(observed.fields) == [path for path in FIELDS if path in CONSOLE_WIRE]
    assert driven.console.read(CALL) == observed


def test_a_value_is_one_that_a_spec_could_hold(driven: Driven) -> None:
    driven.carry_out(CLASSROOM)
    for path, shown in driven.console.read(CLASSROOM).fields.items():
        if shown is not None and not isinstance(shown, Unreadable):
            assert FIELDS[path].kind.parse(canonical(shown)) == shown


def test_an_id_that_it_does_not_know_is_its_error(driven: Driven) -> None:
    with pytest.raises(ConsoleError):
        driven.console.read(7)


@pytest.mark.parametrize("sdk_app_id", [CALL, CLASSROOM, DESK])
def test_what_was_carried_out_is_what_it_shows(driven: Driven, sdk_app_id: int) -> None:
    driven.carry_out(sdk_app_id)
    assert driven.found(sdk_app_id) == Diff((), ())


def test_recording_on_then_the_template_then_automatic_mode(driven: Driven) -> None:
    assert driven.carry_out(CALL) == ["ModifyRecordMode", "AlterRecording", "ModifyRecordMode"]


def test_one_changed_value_leaves_the_others_alone(driven: Driven) -> None:
    driven.carry_out(CALL)
    minute = Quantity(Dimension.TIME, 60)
    driven.carry_out(CALL, maxIdleTime=minute)
    (difference,) = driven.found(CALL).differences
    assert (difference.path, difference.before) == (IDLE, minute)


def test_a_secret_is_taken_and_never_shown(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REC_KEY", "canary0key")
    driven.project.edit(PROD, "settings:", KEYED)
    driven.carry_out(CALL)
    found = driven.found(CALL)
    assert found.differences == ()
    assert [(field.path, field.reason) for field in found.unverified] == [
        (f"{SETTINGS}/callback/keyRef", "the console never shows it")
    ]
    assert "canary" not in repr(driven.console.read(CALL))


def test_a_secret_that_nothing_asks_for_is_not_set(driven: Driven) -> None:
    driven.carry_out(CALL)
    assert driven.console.read(CALL).fields[f"{SETTINGS}/callback/keyRef"] is None


def test_the_template_of_a_manual_application_is_nobodys_business(driven: Driven) -> None:
    driven.carry_out(DESK)
    assert driven.console.read(DESK).fields["/recording/mode"] == "manual"
    assert driven.found(DESK).unverified == ()


def test_what_must_not_be_written_stays_as_it_was(driven: Driven) -> None:
    console = driven.reopen(read_only=True) if driven.writes else driven.console
    before = console.read(CALL)
    desired = desired_values(driven.app(CALL))
    with pytest.raises(ProvisionerError, match="SDKAppId 20000101 was not written"):
        console.write(CALL, ConsoleChange(desired, frozenset({"/recording/enabled"})))
    assert console.read(CALL) == before


def test_it_answers_several_threads_at_once(driven: Driven) -> None:
    driven.carry_out(CALL)
    expected = {sdk_app_id: driven.console.read(sdk_app_id) for sdk_app_id in (CALL, CLASSROOM, DESK)}
    asked = [CALL, CLASSROOM, DESK] * 4
    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(driven.console.read, asked))
    assert answered == [expected[sdk_app_id] for sdk_app_id in asked]


def test_every_command_that_looks_works_with_it(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    for command in ("plan", "drift", "doctor"):
        ran = driven.project.run(command, "prod")
        assert ran.code == 0, ran.err
        assert "key-of-nobody" not in ran.out + ran.err

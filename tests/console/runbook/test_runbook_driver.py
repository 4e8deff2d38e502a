"""The runbook driver: what somebody confirmed, as long as that counts, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provisioner.console.port import ConsoleChange, ConsoleError, Observed, Shown, Unreadable
from provisioner.console.runbook import observations
from provisioner.console.runbook.runbook_driver import RunbookConsole
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.intake.attest import confirmed
from provisioner.reconcile.plan.diff import diff
from provisioner.reconcile.plan.plan import desired_values
from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.documents.observation import Observation
from tests.project import Project

CALL, DESK = 20000101, 20000103
NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
FILE = "environments/prod/observations/video-call.yaml"
IDLE = f"{SETTINGS}/maxIdleTime"


@pytest.fixture
def prod(project: Project) -> Project:
    """Production's console is changed by people."""
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    return project


def app(prod: Project, sdk_app_id: int) -> Application:
    return next(app for app in prod.environment("prod").applications if app.sdk_app_id == sdk_app_id)


def attest(
    prod: Project,
    sdk_app_id: int = CALL,
    *,
    days_ago: int = 3,
    lasts: int = 30,
    **seen: Value | None,
) -> Observation:
    """Somebody confirmed the spec's values, except for `seen` (short names with __ for the slashes)."""
    application, when = app(prod, sdk_app_id), NOW - timedelta(days=days_ago)
    named = {f"{SETTINGS}/{name.replace('__', '/')}": value for name, value in seen.items()}
    stated = Observation(
        application.name, sdk_app_id, "Ada", when, when + timedelta(days=lasts), confirmed(application, named, ())
    )
    observations.store(prod.root, "prod", stated)
    return stated


def console(prod: Project) -> RunbookConsole:
    return RunbookConsole(prod.environment("prod"), prod.root, lambda: NOW)


def read(prod: Project, sdk_app_id: int = CALL) -> Observed:
    return console(prod).read(sdk_app_id)


def reason(observed: Observed, path: str = IDLE) -> str:
    shown: Shown = observed.fields[path]
    assert isinstance(shown, Unreadable)
    return shown.reason


def test_what_nobody_confirmed_cannot_be_read(prod: Project) -> None:
    observed = read(prod)
    assert observed.attested is None
    assert {type(shown) for shown in observed.fields.values()} == {Unreadable}
    assert reason(observed) == (
        "nobody has confirmed it; `provisioner attest prod/APP` confirms what the console shows"
    )


def test_what_was_confirmed_is_read_with_its_age(prod: Project) -> None:
    attest(prod)
    observed = read(prod)
    found = diff(desired_values(app(prod, CALL)), observed)
    assert (found.differences, found.unverified) == ((), ())
    assert observed.attested is not None
    assert (observed.attested.who, observed.attested.age) == ("Ada", timedelta(days=3))


def test_what_was_seen_instead_of_the_spec_is_a_difference(prod: Project) -> None:
    attest(prod, maxIdleTime=Quantity(Dimension.TIME, 30), fileNamePrefix="old")
    found = diff(desired_values(app(prod, CALL)), read(prod))
    assert [(d.path, str(d.before)) for d in found.differences] == [
        (IDLE, "30s"),
        (f"{SETTINGS}/fileNamePrefix", "old"),
    ]


def test_it_counts_until_it_expires(prod: Project) -> None:
    attest(prod, days_ago=30, lasts=31)
    assert read(prod).attested is not None
    attest(prod, days_ago=30, lasts=30)
    assert reason(read(prod)).startswith("what Ada confirmed on 2026-01-04 counted until 2026-02-03; ")


def test_an_edit_by_hand_takes_it_all_away(prod: Project) -> None:
    attest(prod)
    prod.edit(FILE, "maxIdleTime: 5s", "maxIdleTime: 6s")
    assert reason(read(prod)).startswith("what was confirmed has been edited since: its digest does not match")


def test_another_applications_page_says_nothing(prod: Project) -> None:
    attest(prod)
    prod.edit("environments/prod/apps/video-call.yaml", "sdkAppId: 20000101", "sdkAppId: 20000199")
    assert reason(read(prod, 20000199)).startswith("what was confirmed is another application, SDKAppId 20000101")


def test_the_future_confirms_nothing(prod: Project) -> None:
    attest(prod, days_ago=-1)
    assert "which is yet to come" in reason(read(prod))


def test_a_storage_that_was_not_chosen_holds_nothing_and_a_secret_is_never_shown(prod: Project) -> None:
    prod.edit(
        "environments/prod/environment.yaml",
        "storage:",
        "callback: {url: 'https://example.com/x', keyRef: env:REC_KEY}\n  storage:",
    )
    attest(prod)
    fields = read(prod).fields
    assert fields[f"{SETTINGS}/storage/cos/bucket"] is None
    assert fields[f"{SETTINGS}/storage/cos/secretKeyRef"] is None
    assert fields[f"{SETTINGS}/callback/url"] == "https://example.com/x"
    assert fields[f"{SETTINGS}/callback/keyRef"] == Unreadable("the console never shows it")


def test_who_confirmed_manual_mode_has_confirmed_no_template(prod: Project) -> None:
    attest(prod, DESK)
    fields = read(prod, DESK).fields
    assert fields["/recording/mode"] == "manual"
    assert fields[IDLE] == Unreadable("it was not among what was confirmed")


def test_a_broken_file_is_an_error_with_its_place(prod: Project) -> None:
    attest(prod)
    prod.edit(FILE, "maxIdleTime: 5s", "maxIdleTime: soon")
    with pytest.raises(ProvisionerError, match=rf"^{FILE}:16:18: REC011 .*\n.*attest prod/video-call"):
        read(prod)


def test_a_link_out_of_the_project_is_not_followed(prod: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    attest(prod)
    outside = tmp_path_factory.mktemp("outside") / "seen.yaml"
    (prod.root / FILE).rename(outside)
    (prod.root / FILE).symlink_to(outside)
    with pytest.raises(ProvisionerError, match="is a link that leaves the project"):
        read(prod)


def test_nothing_can_be_listed_or_written(prod: Project) -> None:
    opened = console(prod)
    assert (opened.capabilities().lists, opened.capabilities().writes) == (False, False)
    with pytest.raises(ProvisionerError, match="only people see"):
        opened.list_applications()
    with pytest.raises(
        ProvisionerError, match=r"was not written: people change this console\n.*apply prod.*attest prod"
    ):
        opened.write(CALL, ConsoleChange({}, frozenset()))
    with pytest.raises(ConsoleError, match="no spec of prod names SDKAppId 7"):
        opened.read(7)


@pytest.mark.parametrize("key", ["readOnly: true", "binding: b.yaml", "accept: ['action:X']"])
def test_keys_that_this_driver_would_ignore_are_refused(prod: Project, key: str) -> None:
    prod.edit("environments/prod/environment.yaml", "{driver: runbook}", f"{{driver: runbook, {key}}}")
    assert f"console.{key.partition(':')[0]} means nothing to the driver runbook" in prod.run("validate").out


def test_what_an_audited_change_has_overtaken_is_void(prod: Project) -> None:
    seen = attest(prod)
    asked: list[tuple[int, datetime]] = []

    def changed(sdk_app_id: int, confirmed: datetime) -> str:
        asked.append((sdk_app_id, confirmed))
        return "kim called AlterRecording"

    found = RunbookConsole(prod.environment("prod"), prod.root, lambda: NOW, changed).read(CALL)
    assert found.attested is None
    assert asked == [(CALL, seen.when)]
    shown = found.fields["/recording/mode"]
    assert isinstance(shown, Unreadable)
    assert shown.reason.startswith(
        "what Ada confirmed at 2026-01-31T12:00:00Z is void: kim called AlterRecording; `provisioner attest prod/"
    )

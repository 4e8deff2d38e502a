"""A capture of one's own session says what many applications are set to: attested, imported, compared."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from provisioner.console.embedded.dialect import services_of
from provisioner.console.embedded.page.page_app import with_page
from provisioner.console.tencent.binding import load
from provisioner.recording.fields import SETTINGS
from provisioner.recording.value_types import Value
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
from tests.console.learning.bindings import own_template, write
from tests.console.learning.session import Person, har
from tests.project import Project

KEY = "CANARYcallbackkey"
APPS = {20_000_101: "video-call", 20_000_102: "classroom", 20_000_103: "support-desk", 20_000_555: "webinar"}


def settings(number: int) -> dict[str, Value]:
    from provisioner.recording.fields import FIELDS

    raw: dict[str, Any] = {
        "/recording/enabled": True,
        "/recording/mode": "auto",
        f"{SETTINGS}/maxIdleTime": f"{number % 7 + 5}s",
        f"{SETTINGS}/mixed/maxUsers": 8,
        f"{SETTINGS}/storage/vendor": "vod",
        f"{SETTINGS}/storage/vod/subAppId": 1_500_000_001,
        f"{SETTINGS}/callback/url": "https://example.com/recorded",
    }
    return {path: FIELDS[path].kind.parse(value) for path, value in raw.items()} | {f"{SETTINGS}/callback/keyRef": KEY}


@cache
def visit() -> list[dict[str, Any]]:
    """Somebody opens the list and every page, in a console whose templates stand behind a second action."""
    folder = Path(mkdtemp(prefix="visit-"))
    binding = load(write(folder, own_template()), folder)
    with ConsoleState(folder / "c.sqlite") as state:
        state.seed(SeedApplication(number, name, "new") for number, name in APPS.items())
        front = with_page(state, binding, "test")
        account = Account("AKIDx", "key", "100000000001")
        with ConsoleServer(state, [account], None, services=services_of(binding), front=front) as server:
            person = Person(server.endpoint, binding)
            for number in APPS:
                values = settings(number)
                person.save(values, values, number)
            person.entries.clear()
            person.list(2, pages=2)
            for number in APPS:
                person.look(number)
            return person.entries


@pytest.fixture
def prod(project: Project) -> Project:
    """Production, changed by people, and a capture of it from an hour ago."""
    project.edit("environments/prod/environment.yaml", "console: {driver: embedded}", "console: {driver: runbook}")
    write(project.root, own_template())
    bring(project, visit())
    return project


def bring(project: Project, entries: list[dict[str, Any]], at: str | None = None) -> None:
    from datetime import UTC, datetime, timedelta

    then = at or (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    dated = [{**entry, "startedDateTime": then} for entry in entries]
    project.write("monday.har", json.dumps(har(dated)))


FROM = ("--from", "monday.har", "--binding", "bindings/template.yaml")


def test_a_capture_is_attested_for_every_application_that_it_shows(prod: Project) -> None:
    ran = prod.run("attest", "prod", *FROM, "--who", "Ada")
    assert ran.code == 0, ran.err
    assert "3 of 3 applications." in ran.words
    text = (prod.root / "environments/prod/observations/video-call.yaml").read_text()
    assert "who: a capture that Ada made" in text
    assert "capture: sha256:" in text
    assert KEY not in text
    plan = prod.json("plan", "prod")
    shown = {app["name"]: app for app in plan["applications"]}
    idle = next(c for c in shown["classroom"]["changes"] if c["path"].endswith("/maxIdleTime"))
    assert idle["before"] == str(settings(20_000_102)[f"{SETTINGS}/maxIdleTime"])
    assert "compared with what a capture that Ada made" in prod.run("plan", "prod").words


def test_what_the_capture_does_not_show_is_told_and_never_assumed(prod: Project) -> None:
    bring(prod, [entry for entry in visit() if "20000102" not in entry["request"]["postData"]["text"]])
    ran = prod.run("attest", "prod", *FROM)
    assert ran.code == 3
    assert "not shown classroom: NotShown: the capture does not show its page" in " ".join(ran.err.split())
    assert not (prod.root / "environments/prod/observations/classroom.yaml").exists()


def test_what_was_saved_after_it_was_shown_is_nobodys_word(prod: Project) -> None:
    shown = visit()
    saved = json.loads(json.dumps(next(e for e in shown if "20000101" in e["request"]["postData"]["text"])))
    body = json.loads(saved["request"]["postData"]["text"])
    body["cmd"] = "ModifyRecordMode"
    saved["request"]["url"] = saved["request"]["url"].replace("DescribeSdkAppInfo", "ModifyRecordMode")
    saved["request"]["postData"]["text"] = json.dumps(body)
    bring(prod, [*shown, saved])
    ran = prod.run("attest", "prod", *FROM)
    assert ran.code == 3
    assert "it was saved after the capture last showed it" in ran.err


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2020-01-01T00:00:00Z", "counts no longer"),
        ("2999-01-01T00:00:00Z", "yet to come"),
        ("when it rained", "does not say when"),
    ],
)
def test_a_capture_counts_from_its_own_time_on(prod: Project, at: str, told: str) -> None:
    bring(prod, visit(), at)
    ran = prod.run("attest", "prod", *FROM)
    assert ran.code == 1
    assert told in ran.err


def test_an_application_saved_without_a_binding_that_fits_is_not_attested(prod: Project) -> None:
    """The default binding reads other places: nothing is taken for "not set"."""
    ran = prod.run("attest", "prod", "--from", "monday.har")
    assert ran.code == 1
    assert "does not show whether recording is on" in ran.err


def test_a_whole_account_is_imported_without_an_api(prod: Project) -> None:
    ran = prod.run("import", "prod", *FROM, "--owner", "@acme/webinars")
    assert ran.code == 0, ran.err
    spec = (prod.root / "environments/prod/apps/webinar.yaml").read_text()
    assert "sdkAppId: 20000555" in spec
    assert prod.run("validate").code == 0
    assert prod.run("attest", "prod/webinar", *FROM).code == 0
    assert prod.run("plan", "prod/webinar", "--exit-code").code in (0, 4)


def test_strangers_are_told_by_a_capture_or_a_pasted_list(prod: Project) -> None:
    assert [app["name"] for app in prod.json("unmanaged", "prod", *FROM)] == ["webinar"]
    prod.write("list.tsv", "SDKAppId\tName\n20000101\tvideo-call\n20000777\tnew one\n")
    assert prod.json("unmanaged", "prod", "--list", "list.tsv") == [{"name": "new one", "sdkAppId": 20_000_777}]
    assert prod.run("unmanaged", "prod", "--list", "list.tsv", "--exit-code").code == 2
    assert prod.run("unmanaged", "prod").code == 1


def test_a_list_of_which_pages_are_missing_says_so(prod: Project) -> None:
    bring(prod, [visit()[0], *visit()[2:]])
    ran = prod.run("unmanaged", "prod", *FROM)
    assert "The list has 2 applications more than the capture shows." in ran.err


def test_history_names_who_confirmed(prod: Project) -> None:
    prod.run("attest", "prod", *FROM, "--who", "Ada")
    prod.run("attest", "prod/classroom", "--yes", "--who", "Bob")
    told = prod.json("history", "prod")
    assert [(one["event"], one["name"], one["who"]) for one in told if one["event"] == "attested"][-1] == (
        "attested",
        "classroom",
        "Bob",
    )
    assert "a capture that Ada made confirmed video-call; it counts until" in prod.run("history", "prod").words
    assert "Bob" not in prod.run("history", "prod/video-call").out


def test_patterns_choose_whom_to_attest(prod: Project) -> None:
    ran = prod.run("attest", "prod/*-call", "prod/classroom", "--yes", "--who", "Ada")
    assert ran.code == 0, ran.err
    there = {file.stem for file in (prod.root / "environments/prod/observations").glob("*.yaml")}
    assert there == {"video-call", "classroom"}
    assert prod.run("attest", "prod", "--yes").code == 1
    assert prod.run("attest", "prod/*", "--yes", "--seen", "mode=auto").code == 1


def test_a_pattern_needs_its_environment_once(prod: Project) -> None:
    assert prod.run("attest", "prod", "*-desk", "prod/classroom", "--yes", "--who", "Ada").code == 0
    there = {file.stem for file in (prod.root / "environments/prod/observations").glob("*.yaml")}
    assert there == {"support-desk", "classroom"}
    assert "a pattern without an environment" in prod.run("attest", "*-desk", "--yes").err
    assert prod.run("attest", "prod", "nothing-*", "--yes").code == 1


def test_an_environment_for_people_can_be_begun(project: Project) -> None:
    ran = project.run(
        "new", "environment", "live", "--tier", "staging", "--driver", "runbook", "--vod-sub-app-id", "1500000002"
    )
    assert ran.code == 0, ran.err
    assert "console: {driver: runbook}" in (project.root / "environments/live/environment.yaml").read_text()

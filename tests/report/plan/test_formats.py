"""Plans as other programs read them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml
from sarif_pydantic import Sarif
from syrupy.assertion import SnapshotAssertion

from provisioner import __version__
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import read_plan
from tests.project import Project
from tests.report.plans import SEAL, Document, app, documents, finding, outage, place, plan, review, stop


def shown(form: str, *plans: Document) -> str:
    return formats_of("report")[form].render([read_plan(document) for document in plans])


def parsed(form: str, *plans: Document) -> Any:
    return json.loads(shown(form, *plans))


@pytest.mark.parametrize("form", ["json", "github", "junit", "codequality", "terraform"])
def test_a_review(form: str, snapshot: SnapshotAssertion) -> None:
    assert shown(form, review(seal=SEAL)) == snapshot


def test_every_form_leads_with_what_the_console_does_now() -> None:
    """The gravest state of the present is the first thing that a program or a person comes upon."""
    (run,) = parsed("sarif", outage())["runs"]
    assert [result["ruleId"] for result in run["results"]][:2] == ["not-recording", "recording-unwanted"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["not-recording"]["shortDescription"]["text"] == "Rooms are NOT being recorded"
    assert [issue["check_name"] for issue in parsed("codequality", outage())][:2] == [
        "not-recording",
        "recording-unwanted",
    ]
    first, second, third, *_ = shown("github", outage()).splitlines()
    assert (first.count("title=not-recording"), second.count("title=recording-unwanted")) == (1, 1)
    assert "title=stop-recording" in third
    document = parsed("json", outage())
    assert document["headline"].startswith(
        "prod/video-call is NOT being recorded. prod/desk IS being recorded, and must"
    )
    assert [state["id"] for state in document["present"]] == ["not-recording", "recording-unwanted", "settings-differ"]
    assert document["environments"][0]["drifted"] == 3
    assert [entry["name"] for entry in document["applications"]] == ["desk", "video-call", "call"]
    junit = shown("junit", outage())
    assert re.search(
        r'name="video-call".*?<failure message="NOT being recorded.*?type="not-recording"', junit, re.DOTALL
    )
    assert 'failures="3"' in junit  # two that the console does, one that apply refuses
    html = shown("html", outage())
    assert html.index("is NOT being recorded") < html.index('id="now"') < html.index('id="environments"')


def test_sarif_names_every_finding_and_its_rule() -> None:
    (run,) = parsed("sarif", review())["runs"]
    assert run["tool"]["driver"]["semanticVersion"] == __version__
    assert [result["ruleId"] for result in run["results"]] == [
        "settings-differ",
        "REC064",
        "shorter-idle-time",
        "REC064",
        "stop-recording",
        "removed-stop-auto",
    ]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["stop-recording"]["shortDescription"]["text"] == "Rooms will no longer be recorded"


@pytest.mark.parametrize("form", formats_of("report"))
def test_no_applications(form: str) -> None:
    assert shown(form, plan()) == shown(form, plan())
    if form != "github":
        assert shown(form, plan())


@given(st.lists(documents(), max_size=2))
def test_every_form_holds_whatever_stands_in_a_plan(plans: list[Document]) -> None:
    found = [item for document in plans for item in _findings(document)]
    Sarif.model_validate(parsed("sarif", *plans))
    suites = JUnitXml.fromstring(shown("junit", *plans).encode())
    assert suites.tests == sum(1 + len(document["applications"]) for document in plans)
    issues = parsed("codequality", *plans)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(found)
    assert parsed("json", *plans)["reportVersion"] == 1
    changing = sum(document["totals"]["change"] for document in plans)
    assert parsed("terraform", *plans) == {"create": 0, "update": changing, "delete": 0}
    for line in shown("github", *plans).splitlines():
        assert re.fullmatch(r"::(error|warning) [^\r\n]*::[^\r\n]*", line)


def _findings(document: Document) -> list[Document]:
    stopping = [gone for gone in document["removed"] or () if gone["onRemove"] == "stop-auto"]
    own = (item for app in document["applications"] for item in (*app["present"], *app["findings"]))
    return [*document["findings"], *own, *stopping]


def test_a_templates_line_is_annotated_once_and_names_who_shares_it() -> None:
    where = place("templates/call/v2.yaml", 9, 16)
    risk = finding("shorter-idle-time", "medium", "A room …", origin=where)
    text = shown("github", plan(*(stop(f"a-{number}", findings=[risk]) for number in range(7))))
    assert text == (
        "::warning file=templates/call/v2.yaml,line=9,col=16,title=shorter-idle-time::"
        "prod/a-0, prod/a-1, prod/a-2, prod/a-3, prod/a-4, and 2 more: A room …\n"
    )


def test_the_gravest_risk_is_annotated_first_and_notes_are_not() -> None:
    broken = finding("REC091", "error", "stays on", origin=place("z.yaml", 9))
    note = finding("REC040", "medium", "stands in the specs")
    text = shown("github", plan(stop("a"), app("b", findings=[broken, note])))
    assert [line.partition(" ")[0] for line in text.splitlines()] == ["::error", "::warning"]


@pytest.mark.parametrize(("expires", "failures"), [("2026-11-22", 0), ("2026-11-21", 1)])
def test_a_case_fails_where_apply_would_refuse(expires: str, failures: int) -> None:
    written = {"reason": "moved", "expires": expires, "origin": place("f", 3)}
    found = finding("stop-recording", "high", "Rooms …", acknowledged=written)
    assert (
        JUnitXml.fromstring(shown("junit", plan(stop("a", findings=[found]), seal=SEAL)).encode()).failures == failures
    )


def test_one_fault_keeps_its_fingerprint_in_every_form() -> None:
    (result,) = parsed("sarif", plan(stop("a")))["runs"][0]["results"]
    (issue,) = parsed("codequality", plan(stop("a")))
    assert issue["fingerprint"] == result["partialFingerprints"]["place/v1"]


def test_an_application_bears_a_risk_once() -> None:
    twice = [finding("REC051", "high", message) for message in ("one way", "another way")]
    (risk,) = parsed("json", plan(app("a", findings=twice), app("b", findings=twice[:1])))["risks"]
    assert [one["application"] for one in risk["concerns"]] == ["a", "b"]
    assert risk["messages"] == ["one way", "another way"]


def test_how_much_is_recorded_is_told_where_the_plan_asked() -> None:
    told = {"minutesPerDay": 1200, "unknown": None, "costPerDay": "7.19", "currency": "USD"}
    why = {"cause": "refused", "reason": "the key may not ask @acme"}
    unknown = {"minutesPerDay": None, "unknown": why, "costPerDay": None, "currency": None}
    one, many = (
        plan(stop("a", affected=told)),
        plan(*(stop(name, affected=told) for name in "ab"), stop("c", affected=unknown)),
    )
    for form in ("markdown", "html"):
        assert "recorded a day: 1,200 minutes, 7.19 USD (last 7 days)" in shown(form, one)
        assert "recorded a day: 2,400 minutes in all (last 7 days); unknown of 1 application" in shown(form, many)
    assert "recorded a day: unknown (the key may not ask @\u2060acme)" in shown(
        "markdown", plan(stop("c", affected=unknown))
    )
    assert [app["minutesPerDay"] for app in parsed("json", many)["applications"]] == [1200, 1200, None]


def test_sarif_says_what_a_policy_demands(project: Project) -> None:
    """Code scanning shows the rule beside its finding: what it is about and where it is written."""
    policy = "apiVersion: recording/v1\nkind: Policy\nname: idle\ndescription: Calls end late.\nmessage: Ten minutes.\n"
    rest = 'severity: warn\nrequire: app.settings.maxIdleTime >= duration("10m")\n'
    project.write("policies/idle.yaml", policy + rest)
    assert project.run("plan", "dev", "--out", "plan.json").code == 0
    run = json.loads(project.run("report", "plan.json", "--format", "sarif").out)["runs"][0]
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "policy-idle")
    assert rule["shortDescription"] == {"text": "Calls end late."}
    assert rule["fullDescription"] == {"text": "Policy of the organisation: policies/idle.yaml."}

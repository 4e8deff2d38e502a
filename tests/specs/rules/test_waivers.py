"""Waivers and intents on the days before, on and after their last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from provisioner.foundation.clock import Clock
from provisioner.specs.workspace import SpecErrors, Workspace, told
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
DEV = "environments/dev/environment.yaml"
LAST_DAY = date(2026, 6, 30)
WAIVER = 'waive: {REC064: {reason: evidence, owner: "@acme/legal", expires: 2026-06-30}}\n'
DOUBLE = (
    f"{CALL}:10:19: REC064 medium: the console's template records every call and the backend records it too: "
    "two files and two fees; choose mode: manual, or have the backend stop and set backendRecords: false"
)


def on(day: date) -> Clock:
    return lambda: datetime.combine(day, time(23, 59), UTC)


def findings(project: Project, day: date = LAST_DAY) -> list[str]:
    """All that is said of dev, but that pages disagree on its site, which nobody can waive."""
    return told([f for f in Workspace(project.root, on(day)).environment("dev").findings if f.id != "REC052"])


def errors(project: Project) -> list[str]:
    with pytest.raises(SpecErrors) as caught:
        findings(project)
    return told(caught.value.findings)


def record_twice(project: Project) -> None:
    project.edit(CALL, "mode: auto ", "mode: auto\n  backendRecords: true  ")


def append(project: Project, text: str) -> None:
    project.write(CALL, (project.root / CALL).read_text() + text)


def test_a_waiver_holds_back_its_rule_until_the_end_of_its_last_day(project: Project) -> None:
    record_twice(project)
    assert findings(project) == [DOUBLE]
    append(project, WAIVER)
    assert findings(project) == []
    assert findings(project, date(2026, 7, 1)) == [
        DOUBLE,
        f"{CALL}:13:9: REC081 low: @acme/legal's waiver of REC064 expired after 2026-06-30; "
        "mend the cause and remove it, or renew it",
    ]


def test_a_waiver_that_nothing_needs_is_told(project: Project) -> None:
    append(project, WAIVER)
    assert findings(project) == [f"{CALL}:12:9: REC082 low: nothing here violates REC064 any more; remove this waiver"]


def test_a_waiver_is_its_own_applications_only(project: Project) -> None:
    record_twice(project)
    desk = "environments/dev/apps/support-desk.yaml"
    project.write(desk, (project.root / desk).read_text() + WAIVER)
    assert findings(project) == [
        f"{desk}:13:9: REC082 low: nothing here violates REC064 any more; remove this waiver",
        DOUBLE,
    ]


def test_an_error_that_is_policy_can_be_waived(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "console:", "minimumRetention: 30d\nconsole:")
    names = ("classroom", "support-desk", "video-call")
    assert len(errors(project)) == 1
    for name in names:
        file = f"environments/dev/apps/{name}.yaml"
        project.write(file, (project.root / file).read_text() + WAIVER.replace("REC064", "REC065"))
    assert findings(project) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("REC031", "REC031 cannot be waived: an automatic recording mixes at most 8 users"),
        ("REC082", "REC082 cannot be waived: a waiver is used"),
        ("stop-recording", "stop-recording cannot be waived: rooms will no longer be recorded; write an intent"),
        ("REC46", "there is no rule REC46; docs/rules.md lists them"),
        ("TEAM-1", "there is no rule TEAM-1; is the package that brings it installed?"),
    ],
)
def test_a_waiver_that_can_have_no_effect_is_an_error(project: Project, rule: str, message: str) -> None:
    append(project, WAIVER.replace("REC064", rule))
    assert errors(project) == [f"{CALL}:12:9: REC080 {message}"]


def test_whether_a_waiver_of_an_observed_rule_is_used_only_a_plan_can_tell(project: Project) -> None:
    append(project, WAIVER.replace("REC064", "REC090"))
    assert findings(project) == []


def test_an_expired_intent_is_told(project: Project) -> None:
    append(project, "intent: {stop-recording: {reason: moved to REST, expires: 2026-06-30}}\n")
    assert findings(project) == []
    assert findings(project, date(2026, 7, 1)) == [
        f"{CALL}:12:10: REC083 low: the intent stop-recording expired after 2026-06-30; remove it, "
        "or renew it if the change is still to come"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-06-30", "2026-06-31", "67: REC011 expires takes a day as YYYY-MM-DD, and there is no 2026-06-31"),
        ("2026-06-30", "soon", '67: REC011 waive.REC064.expires does not take "soon": Last day it holds, YYYY-MM-DD.'),
        (', owner: "@acme/legal"', "", "17: REC012 waive.REC064 needs the key owner"),
        ("reason", "because", '18: REC010 waive.REC064 has no key "because"; it takes reason, owner, expires'),
        ("reason: evidence", "reason: ''", '26: REC011 waive.REC064.reason does not take "": Why, in a sentence.'),
    ],
)
def test_a_waiver_says_why_who_and_until_when(project: Project, old: str, new: str, expected: str) -> None:
    append(project, WAIVER.replace(old, new))
    assert f"{CALL}:12:{expected}" in errors(project)


@pytest.mark.parametrize(
    ("file", "key", "name"),
    [
        (CALL, "intent: {stop-recording: {reason: it moved, expires: DAY}}", "intent stop-recording"),
        (CALL, 'waive: {REC064: {reason: evidence, owner: "@acme/legal", expires: DAY}}', "waive REC064"),
        (DEV, "intent: {max-changes: {reason: the first, expires: DAY}}", "intent max-changes"),
        (DEV, "removed: {old-call: {reason: closed, expires: DAY}}", "removed old-call"),
    ],
)
def test_what_is_acknowledged_ends_within_a_year(project: Project, file: str, key: str, name: str) -> None:
    record_twice(project)
    before = (project.root / file).read_text()
    project.write(file, f"{before}{key.replace('DAY', '2027-07-01')}\n")  # 366 days from LAST_DAY
    assert not [told for told in findings(project) if "REC084" in told]
    project.write(file, f"{before}{key.replace('DAY', '2027-07-02')}\n")
    (told,) = errors(project)
    assert f"REC084 {name} holds until 2027-07-02, which is more than 366 days from today" in told


def test_an_environment_says_for_how_long_instead(project: Project) -> None:
    record_twice(project)
    project.write(CALL, (project.root / CALL).read_text() + WAIVER)
    project.write(DEV, (project.root / DEV).read_text() + "limits: {acknowledgedFor: 30d}\n")
    assert not errors_on(project, LAST_DAY - timedelta(days=30))
    (told,) = errors_on(project, LAST_DAY - timedelta(days=31))
    assert "waive REC064 holds until 2026-06-30, which is more than 30 days from today; write a day until" in told
    project.edit(DEV, "acknowledgedFor: 30d", "acknowledgedFor: 31d")
    assert not errors_on(project, LAST_DAY - timedelta(days=31))


def errors_on(project: Project, day: date) -> list[str]:
    try:
        findings(project, day)
    except SpecErrors as caught:
        return told(caught.findings)
    return []

"""Warnings of the specs, observed rules, and what people wrote down against both, in the plan."""

from __future__ import annotations

from typing import Any

from provisioner.console.port import Observed, Unreadable
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.acknowledgements import judged, unused_intents, unused_removals
from provisioner.reconcile.plan.consequence import consequences
from provisioner.recording.application import Intent, Waiver
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from tests.days import LATER
from tests.project import Project
from tests.reconcile.typed import TODAY, application, environment, intents

CALL = "environments/dev/apps/video-call.yaml"
OLD = ("video-call: {sdkAppId: 20001001}", "video-call: {sdkAppId: 20001001, generation: old}")
INTENT = "intent: {stop-recording: {reason: moved to REST, expires: %s}}\n"
WAIVER = 'waive: {REC090: {reason: migrates in autumn, owner: "@acme/calls", expires: %s}}\n'


def append(project: Project, text: str) -> None:
    project.write(CALL, (project.root / CALL).read_text() + text)


def findings(project: Project, name: str = "video-call") -> list[tuple[str, str]]:
    plan = project.json("plan", f"dev/{name}")
    return [(finding["id"], finding["severity"]) for finding in plan["applications"][0]["findings"]]


def test_the_document_carries_warnings_where_they_belong(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "retention: 90d", "retention: 29d")
    plan: Any = project.json("plan", "prod")
    assert [finding for finding in plan["findings"] if finding["id"] != "REC052"] == [
        {
            "id": "REC075",
            "source": "specs",
            "severity": "info",
            "message": "console.driver is embedded: plans and writes of this production environment reach a "
            "simulator, nothing real is read or written",
            "path": "/console/driver",
            "origin": {"file": "environments/prod/environment.yaml", "line": 8, "column": 19},
            "irreversible": False,
            "acknowledged": None,
        }
    ]
    for entry in plan["applications"]:
        (finding,) = (finding for finding in entry["findings"] if finding["id"] == "REC066")
        assert finding["path"] == f"{SETTINGS}/storage/vod/retention"
        assert finding["origin"] == {"file": "environments/prod/environment.yaml", "line": 10, "column": 65}


def test_the_terminal_tells_once_what_applications_share(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "retention: 90d", "retention: 29d")
    lines = project.run("plan", "prod").out.splitlines()
    begin = lines.index("Warnings:")
    notes = [line for line in lines[begin + 1 : lines.index("", begin)] if line.startswith("    env")]
    assert [line.split(": ")[:2] for line in notes] == [
        ["    environments/prod/environment.yaml:6:7", "REC052 info"],
        ["    environments/prod/environment.yaml:8:19", "REC075 info"],
        ["    environments/prod/environment.yaml:10:65", "REC066 medium"],
    ]
    assert "REC066" not in project.run("plan", "dev").out


def test_a_plan_of_one_application_tells_only_its_own_warnings(project: Project) -> None:
    project.edit("environments/dev/apps/classroom.yaml", "template:", "settings: {maxIdleTime: 11m}\n  template:")
    assert "REC063" in project.run("plan", "dev/classroom").out
    assert "REC063" not in project.run("plan", "dev/video-call").out


def test_warnings_do_not_stop_apply(project: Project) -> None:
    project.edit("environments/dev/apps/classroom.yaml", "template:", "settings: {maxIdleTime: 11m}\n  template:")
    assert project.run("apply", "--yes", "dev").code == 0


def test_old_type_recording_is_told_until_it_is_waived(project: Project) -> None:
    project.edit("environments/dev/embedded.yaml", *OLD)
    assert findings(project) == [("start-recording", "medium"), ("REC090", "low"), ("REC092", "info")]
    append(project, WAIVER % LATER)
    assert findings(project) == [("start-recording", "medium"), ("REC092", "info")]


def test_a_waiver_that_the_console_does_not_need_is_told(project: Project) -> None:
    append(project, WAIVER % LATER)
    plan = project.run("plan", "dev/video-call").out
    assert "    LOW REC082: nothing here violates REC090 any more; remove this waiver" in plan.splitlines()


def test_an_expired_waiver_is_told_once(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    append(project, WAIVER % "2020-01-01")
    assert findings(project) == [("REC081", "low")]


def test_an_intent_is_unused_until_its_change_and_after_it(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    append(project, INTENT % LATER)
    assert findings(project) == [("unused-intent", "low")]
    told = "LOW unused-intent: This plan has no stop-recording for the intent to acknowledge; remove it, or the next"
    assert told in project.run("plan", "dev").words
    project.edit(CALL, "mode: auto", "mode: manual")
    assert findings(project) == [("stop-recording", "high")]
    assert project.run("apply", "--yes", "dev").code == 0
    assert findings(project) == [("unused-intent", "low")]


def test_an_expired_intent_is_told_once(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    append(project, INTENT % "2020-01-01")
    assert findings(project) == [("REC083", "low")]


def test_new_type_recording_that_is_to_be_switched_off_is_an_error(project: Project) -> None:
    project.run("apply", "--yes", "dev")
    project.edit(CALL, "enabled: true", "enabled: false")
    assert ("REC091", "error") in findings(project)


def seen(project: Project, **settings: object) -> list[str]:
    app = next(app for app in project.environment("dev").applications if app.name == "video-call")
    fields: Any = {"/recording/enabled": True, "/recording/mode": "auto"}
    fields |= {f"{SETTINGS}/{name}": value for name, value in settings.items()}
    return [finding.id for finding in consequences(app, Observed(app.sdk_app_id, app.name, None, fields), [])]


def test_a_template_is_missing_only_where_the_console_shows_that_there_is_none(project: Project) -> None:
    hidden = Unreadable("hidden")
    assert seen(project, media=None, formats=None, keyRef=hidden) == ["REC092"]
    assert seen(project, media=None, formats=("mp4",)) == []
    assert seen(project, media=hidden, formats=hidden) == []
    assert seen(project) == []


def observed_rule(rule: str = "REC090") -> Finding:
    return Finding(rule, Severity.LOW, "told", application="call")


def waiver(expires: str) -> dict[str, Waiver]:
    return {"REC090": Waiver("REC090", "because", "@acme/calls", expires, Location("waived.yaml", 3))}


def test_a_waiver_holds_back_its_own_findings_until_its_last_day() -> None:
    found = [observed_rule("REC092"), observed_rule(), observed_rule("shorter-idle-time")]
    held = [found[0], found[2]]
    assert list(judged(application(waivers=waiver("2026-01-31")), found, TODAY)) == held
    assert list(judged(application(waivers=waiver("2026-01-30")), found, TODAY)) == found
    assert list(judged(application(), found, TODAY)) == found


def test_what_has_nothing_to_acknowledge_is_told_with_its_place() -> None:
    app = application(waivers=waiver("2026-01-31"), intents=intents("stop-recording", "retention-ends"))
    told = list(judged(app, [Finding("stop-recording", Severity.HIGH, "")], TODAY))
    assert [(one.id, one.path, one.where, one.application) for one in told] == [
        ("stop-recording", "", None, ""),
        ("REC082", "/waive/REC090", Location("waived.yaml", 3), "call"),
        ("unused-intent", "/intent/retention-ends", Location("intents.yaml", 7), "call"),
    ]
    assert told[2].message.startswith("This plan has no retention-ends for the intent to acknowledge")
    assert list(judged(application(intents=intents("stop-recording", expires="2026-01-30")), [], TODAY)) == []


def test_an_acknowledged_removal_is_told_where_it_expired_or_nothing_is_removed() -> None:
    def told(expires: str, *stopping: str) -> list[tuple[object, ...]]:
        removed = {"call": Intent("stop-recording", "gone", expires, Location("dev.yaml", 9))}
        found = unused_removals(environment(removed=removed), stopping, TODAY)
        return [(one.id, one.path, one.message, one.where, one.application) for one in found]

    place = ("/removed/call", Location("dev.yaml", 9))
    expired = "the acknowledgement expired after 2026-01-30; remove it, or renew it if it is still meant"
    unused = (
        "This plan has no stop-recording of call for the intent to acknowledge; remove it, or the next one passes "
        "unread."
    )
    assert told("2026-01-30", "call") == [("REC083", place[0], expired, place[1], "")]
    assert told("2026-01-31", "call") == []
    assert told("2026-01-31", "room") == [("unused-intent", place[0], unused, place[1], "")]


def test_each_acknowledged_removal_is_judged_by_itself() -> None:
    days = {"call": "2026-01-30", "desk": "2026-01-31", "room": "2026-01-31"}
    removed = {name: Intent("stop-recording", "gone", day, Location("dev.yaml")) for name, day in days.items()}
    found = unused_removals(environment(removed=removed), ["desk"], TODAY)
    assert [one.path for one in found] == ["/removed/call", "/removed/room"]


def test_each_intent_is_judged_by_itself() -> None:
    target = environment(intents={**intents("stop-recording"), **intents("max-changes"), **intents("retention-ends")})
    found = unused_intents(target, ["stop-recording"], TODAY)
    assert [(one.path, one.environment, one.where) for one in found] == [
        ("/intent/max-changes", "dev", Location("intents.yaml", 7)),
        ("/intent/retention-ends", "dev", Location("intents.yaml", 7)),
    ]

"""Warnings of the specs, observed rules, and what people wrote down against both, in the plan."""

from __future__ import annotations

from typing import Any

from provisioner.console.port import Observed, Unreadable
from provisioner.reconcile.plan.consequence import consequences
from provisioner.recording.fields import SETTINGS
from tests.days import LATER
from tests.project import Project

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
    for application in plan["applications"]:
        (finding,) = (finding for finding in application["findings"] if finding["id"] == "REC066")
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

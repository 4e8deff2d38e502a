"""Policies that compare with a base, or look at the console: judged by the plan, and by nothing that cannot see."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from provisioner.reconcile.plan.specs_only import specs_only
from provisioner.specs.documents.revision import revision
from provisioner.specs.workspace import Workspace
from tests.days import LATER
from tests.project import Project

ENVIRONMENT = "environments/dev/environment.yaml"
CALL = "environments/dev/apps/video-call.yaml"
HEAD = "apiVersion: recording/v1\nkind: Policy\nmessage: Ask us.\nallowWaiver: true\n"
RETENTION = (
    f"{HEAD}name: retention\nseverity: deny\nmatch: {{environment: [dev], name: [video-call]}}\n"
    "require: '!has(base.name) || app.settings.storage.vod.retention >= base.settings.storage.vod.retention'\n"
)
CONSOLE = (
    f"{HEAD}name: seen\nseverity: deny\nmatch: {{environment: [dev], name: [video-call]}}\n"
    "require: has(console.settings) && has(console.settings.mixed)\n"
)


@pytest.fixture
def committed(project: Project) -> Project:
    project.write("policies/retention.yaml", RETENTION)
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=project.root, check=True)
    return project


def told(project: Project, *arguments: str) -> list[tuple[str, str, str, str]]:
    """(id, severity, application, message) of what the plan says of policies."""
    plan = project.json("plan", "dev", *arguments)
    found = [(finding, app["name"]) for app in plan["applications"] for finding in app["findings"]]
    found += [(finding, "") for finding in plan["findings"]]
    ids = ("REC08", "REC10", "policy-")
    return [(f["id"], f["severity"], app, f["message"]) for f, app in found if f["id"].startswith(ids)]


def test_a_change_is_compared_with_its_base(committed: Project) -> None:
    committed.edit(ENVIRONMENT, "retention: 7d", "retention: 3d")
    assert told(committed, "--base", "main") == [("policy-retention", "error", "video-call", "Ask us.")]
    assert committed.run("validate").code == 0
    committed.edit(ENVIRONMENT, "retention: 3d", "retention: 30d")
    assert told(committed, "--base", "main") == []


def test_without_a_base_it_is_said_that_nobody_compared(committed: Project) -> None:
    committed.edit(ENVIRONMENT, "retention: 7d", "retention: 3d")
    ((name, severity, app, message),) = told(committed)
    assert (name, severity, app) == ("REC102", "info", "")
    assert message == "policy-retention: not judged here, because there is no base to compare with; --base names one"


def test_a_base_that_cannot_be_read_decides_nothing(committed: Project) -> None:
    committed.edit(CALL, "mode: auto", "mode: aut")
    name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", *name, "commit", "-qam", "broken"], cwd=committed.root, check=True)
    committed.edit(CALL, "mode: aut", "mode: auto")
    ((found, severity, _, message),) = told(committed, "--base", "main")
    assert (found, severity) == ("policy-retention", "error")
    assert message == "Ask us. (cannot be decided: the specs at main are not valid)"


def test_a_new_application_has_an_empty_base(committed: Project) -> None:
    committed.edit(CALL, "sdkAppId: 20001001", "sdkAppId: 20001004")
    assert told(committed, "--base", "main") == []


def test_a_denied_change_is_not_applied(committed: Project) -> None:
    committed.write("policies/seen.yaml", CONSOLE)
    ran = committed.run("apply", "dev", "--yes")
    assert ran.code == 1
    assert "policy-seen: Ask us." in " ".join((ran.out + ran.err).split())
    assert committed.json("history", "dev") == []


def test_the_console_is_looked_at_and_waivers_count(committed: Project) -> None:
    committed.write("policies/seen.yaml", CONSOLE)
    assert ("policy-seen", "error", "video-call", "Ask us.") in told(committed)
    waiver = "waive: {policy-seen: {reason: A trial, owner: '@acme/x', expires: 2999-01-01}}\nrecording:".replace(
        "2999-01-01", LATER
    )
    committed.edit(CALL, "recording:", waiver)
    assert [entry[0] for entry in told(committed)] == ["REC102"]
    assert committed.run("validate").code == 0
    assert committed.run("apply", "dev", "--yes", "--allow", "max-changes").code == 0
    assert ("REC082", "low", "video-call") in [entry[:3] for entry in told(committed)]


def test_specs_alone_show_no_console(committed: Project) -> None:
    """A job without credentials judges what needs a base, and says nothing of a console."""
    committed.write("policies/seen.yaml", CONSOLE)
    committed.edit(ENVIRONMENT, "retention: 7d", "retention: 3d")
    workspace = Workspace(committed.root)
    document: Any = specs_only(workspace.environment("dev"), revision(workspace, "main", "dev"))
    found = [finding["id"] for app in document["applications"] for finding in app["findings"]]
    assert [one for one in found if one.startswith("policy-")] == ["policy-retention"]


def test_what_the_console_does_not_show_is_undecided(committed: Project) -> None:
    from provisioner.console.port import Observed, Unreadable
    from provisioner.reconcile.plan.policy_findings import policy_findings

    committed.write("policies/seen.yaml", CONSOLE)
    environment = committed.environment("dev")
    app = next(app for app in environment.applications if app.name == "video-call")
    fields: Any = {"/recording/settings/mixed/maxUsers": Unreadable("no binding")}
    (finding,) = policy_findings(environment, app, Observed(app.sdk_app_id, app.name, None, fields), None, None)
    assert finding.message == "Ask us. (cannot be decided: the console does not show mixed.maxUsers)"

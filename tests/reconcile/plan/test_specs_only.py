"""Specs against specs: what a change asks for, when no console can be read."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from provisioner.reconcile.plan.document import schema
from provisioner.reconcile.plan.specs_only import specs_only
from provisioner.specs.documents.revision import revision
from provisioner.specs.workspace import Workspace
from tests.project import Project

CALL = "environments/dev/apps/video-call.yaml"
ENVIRONMENT = "environments/dev/environment.yaml"


@pytest.fixture
def committed(project: Project) -> Project:
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=project.root, check=True)
    return project


def compared(project: Project, environment: str = "dev") -> dict[str, Any]:
    workspace = Workspace(project.root)
    return specs_only(workspace.environment(environment), revision(workspace, "main", environment))


def changes(document: dict[str, Any]) -> list[tuple[str, str, Any, Any, list[str]]]:
    return [
        (app["name"], one["path"].rpartition("/")[2], one["before"], one["after"], one["causes"])
        for app in document["applications"]
        for one in app["changes"]
    ]


def test_the_document_is_a_plan_without_a_console(committed: Project) -> None:
    import jsonschema_rs

    document = compared(committed)
    assert jsonschema_rs.Draft202012Validator(schema()).is_valid(document)
    assert (document["console"], document["unmanaged"], changes(document)) == (None, None, [])
    assert not (committed.root / ".provisioner").exists()


def test_causes_are_those_of_the_files(committed: Project) -> None:
    committed.edit(ENVIRONMENT, "retention: 7d", "retention: 14d")
    committed.edit(CALL, "  template: call@v1", "  template: call@v1\n  settings: {maxIdleTime: 10s}")
    assert changes(compared(committed)) == [
        ("classroom", "retention", "7d", "14d", ["environment"]),
        ("video-call", "maxIdleTime", "5s", "10s", ["this-change"]),
        ("video-call", "retention", "7d", "14d", ["environment"]),
    ]


def test_a_new_environment_is_new_in_all_its_parts(committed: Project) -> None:
    text = (committed.root / ENVIRONMENT).read_text("utf-8")
    committed.write("environments/test/environment.yaml", text.replace("name: dev ", "name: test "))
    app = (committed.root / CALL).read_text("utf-8").replace("20001001", "20009001")
    committed.write("environments/test/apps/video-call.yaml", app)
    document = compared(committed, "test")
    assert ("video-call", "mode", None, "auto", ["this-change"]) in changes(document)
    assert {"start-recording", "enabled-for-good"} <= {found["id"] for found in document["applications"][0]["findings"]}

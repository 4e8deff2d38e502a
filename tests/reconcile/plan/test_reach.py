"""The law of `plan --changed`: exactly the applications are named whose full plan says something else than at REF."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from provisioner.console.port import Capabilities, Observed, Shown
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import Plan, make_plan
from provisioner.reconcile.plan.reach import reach
from provisioner.recording.value_types import Value
from provisioner.specs.application_cache import ApplicationCache
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import Revision, revision
from provisioner.specs.workspace import SpecErrors, Workspace
from tests.days import LATER
from tests.profiles import examples
from tests.project import Project
from tests.reconcile.consoles import observed

_TEMPLATE = """\
apiVersion: recording/v1
kind: Template
name: %s
description: A template
%ssettings: {%s}
"""
_ENVIRONMENT = """\
apiVersion: recording/v1
kind: Environment
name: prod
tier: production
site: intl
region: ap-singapore
console: {driver: embedded}
settings: {storage: {vendor: vod, vod: {subAppId: 1500000001, retention: 90d}}}
"""
_APP = """\
apiVersion: recording/v1
kind: Application
name: app-%d
sdkAppId: %d
owner: "@acme/team-%d"
recording: {enabled: true, mode: auto, template: %s@v1, settings: {maxFileDuration: 2h}}
"""
_POLICY = """\
apiVersion: recording/v1
kind: Policy
name: split
description: Files are split
message: Files are split
severity: warn
allowWaiver: true
match: {owner: ["@acme/team-1"]}
require: app.settings.maxFileDuration <= duration("%s")
"""
_PREVIOUS = "require: app.settings.maxFileDuration >= base.settings.maxFileDuration"
_IDS = range(1, 7)
_PINS = ("plain", "plain", "child", "child", "other", "other")
ENVIRONMENT, APPS = "environments/prod/environment.yaml", "environments/prod/apps"


def written(root: Path) -> Project:
    project = Project(root)
    project.write(ENVIRONMENT, _ENVIRONMENT)
    mixed = "mixed: {maxUsers: 8, layout: {kind: grid}}"
    project.write("templates/plain/v1.yaml", _TEMPLATE % ("plain", "", f"formats: [mp4], maxIdleTime: 5s, {mixed}"))
    project.write("templates/child/v1.yaml", _TEMPLATE % ("child", "extends: plain@v1\n", "maxIdleTime: 6s"))
    project.write("templates/other/v1.yaml", _TEMPLATE % ("other", "", f"formats: [mp4], maxIdleTime: 7s, {mixed}"))
    for number in _IDS:
        project.write(f"{APPS}/app-{number}.yaml", _APP % (number, number, number % 3, _PINS[number - 1]))
    project.write("CODEOWNERS", "* @acme/team-0\n")
    project.write("policies/split.yaml", _POLICY % "3h")
    return project


def replaced(file: str, old: str, new: str) -> Callable[[Project], None]:
    """An edit that does nothing where another has taken its place."""

    def edit(project: Project) -> None:
        path = project.root / file
        if path.exists() and old in path.read_text("utf-8"):
            path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    edit.__name__ = f"{file}: {old.strip()} -> {new.strip()}"
    return edit


def renamed(project: Project) -> None:
    path = project.root / APPS / "app-2.yaml"
    if path.exists():
        project.write(f"{APPS}/moved.yaml", path.read_text("utf-8").replace("name: app-2", "name: moved"))
        path.unlink()


def removed(project: Project) -> None:
    (project.root / APPS / "app-3.yaml").unlink(missing_ok=True)


def added(project: Project) -> None:
    project.write(f"{APPS}/new.yaml", (_APP % (9, 9, 1, "other")).replace("app-9", "new"))


WAIVER = "waive: {policy-split: {reason: later, owner: '@acme/team-1', expires: 2999-01-01}}\n".replace(
    "2999-01-01", LATER
)
EDITS = [
    replaced(f"{APPS}/app-1.yaml", "maxFileDuration: 2h", "maxFileDuration: 4h"),
    replaced(f"{APPS}/app-1.yaml", "maxFileDuration: 2h", "maxFileDuration: 120m"),
    replaced(f"{APPS}/app-1.yaml", "apiVersion", "# a comment\napiVersion"),
    replaced(f"{APPS}/app-4.yaml", "apiVersion", WAIVER + "apiVersion"),
    replaced(f"{APPS}/app-5.yaml", "team-2", "team-1"),
    replaced(f"{APPS}/app-5.yaml", "other@v1", "child@v1"),
    replaced(f"{APPS}/app-6.yaml", "mode: auto", "mode: manual"),
    replaced("templates/plain/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 9s"),
    replaced("templates/plain/v1.yaml", "maxUsers: 8", "maxUsers: 7"),
    replaced("templates/plain/v1.yaml", "A template", "Another description"),
    replaced("templates/child/v1.yaml", "maxIdleTime: 6s", "maxIdleTime: 5s"),
    replaced(ENVIRONMENT, "retention: 90d", "retention: 30d"),
    replaced(ENVIRONMENT, "tier: production", "tier: staging"),
    replaced(ENVIRONMENT, "site: intl", "# the site\nlimits: {maxChanges: 1}\nminimumRetention: 100d\nsite: intl"),
    replaced(ENVIRONMENT, "name: prod", "name: prod\nhold: {reason: wait, since: 2026-01-01}"),
    replaced("CODEOWNERS", "* @acme/team-0", "# owners\n* @acme/team-1"),
    replaced("policies/split.yaml", '"3h"', '"1h"'),
    replaced("policies/split.yaml", "message: Files are split", "message: Files are split, all of them"),
    renamed,
    removed,
    added,
]


class Shows:
    """A console that holds what was wanted at the base, but that somebody edited one application."""

    label = "console"

    def __init__(self, base: Environment) -> None:
        self._held: dict[int, dict[str, Value]] = {app.sdk_app_id: dict(app.values) for app in base.applications}
        self._held[6]["/recording/settings/maxFileDuration"] = self._held[6]["/recording/settings/maxIdleTime"]
        self.read_ids: list[int] = []

    def capabilities(self) -> Capabilities:
        return Capabilities(lists=False)

    def list_applications(self) -> Any:
        raise AssertionError

    def read(self, sdk_app_id: int) -> Observed:
        self.read_ids.append(sdk_app_id)
        fields: dict[str, Shown] = dict(observed(self._held.get(sdk_app_id, {})).fields)
        return Observed(sdk_app_id, "", "new", fields)

    def write(self, *_: object) -> Any:
        raise AssertionError

    def close(self) -> None:
        pass


_SILENT = ("origin", "layer")


def said(entry: Any) -> Any:
    """An application's part of a plan without the places: where a value is written is no difference."""
    if isinstance(entry, dict):
        return {key: said(value) for key, value in entry.items() if key not in _SILENT}
    if isinstance(entry, list):
        return [said(value) for value in entry]
    return re.sub(r":\d+(:\d+)?", "", entry) if isinstance(entry, str) else entry


def entries(plan: Plan) -> dict[int, Any]:
    wanted = {entry.application.sdk_app_id: dict(entry.application.values) for entry in plan.applications}
    return {app["sdkAppId"]: (wanted[app["sdkAppId"]], said(app)) for app in document(plan)["applications"]}


def read(project: Project) -> tuple[Environment, Revision]:
    workspace = Workspace(project.root, cache=ApplicationCache())
    return workspace.environment("prod"), revision(workspace, "main", "prod")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = written(tmp_path_factory.mktemp("base"))
    project.commit()
    return project


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=3, unique=True))
def test_exactly_those_are_named_whose_plan_differs(base: Project, edits: list[Callable[[Project], None]]) -> None:
    before = Workspace(base.root).environment("prod")
    with TemporaryDirectory() as folder:
        (Path(folder) / ".git").symlink_to(base.root / ".git")
        project = written(Path(folder))
        for edit in edits:
            edit(project)
        try:
            environment, then = read(project)
        except SpecErrors:
            event("not valid")
            return
        found = reach(environment, then, project.root)
    now, past = (entries(make_plan(each, Shows(before), base=then)) for each in (environment, before))
    names = {app.sdk_app_id: app.name for app in environment.applications}
    assert found.everything == ""
    assert found.applications == {names[key] for key, entry in now.items() if entry != past.get(key)}
    assert {key for key in found.gone if isinstance(key, int)} == past.keys() - now.keys()
    console = Shows(before)
    plan = make_plan(environment, console, base=then, reach=found)
    assert {names[key] for key in console.read_ids} == found.applications
    assert entries(plan) == {key: entry for key, entry in now.items() if names[key] in found.applications}


def test_a_policy_that_only_a_plan_can_judge_reaches_whom_it_concerns(base: Project, tmp_path: Path) -> None:
    (tmp_path / ".git").symlink_to(base.root / ".git")
    project = written(tmp_path)
    text = (project.root / "policies/split.yaml").read_text("utf-8").partition("require:")[0]
    project.write("policies/split.yaml", f"{text}{_PREVIOUS}\n")
    environment, then = read(project)
    assert reach(environment, then, project.root).applications == {"app-1", "app-4"}


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (replaced(ENVIRONMENT, "region: ap-singapore", "region: ap-bangkok"), "which console is read"),
        (replaced(ENVIRONMENT, "site: intl", "site: cn"), "which console is read"),
    ],
)
def test_another_console_is_read_whole(
    base: Project, tmp_path: Path, edit: Callable[[Project], None], why: str
) -> None:
    (tmp_path / ".git").symlink_to(base.root / ".git")
    project = written(tmp_path)
    edit(project)
    environment, then = read(project)
    found = reach(environment, then, project.root)
    assert why in found.everything
    assert found.only is None

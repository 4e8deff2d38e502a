"""Every command that writes several files, killed at each of its writes: what is left is finished or undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.cli import attest, promote
from provisioner.specs.editing import migrations
from provisioner.specs.editing.migrations import Migration
from provisioner.specs.layout import WRITE_LOCK
from tests.killed import PLACING, killed
from tests.project import Project
from tests.promotion.support import CALL, DESK, NOON, open_gates, records, settings

STATE = (WRITE_LOCK, "console.sqlite")


def promotion(project: Project) -> list[str]:
    settings(project, CALL, "maxIdleTime: 20s")
    settings(project, DESK, "maxIdleTime: 30s")
    project.write("templates/call/v2.yaml", (project.root / "templates/call/v1.yaml").read_text().replace("2h", "3h"))
    project.edit(CALL, "call@v1", "call@v2")
    return ["promote", "dev", "prod"]


def rollback(project: Project) -> list[str]:
    project.run(*promotion(project))
    project.edit(CALL, "20s", "40s")
    project.edit(DESK, "30s", "50s")
    project.run("promote", "dev", "prod")
    return ["promote", "--to", records(project)[0], "--reason", "too late"]


def adoption(project: Project) -> list[str]:
    return ["adopt", "dev/classroom"]


def importing(project: Project) -> list[str]:
    for name in ("classroom", "support-desk", "video-call"):
        (project.root / f"environments/dev/apps/{name}.yaml").unlink()
    return ["import", "dev", "--owner", "@acme/calls", "--contract", "call@v1"]


def fixing(project: Project) -> list[str]:
    for file in (CALL, DESK):
        project.edit(file, "enabled: true", "enabled: yes")
    return ["validate", "--fix"]


def migrating(project: Project) -> list[str]:
    return ["migrate"]


def bumping(project: Project) -> list[str]:
    return ["template", "bump", "call", "--note", "Longer"]


def repinning(project: Project) -> list[str]:
    project.run(*bumping(project), "--set", "maxIdleTime=20s")
    return ["template", "repin", "call@v2", "dev", "prod"]


def locking(project: Project) -> list[str]:
    (project.root / "templates/templates.lock").unlink()
    return ["template", "lock"]


def new_environment(project: Project) -> list[str]:
    return ["new", "environment", "qa", "--tier", "staging", "--vod-sub-app-id", "1500000020"]


def attesting(project: Project) -> list[str]:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    return ["attest", "prod/video-call", "--yes", "--who", "Ann"]


def vendoring(project: Project) -> list[str]:
    text = (project.root / "templates/policies/idle-time.yaml").read_text()
    for name in ("one", "two"):
        project.write(f"rules/{name}.yaml", text.replace("name: idle-time", f"name: {name}"))
    head = "apiVersion: recording/v1\nkind: PolicySources\nsources:\n"
    project.write("policies/vendor/sources.yaml", f"{head}  acme: {{from: rules}}\n")
    project.run("policy", "vendor")
    (project.root / "rules/two.yaml").rename(project.root / "rules/three.yaml")
    project.edit("rules/three.yaml", "name: two", "name: three")
    return ["policy", "vendor"]


COMMANDS = (
    promotion,
    rollback,
    adoption,
    importing,
    fixing,
    migrating,
    bumping,
    repinning,
    locking,
    new_environment,
    attesting,
    vendoring,
)


def contents(root: Path) -> dict[str, bytes]:
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: file.read_bytes() for name, file in files.items() if not name.endswith(STATE)}


def put_back(root: Path, files: dict[str, bytes]) -> None:
    for name in contents(root).keys() - files.keys():
        (root / name).unlink()
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


@pytest.mark.parametrize("prepare", COMMANDS)
def test_a_kill_at_any_write_is_finished_or_undone(
    project: Project, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Project], list[str]]
) -> None:
    for module in (promote, attest):
        monkeypatch.setattr(module, "system_clock", lambda: NOON)
    open_gates(monkeypatch)
    older = Migration("recording/v1", "recording/v2", "a key moves", lambda text, _: f"{text}# moved\n")
    monkeypatch.setattr(migrations, "MIGRATIONS", (older,) if prepare is migrating else ())
    command = prepare(project)
    before = contents(project.root)
    ran = project.run(*command)
    assert ran.code == 0, ran.err + ran.out
    after = contents(project.root)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    last = 1 + len(changed & after.keys())  # the log, then every file that gets its name
    for step in sorted({1, 2, last}):
        put_back(project.root, before)
        assert killed(lambda: project.run(*command), step, PLACING)
        if step == last:
            assert ("REC007" in project.run("validate").out) is (step > 1)
        project.run(*command)
        assert contents(project.root) == after
    assert not killed(lambda: project.run(*command), last + 1, PLACING)

"""From an edit in dev to production, a hotfix, a conflict and back again, on the shipped environments in Git."""

from __future__ import annotations

import subprocess

import pytest

from tests.project import Project, Ran
from tests.promotion.support import CALL, PROD, PROD_CALL, Time, promoted, records, stand_still

SPEC = "/recording/settings/maxIdleTime"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    for key, value in {"NAME": "Ann", "EMAIL": "ann@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{key}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{key}", value)
    return stand_still(monkeypatch)


def git(project: Project, *arguments: str) -> str:
    command = ["git", "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=True).stdout.strip()


def committed(project: Project, message: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", message)


def done(ran: Ran) -> Ran:
    assert ran.code == 0, ran.out + ran.err
    return ran


def merged(project: Project, branch: str) -> None:
    git(project, "switch", "-q", "main")
    git(project, "merge", "-q", "--ff-only", branch)


def shown(project: Project, environment: str) -> object:
    """The idle time that the console holds for calls."""
    return project.json("console", "show", f"{environment}/video-call")["applications"][0]["settings"]["maxIdleTime"]


def test_from_dev_to_production_and_back(project: Project, time: Time) -> None:
    project.write(".gitignore", "/.provisioner/\n")
    project.edit(PROD, "site:", "gates: {soak: 24h, evidence: 1}\nsite:")
    git(project, "init", "-q", "-b", "main", ".")
    committed(project, "Begin")
    for environment in ("dev", "prod"):
        done(project.run("apply", environment, "--yes"))

    # An edit in dev, reviewed: a new version of the template, and what it changes.
    done(project.run("template", "bump", "call", "--note", "Stay longer", "--set", "maxIdleTime=20s"))
    project.edit(CALL, "call@v1", "call@v2")
    committed(project, "Calls try call@v2")
    changes = project.json("plan", "dev", "--base", "HEAD~1")["applications"][2]["changes"]
    assert [(change["path"], change["causes"]) for change in changes] == [(SPEC, ["this-change", "template"])]
    leaves = project.json("compare", "dev", "prod")["applications"][2]["leaves"]
    moving = [leaf["path"] for leaf in leaves if leaf["kind"] == "moves"]
    assert moving == ["/recording/template", SPEC]

    # Nothing is promoted that dev does not run, has not run for a day, or has not recorded by.
    assert promoted(project, "dev", "prod").err == "Refused; nothing was written: converged, soak, evidence.\n"
    done(project.run("apply", "dev", "--yes"))
    assert promoted(project, "dev", "prod").err == "Refused; nothing was written: soak, evidence.\n"
    time.wait(hours=24)
    assert promoted(project, "dev", "prod").err == "Refused; nothing was written: evidence.\n"
    done(project.run("console", "call", "dev/video-call", "--minutes", "5", "--play"))

    # Promotion on a branch, merged, applied.
    ran = done(promoted(project, "dev", "prod", "--branch", "promote/calls"))
    assert "Calls try call@\u2060v2" in ran.out
    assert "call@v2: sha256:" in (project.root / "templates/templates.lock").read_text()
    merged(project, "promote/calls")
    done(project.run("validate"))
    done(project.run("apply", "prod", "--yes"))
    assert project.run("compare", "dev", "prod", "--exit-code").code == 0
    assert done(promoted(project, "dev", "prod")).out.splitlines()[-1] == "dev -> prod: 0 to promote."

    # A hotfix in production outlives the next promotion.
    project.edit(PROD_CALL, "template: call@v2", "template: call@v2\n  settings: {maxFileDuration: 1h}")
    committed(project, "Hotfix: split files at an hour")
    done(project.run("apply", "prod", "--yes"))
    project.edit(CALL, "template: call@v2", "template: call@v2\n  settings: {maxIdleTime: 30s}")
    committed(project, "Calls wait 30 s")
    done(project.run("apply", "dev", "--yes"))
    done(project.run("console", "call", "dev/video-call", "--minutes", "5", "--play"))
    time.wait(hours=25)
    done(promoted(project, "dev", "prod", "--branch", "promote/idle"))
    merged(project, "promote/idle")
    text = (project.root / PROD_CALL).read_text()
    assert "maxFileDuration: 1h, maxIdleTime: 30s" in text
    done(project.run("apply", "prod", "--yes"))
    assert shown(project, "prod") == "30s"

    # Both change the same value: nothing moves until somebody decides.
    project.edit(PROD_CALL, "maxIdleTime: 30s", "maxIdleTime: 45s")
    project.edit(CALL, "maxIdleTime: 30s", "maxIdleTime: 50s")
    committed(project, "Two people, one value")
    ran = promoted(project, "dev", "prod")
    assert ran.code == 1
    assert "    maxIdleTime  50s  45s   30s" in ran.out.splitlines()

    # Back to the first promotion, which is held there.
    project.edit(PROD_CALL, "maxIdleTime: 45s", "maxIdleTime: 30s")
    committed(project, "Production takes its change back")
    ran = done(promoted(project, "--to", records(project)[0], "--reason", "calls are cut off", "--branch", "rollback"))
    assert "Roll video-call back in prod" in ran.out
    merged(project, "rollback")
    done(project.run("apply", "prod", "--yes"))
    assert shown(project, "prod") == "20s"
    assert done(promoted(project, "dev", "prod")).out.splitlines()[-1] == "dev -> prod: 0 to promote, 1 held."
    assert [record["restores"] for record in project.json("promotions", "prod") if "restores" in record] == [
        records(project)[0].split("/")[-1].removesuffix(".yaml")
    ]
    assert project.run("drift", "prod", "--exit-code").code == 0

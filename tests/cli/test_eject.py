"""Leaving: the archive says what remains, and going by it stops no recording and loses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.project import Project


@pytest.fixture
def leaving(project: Project) -> Project:
    for env in ("dev", "prod"):
        project.run("console", "seed", env, "--like", env)
    project.run("console", "edit", "dev/classroom", "maxIdleTime=30s")
    project.run("console", "edit", "dev/video-call", "maxIdleTime=9s")
    project.run("apply", "--yes", "dev/video-call")
    return project


def test_the_page_says_what_remains_and_what_stops(leaving: Project) -> None:
    ran = leaving.run("eject", "out")
    assert ran.code == 0
    assert ran.out == (leaving.root / "out/README.md").read_text()
    lines = ran.out.splitlines()
    assert (
        "- `classroom` (20001002): every room goes on being recorded automatically; the console differs from the spec "
        "in 1 setting, and what it holds is what remains" in lines
    )
    assert "- `support-desk` (20001003): rooms are recorded only where a backend starts it over REST" in lines
    assert "- Never managed: webinar-trial (20001004)." in lines
    assert "7. In this repository: `environments`, `templates`, `.provisioner`." in lines


def test_recordings_that_end_with_the_controller_are_told(leaving: Project) -> None:
    leaving.edit(
        "environments/dev/environment.yaml",
        "tier: development",
        "tier: development\ncontroller: {url: http://127.0.0.1:8000, tokenRef: env:A}",
    )
    ran = leaving.run("eject", "out", "dev")
    assert "- **Recording of `support-desk` in dev ends with the controller**" in ran.out, ran.err


def test_the_archive_holds_what_is_needed_and_no_secret(leaving: Project) -> None:
    leaving.run("eject", "out", "dev")
    out = leaving.root / "out"
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert found == [
        ".provisioner-output",
        "README.md",
        "dev/console.json",
        "dev/history.json",
        "dev/requests/support-desk.json",
        "dev/specs.yaml",
    ]
    assert (out / "dev/specs.yaml").read_text() == leaving.run("render", "dev").out
    shown = json.loads((out / "dev/console.json").read_text())["applications"]["classroom"]
    assert (shown["differs"], shown["recording"]["settings"]["maxIdleTime"]) == (["maxIdleTime"], "30s")
    assert [entry["event"] for entry in json.loads((out / "dev/history.json").read_text())] == [
        "begin",
        "equal",
        "write",
        "applied",
        "end",
    ]
    assert json.loads((out / "dev/requests/support-desk.json").read_text())["UserSig"] == "userSig(SDKSecretKey)"


def test_a_console_that_cannot_be_read_is_told(leaving: Project) -> None:
    (leaving.root / "environments/dev/embedded.yaml").unlink()
    ran = leaving.run("eject", "out", "dev")
    assert ran.code == 0
    assert "- **The console could not be read** (" in ran.out
    assert "- `video-call` (20001001): what the console holds is not known" in ran.out


def test_going_by_the_page_changes_no_console_and_coming_back_loses_nothing(leaving: Project) -> None:
    """The simulated console's file stands for the account: it is kept while everything else goes."""
    leaving.run("eject", "out")
    held = leaving.json("console", "show", "dev")
    writes = leaving.console("dev").accepted_writes()
    for path in ("environments/dev/apps", "templates", "policies", ".pulumi-state"):
        shutil.rmtree(leaving.root / path, ignore_errors=True)
    assert leaving.json("console", "show", "dev") == held
    assert leaving.console("dev").accepted_writes() == writes
    assert leaving.run("import", "dev", "--owner", "@acme/calls", "--app", "classroom").code == 0
    assert "maxIdleTime: 30s" in leaving.run("render", "dev/classroom").out
    assert leaving.json("plan", "dev")["totals"]["change"] == 0


def test_a_folder_of_others_is_left_alone_and_an_own_one_replaced(leaving: Project) -> None:
    theirs = leaving.root / "environments"
    before = sorted(theirs.rglob("*"))
    ran = leaving.run("eject", "environments")
    assert (ran.code, ran.out) == (1, "")
    assert "is no folder that this tool has written, so it is left alone" in ran.err
    assert sorted(theirs.rglob("*")) == before
    leaving.run("eject", "out", "prod")
    leaving.run("eject", "out", "dev")
    assert not (leaving.root / "out/prod").exists()
    assert not [path for path in leaving.root.iterdir() if path.name.startswith(".out")]


def test_what_cannot_be_written_is_an_error_with_its_place(leaving: Project) -> None:
    Path("file").touch()
    ran = leaving.run("eject", "file/out")
    assert ran.code == 1
    assert "file/out: cannot be written: " in ran.err

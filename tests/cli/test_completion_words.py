"""What a shell offers, in a real bash as well."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.cli.completion_words import COMMANDS, FILES, candidates
from provisioner.cli.main import COMPLETING, GROUPS
from tests.project import Project

GRAMMAR = json.loads(COMMANDS.read_text("utf-8"))
EVERYTHING = sorted(name for group in GROUPS.values() for name in group)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("", EVERYTHING),
        ("dri", ["drift"]),
        ("--ver", ["--verbose", "--version"]),
        ("plan ", ["dev", "prod"]),
        ("plan p", ["prod"]),
        ("plan dev prod/c", ["prod/classroom"]),
        ("plan --base main dev/v", ["dev/video-call"]),
        ("plan --format ht", ["html"]),
        ("plan --exit-code --bas", ["--base"]),
        ("explain ", ["dev/", "prod/"]),
        ("explain dev/video-call maxId", ["maxIdleTime"]),
        ("explain dev/video-call maxIdleTime ", []),
        ("adopt dev/video-call maxIdleTime recording.mo", ["recording.mode"]),
        ("promote de", ["dev"]),
        ("promote dev pr", ["prod"]),
        ("template ", ["bump", "lock", "status"]),
        ("template bump c", ["call@v1", "classroom@v1"]),
        ("new application dev/x --template call", ["call@v1"]),
        ("new ", ["application", "environment", "template"]),
        ("report ", [FILES]),
        ("docs glo", ["glossary"]),
        ("help vali", ["validate"]),
        ("nonsense ", []),
        ("-C ", [FILES]),
        ("plan ../../etc/", []),
    ],
)
def test_what_stands_there_is_offered(project: Project, line: str, offered: list[str]) -> None:
    found = candidates(line.split(" "), project.root, GRAMMAR)
    if line == "template ":
        assert set(offered) <= set(found)
    else:
        assert found == offered


def test_another_folder_is_looked_into(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert candidates(["-C", str(project.root), "plan", "d"], elsewhere, GRAMMAR) == ["dev"]
    assert candidates(["plan", "d"], elsewhere, GRAMMAR) == []


def test_names_that_a_shell_would_carry_out_are_not_offered(project: Project) -> None:
    for name in ("$(touch pwned)", "`x`", "a b", "A"):
        (project.root / "environments" / name).mkdir()
        (project.root / f"environments/dev/apps/{name}.yaml").touch()
    assert candidates(["plan", ""], project.root, GRAMMAR) == ["dev", "prod"]
    assert candidates(["plan", "dev/"], project.root, GRAMMAR) == [
        "dev/classroom",
        "dev/support-desk",
        "dev/video-call",
    ]


def bash(project: Project, line: str) -> list[str]:
    """What bash has in COMPREPLY after Tab behind `line`."""
    words = " ".join(f"'{word}'" for word in line.split(" "))
    script = (
        f'export PATH="{Path(sys.executable).parent}:$PATH"\n'
        'compopt() { :; }; eval "$(provisioner completion bash)"\n'
        f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _provisioner_completion\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ran = subprocess.run(["bash", "-c", script], cwd=project.root, capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_asks_and_shows(project: Project) -> None:
    assert bash(project, "provisioner plan prod/v") == ["prod/video-call"]


def test_an_answer_that_cannot_be_had_is_no_answer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETING, "1")
    ran = subprocess.run(
        [sys.executable, "-m", "provisioner", "plan", "d"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "dev\n", "")

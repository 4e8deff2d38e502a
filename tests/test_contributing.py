"""CONTRIBUTING.md: what it sends people to is there, and its commands are the Makefile's."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TABLE = PAGE.split("## Where a change goes")[1].split("\n## ")[0]
ROWS = [row.strip("| ").split(" | ") for row in re.findall(r"^\|.*\|$", TABLE, re.MULTILINE)][2:]


def test_the_table_has_each_kind_of_change() -> None:
    assert len(ROWS) == 17
    assert all(len(row) == 3 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_file_that_the_table_names_exists(row: list[str]) -> None:
    _, place, test = row
    named = [*re.findall(r"`([^`]+)`", place), *re.findall(r"`([^`]+)`", test)]
    assert len(named) >= 2
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert all(path.startswith("provisioner/") for path in re.findall(r"`([^`]+)`", place))


@pytest.mark.parametrize(("path", "piece"), re.findall(r"^   # (\S+)\n(.*?)^   ```$", PAGE, re.MULTILINE | re.DOTALL))
def test_the_worked_example_stands_in_the_tree(path: str, piece: str) -> None:
    text = [line.strip() for line in (ROOT / path).read_text("utf-8").splitlines()]
    wanted = [line.strip() for line in piece.splitlines()]
    assert any(text[start : start + len(wanted)] == wanted for start in range(len(text)))


def test_the_targets_it_names_are_the_makefiles() -> None:
    known = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    shown = "".join(re.findall(r"```sh\n.*?```|`[^`\n]+`", PAGE, re.DOTALL))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", shown, re.MULTILINE))
    assert {"docs", "lock", "one", "release", "test"} <= named <= known


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What make would run for `arguments`, without the flags and variables of the make that runs the tests."""
    inherited = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "GNUMAKEFLAGS", "ARGS", "T")
    surroundings = {name: value for name, value in os.environ.items() if name not in inherited}
    return subprocess.run(
        ["make", "--dry-run", *arguments], cwd=ROOT, env=surroundings, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["test", "ARGS=tests/reconcile -k intent"], "pytest tests/reconcile -k intent"),
        (["one", "T=tests/test_readme.py"], "pytest --exitfirst --capture no --verbose tests/test_readme.py"),
        (["test"], "python -m pytest -p tests.floors --numprocesses auto --dist worksteal "),
    ],
)
def test_one_test_runs_alone_and_no_argument_runs_everything(arguments: list[str], last: str) -> None:
    ran = make(*arguments)
    assert ran.stdout.rstrip("\n").splitlines()[-1].endswith(last)
    assert ("ruff check" in ran.stdout) == (arguments == ["test"])


def test_no_test_to_run_is_told() -> None:
    ran = make("one")
    assert (ran.returncode, "make one T=tests/..." in ran.stderr) == (2, True)

"""The floors of the safety core: a module below its floor fails `make test` with its figure and the missing lines."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.floors import CoreModule, safety_core, shortfall
from tests.mutants import WANTED

SOURCE = '''"""A module."""

import os


class Guard:
    """What it guards."""

    wanted = 1

    def check(self, amount):
        """Docstrings do not count."""
        if amount > 3:
            amount -= 1
            amount -= 2
        elif amount < 0:
            raise ValueError
        return amount
'''

GUARD = """\
from functools import cache


@cache
def check(amount):
    if amount > 3:
        return "much"
    if amount < 0:
        return "none"
    return "some"
"""


def test_every_module_and_every_test_of_the_table_is_there() -> None:
    for module in safety_core().values():
        assert module.file.is_file()
        assert [test for test in module.tests if not (ROOT / test).is_file()] == []
        assert 90 <= module.floor <= 100


def test_the_results_of_mutants_are_of_the_safety_core_and_enough() -> None:
    results = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))["results"]
    assert results.keys() <= safety_core().keys()
    assert [name for name, found in results.items() if 100 * found["killed"] < WANTED * found["of"]] == []


@pytest.mark.parametrize(
    ("missing", "floor", "told"),
    [
        ([], 100, ""),
        ([3, 6, 9, 11], 100, ""),  # outside of functions: importing runs them
        ([14, 15, 17], 50, ""),
        ([14, 15, 17], 51, "provisioner/guard.py: 50.0 % reached, 51 % wanted; not reached: 14-15, 17"),
    ],
)
def test_the_lines_of_functions_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: list[int], floor: int, told: str
) -> None:
    (tmp_path / "guard.py").write_text(SOURCE, "utf-8")
    monkeypatch.setattr("tests.floors.PACKAGE", tmp_path)
    statements = [3, 6, 9, 11, 13, 14, 15, 16, 17, 18]
    assert shortfall(CoreModule("guard", floor, ()), statements, missing) == told


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tree with one module in its safety core, whose test reaches one branch itself and one in a child process.

    The module remembers its answers, one of which another test has asked for before. Another child leaves half of what
    it measured.
    """
    for name in ("tests/floors.py", "tests/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "provisioner").mkdir()
    (tmp_path / "provisioner/__init__.py").touch()
    (tmp_path / "provisioner/guard.py").write_text(GUARD)
    child = "from provisioner.guard import check; check(9)"
    (tmp_path / "tests/test_guard.py").write_text(
        "import os, pathlib, subprocess, sys\nfrom provisioner.guard import check\n\n\ndef test_it():\n"
        "    pathlib.Path(os.environ['COVERAGE_PROCESS_START']).with_name('data.half.1').write_text('SQLi')\n"
        f"    assert check(1) == 'some'\n    subprocess.run([sys.executable, '-c', '{child}'], check=True)\n"
    )
    (tmp_path / "tests/test_before.py").write_text(
        "from provisioner.guard import check\n\n\ndef test_it():\n    assert check(1) == 'some'\n"
    )
    (tmp_path / "tests/test_other.py").write_text(
        "from provisioner.guard import check\n\n\ndef test_it():\n    assert check(-1) == 'none'\n"
    )
    return tmp_path


@pytest.mark.parametrize(("floor", "code", "workers"), [(80, 0, "0"), (81, 1, "2")])
def test_only_a_modules_own_tests_and_their_children_count(copy: Path, floor: int, code: int, workers: str) -> None:
    table = f'[modules."guard"]\nfloor = {floor}\ntests = ["tests/test_guard.py"]\n'
    (copy / "tests/safety_core.toml").write_text(table)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.floors",
        "-p",
        "xdist",
        "-q",
        "-W",
        "error",
        "-n",
        workers,
        "tests",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COVERAGE"))}
    clean["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # no other plugin has to be loaded
    ran = subprocess.run(
        command, cwd=copy, env={**clean, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    told = "provisioner/guard.py: 80.0 % reached, 81 % wanted; not reached: 9\n"
    assert (told in ran.stdout) == bool(code)

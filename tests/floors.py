"""`pytest -p tests.floors`: what share of the safety core its own tests reach, child processes included.

tests/safety_core.toml names the modules, their tests and their floors. Only while one of those tests runs does
coverage.py trace, so that the rest of the suite pays nothing. Lines outside of functions run when a module is
imported, whatever tests do: they do not count.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
import tempfile
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "provisioner"

_CONFIGURATION = """\
[run]
include =
    {included}
data_file = {folder}/data
parallel = true
sigterm = true
patch = _exit
disable_warnings = no-data-collected
"""


@dataclass(frozen=True, slots=True)
class CoreModule:
    """A module of the safety core: the tests that are to hold it, and the percent of its lines they have to reach."""

    name: str
    floor: int
    tests: tuple[str, ...]

    @property
    def file(self) -> Path:
        """Its source."""
        return PACKAGE / f"{self.name}.py"


def safety_core() -> Mapping[str, CoreModule]:
    """The table by the modules' names, such as `reconcile/plan/seal`."""
    modules = tomllib.loads((ROOT / "tests/safety_core.toml").read_text("utf-8"))["modules"]
    return {name: CoreModule(name, entry["floor"], tuple(entry["tests"])) for name, entry in modules.items()}


def shortfall(module: CoreModule, statements: list[int], missing: list[int]) -> str:
    """A line that says by how much a module misses its floor, and which lines are not reached; empty if it does not."""
    inside = _inside_functions(module.file.read_text("utf-8"))
    counted, missed = inside.intersection(statements), sorted(inside.intersection(missing))
    reached = 100 * (len(counted) - len(missed)) / len(counted) if counted else 100
    if reached >= module.floor:
        return ""
    lines = _ranges(missed)
    return f"provisioner/{module.name}.py: {reached:.1f} % reached, {module.floor} % wanted; not reached: {lines}"


def _inside_functions(source: str) -> set[int]:
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    return {line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}


def _ranges(lines: list[int]) -> str:
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


class Floors:
    """Measures in a process that runs tests; the process that started them all judges."""

    def __init__(self, folder: Path, *, judges: bool) -> None:
        self._folder = folder
        self._judges = judges
        self._core = safety_core()
        self._tests = {ROOT / test for module in self._core.values() for test in module.tests}
        self._configuration = folder / "coveragerc"
        if judges:
            included = "\n    ".join(str(module.file) for module in self._core.values())
            self._configuration.write_text(_CONFIGURATION.format(included=included, folder=folder), "utf-8")
        self._measured = coverage.Coverage(config_file=str(self._configuration))
        self._told: list[str] = []
        self._remembers = True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Traces while a test of the safety core runs, here and in the processes that it starts."""
        if item.path not in self._tests:
            self._remembers = True
            return (yield)
        if self._remembers:
            self._remembers = False
            self._forget()
        os.environ["COVERAGE_PROCESS_START"] = str(self._configuration)
        self._measured.start()
        try:
            return (yield)
        finally:
            self._measured.stop()
            del os.environ["COVERAGE_PROCESS_START"]

    def _forget(self) -> None:
        """Empty the core's caches: what another test's call left there, a test of the core would not reach."""
        for name in self._core:
            module = sys.modules.get(f"provisioner.{name.replace('/', '.')}")
            for function in vars(module).values() if module else ():
                if hasattr(function, "cache_clear"):
                    function.cache_clear()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stores what was measured; judges it after a run in which all tests passed."""
        self._measured.save()
        if not self._judges:
            return
        if session.exitstatus == pytest.ExitCode.OK:
            self._told = self._judged()
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if self._told else session.exitstatus
        shutil.rmtree(self._folder)

    def _judged(self) -> list[str]:
        combined = coverage.Coverage(config_file=str(self._configuration))
        with warnings.catch_warnings():  # a process that a test killed may leave half a file, which is passed over
            warnings.simplefilter("ignore", coverage.exceptions.CoverageWarning)
            combined.combine([str(self._folder)])
        found = []
        for module in self._core.values():
            _, statements, _, missing, _ = combined.analysis2(str(module.file))
            found.append(shortfall(module, statements, missing))
        return [line for line in found if line]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says which modules are below their floors."""
        if self._told:
            terminalreporter.section("below the floor of tests/safety_core.toml", red=True)
            terminalreporter.write("".join(f"{line}\n" for line in self._told))


def pytest_configure(config: pytest.Config) -> None:
    """One folder for all workers: the process that starts them makes it."""
    worker = getattr(config, "workerinput", None)
    folder = Path(worker["floors"] if worker else tempfile.mkdtemp(prefix="floors-"))
    config.stash[_FOLDER] = folder
    config.pluginmanager.register(Floors(folder, judges=worker is None), "floors of the safety core")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """pytest-xdist: tells a worker the folder."""
    node.workerinput["floors"] = str(node.config.stash[_FOLDER])  # type: ignore[attr-defined]


_FOLDER = pytest.StashKey[Path]()

"""`python -m tests.mutants [MODULE…]`: which changes of the safety core no test notices.

mutmut works in a copy of the tree, `.mutants/`, one module at a time, with the tests that tests/safety_core.toml names.
Prints a line a module and each survivor; exit code 1 where fewer than 95 % of the mutants that count were killed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.floors import safety_core

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".mutants"
WANTED = 95
"""Percent of the mutants that count which some test has to kill."""

_CONFIGURATION = """
[tool.mutmut]
source_paths = ["provisioner"]
only_mutate = ["provisioner/{module}.py"]
also_copy = {copied}
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
track_dependencies = false
"""
_DIFFS = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
print(json.dumps({name: get_diff_for_mutant(name, path=sys.argv[1]) for name in json.load(sys.stdin)}))
"""
_SENTENCE = re.compile(r"""(f?"[^"]* [^"]*"|f?'[^']* [^']*')""")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the line as it is, the line as it would be, and what became of it."""

    name: str
    line: str
    mutant: str
    killed: bool = False

    @property
    def wording(self) -> bool:
        """Whether only words of a sentence change."""
        plain = (_SENTENCE.sub('""', text) for text in (self.line, self.mutant))
        return self.line != self.mutant and len(set(plain)) == 1


def main(wanted: list[str]) -> int:
    """The exit code."""
    listed = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))
    equivalents = {(entry["line"], entry["mutant"]) for entry in listed["equivalent"]}
    killed = counted = 0
    core = safety_core()
    for module in wanted or core:
        found = mutants_of(module, [*core[module].tests])
        survivors = [one for one in found if not one.killed and (one.line, one.mutant) not in equivalents]
        same = sum(not one.killed for one in found) - len(survivors)
        killed, counted = killed + sum(one.killed for one in found), counted + len(found) - same
        print(f"{module}: {len(found) - same - len(survivors)} of {len(found) - same} killed, {same} equivalent")
        for one in survivors:
            print(f"  survived {one.name}\n    - {one.line}\n    + {one.mutant}", flush=True)
    share = 100 * killed / counted if counted else 100
    print(f"{killed} of {counted} killed: {share:.1f} %, wanted {WANTED} %")
    return int(share < WANTED)


def mutants_of(module: str, tests: list[str]) -> list[Mutant]:
    """Makes and tries the mutants of one module that count."""
    folder = WORK / module.replace("/", "-")
    shutil.rmtree(folder, ignore_errors=True)
    tracked = _run(ROOT, "git", "ls-files", "-z").split("\0")
    for file in filter(None, tracked):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)
            shutil.copymode(ROOT / file, folder / file)
    beside = sorted({file.partition("/")[0] for file in tracked} - {"provisioner", "tests", "pyproject.toml", ""})
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(_CONFIGURATION.format(module=module, copied=json.dumps(beside), tests=json.dumps(tests)))
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    _run(
        folder, mutmut, "run", "--max-children", "1", "no.such.mutant"
    )  # makes them, and learns which test reaches what
    made = [one for one in _made(folder, module) if not one.wording]
    _run(folder, mutmut, "run", "--max-children", "1", *(one.name for one in made))
    ended = _meta(folder, module)
    if untried := sum(ended[one.name] is None for one in made):
        raise SystemExit(f"{module}: {untried} mutants were not tried; mutmut says why in {folder}")
    return [Mutant(one.name, one.line, one.mutant, ended[one.name] not in (0, 33)) for one in made]


def _made(folder: Path, module: str) -> list[Mutant]:
    names = json.dumps([*_meta(folder, module)])
    command = [sys.executable, "-c", _DIFFS, f"provisioner/{module}.py"]
    ran = subprocess.run(command, cwd=folder, input=names, capture_output=True, text=True, check=True)
    found = []
    for name, diff in json.loads(ran.stdout).items():
        changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        was, now = (" ".join(line[1:].strip() for line in changed if line[0] == side) for side in "-+")
        found.append(Mutant(name, was, now))
    return found


def _meta(folder: Path, module: str) -> dict[str, Any]:
    """Exit codes of the tests by mutant; None where none ran, 33 where no test reaches it."""
    document = json.loads((folder / f"mutants/provisioner/{module}.py.meta").read_text("utf-8"))
    codes: dict[str, Any] = document["exit_code_by_key"]
    return codes


def _run(folder: Path, *command: str) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

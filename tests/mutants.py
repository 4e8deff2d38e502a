"""`python -m tests.mutants [MODULE[:FUNCTION]…]`: which changes of the safety core no test notices.

mutmut makes the mutants of a module in a copy of the tree, `.mutants/`; `tests/mutant_run.py` tries them there with the
tests that tests/safety_core.toml names. `reconcile/plan/seal:load` takes one function. `--quick` asks only tests of up
to 0.3 s: most mutants fall to them. What was killed is remembered as long as the module stays as it is: a run goes on
where the last one stopped (`--minutes N`), and tries survivors once more; `--anew` forgets. Mutants of mere wording and
those that tests/mutants.toml lists as equivalent are not tried.

Prints a line a module and each survivor; exit code 1 where fewer than 95 % of the mutants that count were killed, or
where some were not tried before the minutes ended.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents

from tests.floors import CoreModule, safety_core
from tests.mutant_run import KILLED, SURVIVED, WORK_FILE, Work
from tests.profiles import MUTANTS

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".mutants"
WANTED = 95
"""Percent of the mutants that count which some test has to kill."""

_QUICK = 0.3
_SENTENCE = re.compile(r"""(f?"[^"]* [^"]*"|f?'[^']* [^']*')""")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its name for mutmut, the line as it is, and the line as it would be."""

    name: str
    line: str
    mutant: str

    @property
    def function(self) -> str:
        """What it changes: `load`, or `_Lease.renew`."""
        mangled = self.name.rpartition("__mutmut_")[0]  # x_load, xǁ_Leaseǁrenew
        return mangled[2:].replace("ǁ", ".")

    @property
    def wording(self) -> bool:
        """Whether only words of a sentence change."""
        plain = (_SENTENCE.sub('""', text) for text in (self.line, self.mutant))
        return self.line != self.mutant and len(set(plain)) == 1


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Mutants that behave as the code does: the line as it is and as it would be, in one function or in any."""

    line: str
    mutant: str
    function: str | None = None

    def means(self, one: Mutant) -> bool:
        """Whether a mutant is one of these."""
        return (one.line, one.mutant) == (self.line, self.mutant) and self.function in (None, one.function)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a module's mutants that count."""

    killed: int
    survivors: Sequence[Mutant]
    untried: int
    equivalent: int

    @property
    def total(self) -> int:
        """How many count."""
        return self.killed + len(self.survivors) + self.untried


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make mutants", description="Try changes of the safety core on its tests.")
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE[:FUNCTION]", help="of tests/safety_core.toml; all of them"
    )
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no mutant later than that")
    parser.add_argument("--anew", action="store_true", help="forget what former runs killed")
    parser.add_argument("--quick", action="store_true", help=f"ask only the tests that take up to {_QUICK} s")
    options = parser.parse_args(arguments)
    until = time.monotonic() + 60 * options.minutes
    core = safety_core()
    if unknown := {name.partition(":")[0] for name in options.modules} - core.keys():
        parser.error(f"{', '.join(sorted(unknown))}: no module of tests/safety_core.toml")
    results, slowest = [], _QUICK if options.quick else 3600
    for wanted in options.modules or core:
        name, _, function = wanted.partition(":")
        results.append(tried(core[name], function, until, anew=options.anew, slowest=slowest))
    killed, total = sum(found.killed for found in results), sum(found.total for found in results)
    share = 100 * killed / total if total else 100
    print(f"{killed} of {total} killed: {share:.1f} %, wanted {WANTED} %")
    return int(share < WANTED)


def tried(module: CoreModule, function: str, until: float, *, anew: bool, slowest: float) -> Found:
    """Tries the mutants of one module that are not known to be killed, says what it found, and remembers it."""
    source = module.file.read_text("utf-8")
    tests = [ROOT / test for test in module.tests]
    folder = WORK / module.name.replace("/", "-")
    memory = WORK / f"{folder.name}.{_digest(source)}.txt"
    if anew:
        memory.unlink(missing_ok=True)
    code, made = mutated(source)
    counting = [one for one in made if not one.wording and function in ("", one.function)]
    listed = equivalents(module.name)
    if stale := [entry for entry in listed if not any(map(entry.means, made))]:
        raise SystemExit(f"{module.name}: tests/mutants.toml lists what is no mutant: {stale}")
    different = [one for one in counting if not any(entry.means(one) for entry in listed)]
    before = _verdicts(memory)
    rest = [one for one in different if before.get(one.name) != KILLED]
    began = time.monotonic()
    if rest:
        _copy(folder)
        (folder / "provisioner" / f"{module.name}.py").write_text(code, "utf-8")
        dotted = f"provisioner.{module.name.replace('/', '.')}"
        learned = WORK / f"{folder.name}.{_digest(source, *(file.read_text('utf-8') for file in tests))}.json"
        names = [one.name for one in rest]
        _run(folder, module, Work(dotted, names, str(memory), str(learned), until - began, slowest))
    verdicts = _verdicts(memory)
    killed, survivors, untried = (
        [one for one in different if verdicts.get(one.name) == verdict] for verdict in (KILLED, SURVIVED, None)
    )
    found = Found(len(killed), survivors, len(untried), len(counting) - len(different))
    _say(module.name, function, found, time.monotonic() - began)
    return found


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _verdicts(memory: Path) -> dict[str, str]:
    """What became of each mutant when it was tried last, by name."""
    lines = memory.read_text("utf-8").splitlines() if memory.exists() else []
    return {name: verdict for verdict, _, name in (line.partition(" ") for line in lines)}


def _say(name: str, function: str, found: Found, seconds: float) -> None:
    for one in found.survivors:
        print(f"  survived {one.name}\n    - {one.line}\n    + {one.mutant}")
    if found.untried:
        print(f"  {found.untried} not tried yet: run it again")
    told = f"{{ killed = {found.killed}, of = {found.total}, equivalent = {found.equivalent} }}"
    print(f'"{name}{":" if function else ""}{function}" = {told}  # {seconds:.0f} s', flush=True)


def equivalents(module: str) -> list[Equivalent]:
    """What tests/mutants.toml lists of a module."""
    listed = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))["equivalent"]
    return [
        Equivalent(entry["line"], entry["mutant"], entry.get("function"))
        for entry in listed
        if entry["module"] == module
    ]


def mutated(source: str) -> tuple[str, list[Mutant]]:
    """A module's source with every mutant in it beside the original, and what each of them changes."""
    file = mutate_file_contents("module.py", source)
    lines = file.code.splitlines()
    functions = {
        node.name: lines[node.lineno : node.end_lineno]
        for node in ast.walk(ast.parse(file.code))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and "__mutmut_" in node.name
    }
    found = []
    for name in file.mutant_names:
        original = functions[f"{name.rpartition('__mutmut_')[0]}__mutmut_orig"]
        found.append(Mutant(name, *_changed(original, functions[name])))
    return file.code, found


def _changed(one: list[str], other: list[str]) -> tuple[str, str]:
    """The lines in which two texts differ, of each as one."""
    same = 0
    while one[same : same + 1] == other[same : same + 1] != []:
        same += 1
    end = 0
    while end < min(len(one), len(other)) - same and one[-1 - end] == other[-1 - end]:
        end += 1
    was, now = (" ".join(map(str.strip, text[same : len(text) - end])) for text in (one, other))
    return was, now


def _copy(folder: Path) -> None:
    """The tree as it is, without what Git ignores."""
    shutil.rmtree(folder, ignore_errors=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for file in filter(None, listed.split("\0")):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)
            shutil.copymode(ROOT / file, folder / file)


def _run(folder: Path, module: CoreModule, work: Work) -> None:
    """Has pytest try mutants in the copy, which leads the path of child processes, too."""
    (folder / WORK_FILE).write_text(work.document(), "utf-8")
    plugins = ["-p", "tests.mutant_run", "-p", "no:cacheprovider", "-p", "no:xdist"]
    silent = ["--assert=plain", "--tb=native", "--show-capture=no"]  # nobody reads why a test failed
    options = [*plugins, *silent, f"--hypothesis-profile={MUTANTS}"]
    command = [sys.executable, "-m", "pytest", *options, *module.tests]
    with (folder / "pytest.log").open("w", encoding="utf-8") as log:
        ran = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ran.returncode:
        raise SystemExit(f"{module.name}: its tests fail without a mutant, too; {folder}/pytest.log says how")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

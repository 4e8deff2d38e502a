"""The house rules that no linter knows: names are used once, and what one place does no other does its own way."""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "provisioner"


@functools.cache
def modules() -> Mapping[str, ast.Module]:
    """Every module of the package by its path."""
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}


SAME_MODULE_NAME = {
    "forge/*/adapter.py": "one a forge, behind the same port",
    "forge/*/job.py": "one a forge, behind the same port",
    "forge/*/authors.py": "one a forge, behind the same port",
    "forge/*/settings.py": "one a forge, behind the same port",
}
"""Modules of one room with one name, and why; every other name stands once in its room."""

WRITTEN_BY_THE_PACKAGE = "provider/arguments.py"
"""Typed dictionaries of the Pulumi inputs, generated: their names are those of the spec's blocks."""

MAY_START_PROCESSES = {
    "foundation/git.py": "git, for everybody",
    "foundation/ssh_signature.py": "ssh-keygen, which signs and verifies",
    "provider/cli_install.py": "pip, into the engine's own environment",
    "provider/language_host/__main__.py": "the Pulumi program, for the engine",
    "provider/local_run.py": "the pulumi engine",
}

MAY_WRITE_ATOMICALLY = {
    "cli/init.py": "what stands around specs: a run that was cut off is repeated",
    "cli/output_file.py": "a result, where the user wants it",
    "reconcile/apply/lock.py": "the note beside the lock",
    "reconcile/apply/state.py": "what the last look found",
    "simulator/tls.py": "a certificate",
}
"""Everybody else writes specs, all files or none (specs/editing/transaction.py), or generates a page of ours."""

SHELLS = ("os.system", "os.popen", "os.execvp", "os.spawnvp", "os.posix_spawn")


def public_classes() -> Mapping[str, list[str]]:
    """The modules that define each public class."""
    found = defaultdict(list)
    for path, module in modules().items():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and path != WRITTEN_BY_THE_PACKAGE:
                found[node.name].append(path)
    return found


def doubled_modules() -> Iterator[tuple[str, str]]:
    rooms = defaultdict(list)
    for path in map(Path, modules()):
        if len(path.parts) > 1 and not path.stem.startswith("__"):
            rooms[path.parts[0], path.stem].append(path)
    for paths in rooms.values():
        yield from ((str(one), str(other)) for one, other in combinations(sorted(paths), 2))


def test_no_two_modules_of_a_room_have_one_name() -> None:
    def excused(pair: tuple[str, str]) -> bool:
        return any(all(Path(path).match(pattern) for path in pair) for pattern in SAME_MODULE_NAME)

    assert [pair for pair in doubled_modules() if not excused(pair)] == []


def test_no_two_public_classes_have_one_name() -> None:
    assert {name: paths for name, paths in public_classes().items() if len(paths) > 1} == {}


def test_only_these_modules_start_processes() -> None:
    starts = {
        path
        for path, module in modules().items()
        for node in ast.walk(module)
        if (isinstance(node, ast.Import) and any(alias.name.startswith("subprocess") for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "subprocess")
        or (
            isinstance(node, ast.Attribute)
            and ast.unparse(node) in ("os.system", "os.popen", "os.execvp", "os.spawnvp")
        )
    }
    assert starts == set(MAY_START_PROCESSES)
    for path in starts - {"foundation/git.py"}:
        words = [node.value for node in ast.walk(modules()[path]) if isinstance(node, ast.Constant)]
        assert "git" not in words, f"{path}: git is started by foundation/git.py"


def test_modules_and_functions_stay_short() -> None:
    """At most 400 lines a module and 60 a function, docstring and signature included."""
    lengths = {path: module.body[-1].end_lineno or 0 for path, module in modules().items() if module.body}
    assert [path for path, length in lengths.items() if length > 400] == [WRITTEN_BY_THE_PACKAGE]
    functions = [
        (path, node.name)
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert functions == []


PATHS = ("environments/", ".provisioner/", "templates/templates.lock")


def test_paths_of_a_project_are_built_in_one_place() -> None:
    """A string that begins like a path of the project and goes on with a value builds one."""
    built = [
        (path, ast.unparse(node))
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and str(node.values[0].value).startswith(PATHS)
    ]
    assert built == []


def test_every_exception_is_still_needed() -> None:
    pairs = list(doubled_modules())
    unused = [
        pattern
        for pattern in SAME_MODULE_NAME
        if not any(all(Path(path).match(pattern) for path in pair) for pair in pairs)
    ]
    assert unused == []


def test_specs_are_written_by_transactions() -> None:
    """Generators of pages write the repository's own files, when a developer runs them."""
    writers = {
        path
        for path, module in modules().items()
        if any(isinstance(node, ast.Name) and node.id == "write_atomically" for node in ast.walk(module))
        and "__main__" not in ast.unparse(module)
    }
    assert writers == set(MAY_WRITE_ATOMICALLY)

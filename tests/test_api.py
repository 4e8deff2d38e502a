"""The public API: what it declares is there, documented and typed, and the examples import nothing else."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner import api
from tests.conftest import ROOT
from tests.project import Project

PAGE = (ROOT / "docs/api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def imported(source: str) -> dict[str, set[str]]:
    """What a piece of Python takes from this package: names by module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "provisioner":
            found.setdefault(node.module, set()).update(alias.asname or alias.name for alias in node.names)
        if isinstance(node, ast.Import):
            found.update({alias.name: set() for alias in node.names if alias.name.split(".")[0] == "provisioner"})
    return found


def published() -> list[tuple[str, str]]:
    """Python that other people are shown: the examples, and every block of the pages."""
    files = sorted((ROOT / "examples").rglob("*.py"))
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
    shown = [(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in files]
    for page in pages:
        blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        shown += [(f"{page.relative_to(ROOT).as_posix()} block {number}", text) for number, text in enumerate(blocks)]
    return shown


def test_what_is_declared_for_type_checkers_is_what_is_loaded() -> None:
    declared = imported(inspect.getsource(api))
    assert set().union(*declared.values()) == set(api.__all__) == set(api._HOME) == set(dir(api))
    assert {module for module, _ in api._HOME.values()} == set(declared)


@pytest.mark.parametrize("name", api.__all__)
def test_a_public_name_loads_and_says_what_it_is(name: str) -> None:
    thing = getattr(api, name)
    assert inspect.getdoc(thing)
    assert not (inspect.isclass(thing) and vars(thing).get("__doc__", "").startswith(f"{name}(")), "no words of its own"
    if inspect.isfunction(thing):
        unknown = inspect.Parameter.empty
        signature = inspect.signature(thing)
        assert signature.return_annotation is not unknown
        assert all(parameter.annotation is not unknown for parameter in signature.parameters.values())


def test_anything_else_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"provisioner\.api has no 'Applier'"):
        api.Applier  # noqa: B018


@pytest.mark.parametrize(("where", "source"), [pytest.param(*entry, id=entry[0]) for entry in published()])
def test_examples_and_pages_import_the_public_api_and_nothing_else(where: str, source: str) -> None:
    assert set(imported(source)) <= {"provisioner.api"}
    assert set().union(*imported(source).values()) <= set(api.__all__)


def test_the_page_names_everything_and_nothing_more() -> None:
    tables = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", " ".join(tables))) | {"run"}
    assert named == set(api.__all__)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_pages_code_runs(block: str, project: Project) -> None:
    exec(compile(block, "docs/api.md", "exec"), {"__name__": "example"})


def test_a_rule_loads_neither_pulumi_nor_a_server(tmp_path: Path) -> None:
    code = "import sys; from provisioner.api import Application, Rule, Severity, each; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=tmp_path).split()
    assert not {"pulumi", "starlette", "uvicorn", "click"} & set(loaded)

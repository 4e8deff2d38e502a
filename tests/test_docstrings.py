"""Ruff asks for docstrings; where it is told not to, every method keeps a protocol that says what it is for."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROTOCOLS = (
    "provisioner/console/port.py",
    "provisioner/controller/store/port.py",
    "provisioner/forge/port.py",
    "provisioner/recording/value_types.py",
    "provisioner/recording/wire.py",
    "provisioner/simulator/param_schema.py",
)
RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
EXEMPT = [
    file
    for pattern, rules in RUFF["per-file-ignores"].items()
    if "D102" in rules and pattern not in ("bench/*", "provisioner/provider/servicer.py")
    for alternative in (pattern.replace("{value_types,wire}", name) for name in ("value_types", "wire"))
    for file in sorted(ROOT.glob(alternative))
    if file.suffix == ".py"
]


def methods(file: Path) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef]]:
    """Public methods of public classes."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for entry in node.body:
                if isinstance(entry, ast.FunctionDef) and not entry.name.startswith("_"):
                    yield node, entry


def promised() -> set[str]:
    """Methods that some protocol or abstract class documents."""
    return {
        method.name
        for path in PROTOCOLS
        for owner, method in methods(ROOT / path)
        if any(ast.unparse(base) in ("Protocol", "ABC") for base in owner.bases) and ast.get_docstring(method)
    }


@pytest.mark.parametrize("file", dict.fromkeys(EXEMPT), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_method_without_words_keeps_a_protocol(file: Path) -> None:
    silent = {method.name for _, method in methods(file) if not ast.get_docstring(method)}
    assert silent - promised() == set()


def test_names_have_docstrings_everywhere_else() -> None:
    assert "D1" in RUFF["select"]
    assert [rule for rule in RUFF["ignore"] if rule.startswith("D")] == ["D105", "D107"]

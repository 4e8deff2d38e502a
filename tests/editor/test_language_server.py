"""The JSON Schemas in yaml-language-server, which VS Code, Neovim, Emacs and others run: what an author sees.

npm install --prefix SOMEWHERE yaml-language-server
YAML_LANGUAGE_SERVER=SOMEWHERE/node_modules/.bin/yaml-language-server .venv/bin/pytest -s tests/editor
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

import pytest

from provisioner.specs.discovery import SpecFile, spec_files
from provisioner.specs.schema import checking
from tests.conftest import ROOT
from tests.editor.language_server import LanguageServer, find_server

KINDS = ("application", "environment", "template", "embedded")
MEMBER = "a"
"""A name for the members of a collection."""


class Key(NamedTuple):
    """A key of a schema: `path` from the root, what stands there, and whether keys stand below it."""

    path: tuple[str, ...]
    schema: dict[str, Any]
    block: bool

    @property
    def about(self) -> str:
        return str(self.schema.get("description", ""))


def keys(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key of a schema in document order; a collection has one member."""
    members = [schema["additionalProperties"]] if isinstance(schema.get("additionalProperties"), dict) else []
    members += schema.get("patternProperties", {}).values()
    for name, child in [*schema.get("properties", {}).items(), *((MEMBER, member) for member in members[:1])]:
        below = list(keys(child, (*path, name)))
        yield Key((*path, name), child, bool(below))
        yield from below


_NUMBERS = count()


def fresh() -> str:
    """A place that no document has had."""
    return f"environments/dev/apps/{next(_NUMBERS)}.yaml"


def header(kind: str) -> str:
    return f"# yaml-language-server: $schema={(ROOT / f'provisioner/specs/schema/{kind}.json').as_uri()}\n"


def complete_document(kind: str) -> str:
    """A document in which every key stands, one a line."""
    rows = (f"{'  ' * (len(key.path) - 1)}{key.path[-1]}:{'' if key.block else ' null'}\n" for key in found(kind))
    return header(kind) + "".join(rows)


def found(kind: str) -> list[Key]:
    return list(keys(checking.schema(kind)))


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    command, reason = find_server()
    if command is None:
        print(f"skipped: {reason}")
        pytest.skip(reason)
    running = LanguageServer(command, ROOT)
    yield running
    running.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_hover_text(server: LanguageServer, kind: str) -> None:
    uri = server.open(fresh(), complete_document(kind))
    silent = [
        ".".join(key.path)
        for line, key in enumerate(found(kind), start=1)
        if key.path[-1] != MEMBER and not tells(server.hover(uri, line, 2 * len(key.path) - 1), key.about)
    ]
    server.close(uri)
    leaves = [key for key in found(kind) if not key.block]
    print(f"\n{kind}: hover texts on {len(found(kind)) - len(silent)} of {len(found(kind))} keys, {len(leaves)} leaves")
    assert silent == []


def tells(shown: str, about: str) -> bool:
    """Whether a hover or a completion shows a text; blanks and escapes are the server's."""
    return bool(about) and squeezed(about) in squeezed(re.sub(r"\\(.)", r"\1", shown))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("&nbsp;", ""))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_offered_with_its_text_where_it_may_stand(server: LanguageServer, kind: str) -> None:
    wanted: dict[tuple[str, ...], list[Key]] = {}
    for key in found(kind):
        wanted.setdefault(key.path[:-1], []).append(key)
    missing = []
    for block, inside in wanted.items():
        members = [key for key in inside if key.path[-1] != MEMBER]
        there = offered(server, kind, block)
        for key in members:
            # Where a block takes one key only, the server waits for its first letter.
            told = there.get(key.path[-1]) or offered(server, kind, block, key.path[-1][0]).get(key.path[-1], "")
            if not tells(told, key.about):
                missing.append(".".join(key.path))
    print(f"\n{kind}: completion offers {len(found(kind)) - len(missing)} of {len(found(kind))} keys")
    assert missing == []


def offered(server: LanguageServer, kind: str, block: tuple[str, ...], typed: str = "") -> dict[str, str]:
    """What completion offers in a block that holds nothing else, after the letters `typed`."""
    rows = "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(block))
    uri = server.open(fresh(), f"{header(kind)}{rows}{'  ' * len(block)}{typed}\n")
    answer = server.completion(uri, len(block) + 1, 2 * len(block) + len(typed))
    server.close(uri)
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_is_offered_as_a_value(server: LanguageServer, kind: str) -> None:
    words = 0
    for key in found(kind):
        if choices := {word for word in key.schema.get("enum", ()) if word}:
            rows = "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(key.path[:-1]))
            last = f"{'  ' * (len(key.path) - 1)}{key.path[-1]}: "
            uri = server.open(fresh(), f"{header(kind)}{rows}{last}\n")
            assert choices <= set(server.completion(uri, len(key.path), len(last))), key.path
            server.close(uri)
            words += len(choices)
    print(f"\n{kind}: completion offers all {words} words")


@pytest.mark.parametrize("file", spec_files(ROOT), ids=lambda file: file.path)
def test_shipped_files_are_right_in_an_editor(server: LanguageServer, file: SpecFile) -> None:
    uri = server.open(file.path, (ROOT / file.path).read_text("utf-8"))
    assert server.diagnostics(uri) == []
    server.close(uri)


def test_a_wrong_file_is_wrong_at_its_place(server: LanguageServer) -> None:
    path = "environments/dev/apps/video-call.yaml"
    text = (ROOT / path).read_text("utf-8").replace("mode: auto", "mode: automatic").replace("owner:", "ownr:")
    uri = server.open("environments/dev/apps/broken.yaml", text)
    diagnostics = server.diagnostics(uri)
    server.close(uri)
    assert [(line, column) for line, column, message in diagnostics if "ownr" in message] == [(5, 0)]
    assert [(line, column) for line, column, message in diagnostics if '"auto"' in message] == [(8, 8)]

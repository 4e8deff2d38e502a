"""Whatever stands in a file: a value, or reasons with their places; no other exception, in bounded time and memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS
from provisioner.recording.findings import Finding
from provisioner.specs.workspace import SpecErrors, Workspace
from provisioner.specs.yaml.reader import MAX_BYTES, MAX_FINDINGS, Malformed, Node, read
from tests.conftest import ROOT
from tests.profiles import examples

FILES = (
    "environments/dev/environment.yaml",
    "environments/dev/embedded.yaml",
    "environments/dev/apps/video-call.yaml",
    "environments/prod/environment.yaml",
    "templates/call/v1.yaml",
    "templates/templates.lock",
)

KEYS = sorted({part for path in FIELDS for part in path.split("/")[1:]} | {"apiVersion", "kind", "settings", "extends"})
SCALARS = st.sampled_from(
    [
        *("true", "false", "null", "~", "yes", "on", "0", "8", "-1", "010", "1e999", ".5", "8.0", "8.5", "9" * 20),
        *("5s", "90d", "forever", "auto", "grid", "mp4", "call@v1", "recording/v1", "Template", "é", "🎥"),
        *(
            "*a",
            "&a",
            "!x",
            "'x",
            '"\\ud800"',
            '"\\0"',
            '"\\x85"',
            "@a",
            "#",
            ",",
            "]",
            "}",
            "-",
            "?",
            ":",
            "|",
            ">",
            "%",
        ),
    ]
)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
WORDS = SCALARS | TEXTS | st.sampled_from(KEYS)


def _flow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    mapping = st.lists(st.tuples(st.sampled_from(KEYS) | WORDS, inner), max_size=5)
    return st.lists(inner, max_size=5).map(lambda items: f"[{', '.join(items)}]") | mapping.map(
        lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
    )


NEARLY_SPECS = st.lists(
    st.tuples(st.sampled_from(KEYS) | WORDS, st.recursive(WORDS, _flow, max_leaves=12)), max_size=8
).map(lambda pairs: "".join(f"{key}: {value}\n" for key, value in pairs).encode())
YAMLISH = st.text(alphabet="ab1:-? {}[]&*!|>'\"\n\r\t#,%@`0~.\\", max_size=120).map(str.encode)
BYTES = st.binary(max_size=300) | YAMLISH | NEARLY_SPECS | TEXTS.map(str.encode)


def positioned(findings: list[Finding]) -> bool:
    return all(found.where and found.where.line > 0 and found.where.column > 0 for found in findings)


def leaves(node: Node) -> Iterator[object]:
    value = node.value
    if isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            yield from leaves(child)
    else:
        yield value


@given(BYTES)
@settings(max_examples=examples(150))
def test_any_bytes_are_a_document_or_positioned_reasons(data: bytes) -> None:
    with suppress(Malformed):
        for value in leaves(read(data, "a.yaml")):
            assert value is None or isinstance(value, (str, int, float))
            assert not isinstance(value, float) or not value.is_integer()
        return
    with pytest.raises(Malformed) as caught:
        read(data, "a.yaml")
    findings = caught.value.findings
    assert findings
    assert positioned(findings)
    last = data.count(b"\n") + 2  # what is missing at the end is told in the line after it
    assert all(found.where and found.where.line <= last for found in findings)
    assert all("\n" not in str(found) for found in findings)


@pytest.fixture(scope="module")
def shipped() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("environments", "templates"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        yield Path(folder)


@given(st.sampled_from(FILES), BYTES)
@example("templates/templates.lock", b"templates: {call@v1: 1}")
@example("environments/dev/environment.yaml", b"minimumRetention")
@settings(max_examples=examples(25))
def test_any_bytes_in_any_file_are_valid_specs_or_positioned_reasons(shipped: Path, file: str, data: bytes) -> None:
    content = (shipped / file).read_bytes()
    try:
        (shipped / file).write_bytes(data)
        _check(shipped)
    finally:
        (shipped / file).write_bytes(content)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, bytes]:
    """One of the shipped files with a word of it replaced: wrong in one place only, so that much is still read."""
    file = draw(st.sampled_from(FILES))
    words = (ROOT / file).read_text("utf-8").split(" ")
    words[draw(st.integers(0, len(words) - 1))] = draw(st.recursive(WORDS, _flow, max_leaves=6))
    return file, " ".join(words).encode()


@given(edits())
@settings(max_examples=examples(25))
def test_one_wrong_word_is_valid_or_told_at_its_place(shipped: Path, edit: tuple[str, bytes]) -> None:
    file, data = edit
    content = (shipped / file).read_bytes()
    try:
        (shipped / file).write_bytes(data)
        _check(shipped)
    finally:
        (shipped / file).write_bytes(content)


def _check(folder: Path) -> None:
    environments, findings = Workspace(folder).validate()
    assert positioned(findings)
    stopped = {found.environment for found in findings if found.stops}
    assert not stopped & {environment.name for environment in environments}
    for name in ("dev", "prod"):
        with suppress(SpecErrors):
            applications = Workspace(folder).environment(name).applications
            assert [app.name for app in applications] == ["classroom", "support-desk", "video-call"]


BOMBS = {
    "aliases": b"\n".join(
        [b"x0: &x0 [1, 1]"] + [b"x%d: &x%d [*x%d, *x%d]" % (n, n, n - 1, n - 1) for n in range(1, 5_000)]
    ),
    "anchors": b"".join(b"- &a%d x\n" % n for n in range(50_000)),
    "lists in lists": b"[" * 100_000,
    "blocks in blocks": b"".join(b" " * n + b"a:\n" for n in range(1_000)),
    "dashes": b"- " * 100_000,
    "questions": b"? " * 100_000,
    "a list": b"[" + b"a," * 300_000 + b"]",
    "a long key": b"k" * MAX_BYTES,
    "a long word": b'"' + b"w" * (MAX_BYTES - 10) + b'": 1',
    "a long value": b"name: " + b"v" * (MAX_BYTES - 10),
    "unknown keys": b"".join(b"k%d: 1\n" % n for n in range(60_000)),
    "equal keys": b"k: 1\n" * 60_000,
    "wrong words": b"- ~\n" * 200_000,
    "ambiguous words": b"a: [" + b"on," * 900 + b"]",
    "quotes": b"'" * 100_000,
    "comments": b"#\n" * 500_000,
    "empty documents": b"---\n" * 100_000,
    "entries of a field": b"settings: {formats: [" + b"[]," * 999 + b"]}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_in_a_page(shipped: Path, name: str) -> None:
    file = shipped / "templates/call/v1.yaml"
    content = file.read_bytes()
    try:
        file.write_bytes(BOMBS[name])
        findings = [found for found in Workspace(shipped).validate()[1] if found.stops]
    finally:
        file.write_bytes(content)
    assert 0 < len(findings) <= MAX_FINDINGS + 1
    assert all(len(str(found)) < 1_000 for found in findings)


_LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
from contextlib import suppress
from tests.specs.test_fuzz import BOMBS
from provisioner.specs.schema import checking
from provisioner.specs.yaml.reader import Malformed, read
for data in BOMBS.values():
    with suppress(Malformed):
        node = read(data, "a.yaml")
        for kind in ("application", "environment"):
            with suppress(Malformed):
                checking.check(node, kind, "a.yaml")
"""


def test_bombs_go_off_within_bounds_of_time_and_memory() -> None:
    ran = subprocess.run([sys.executable, "-c", _LIMITED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")

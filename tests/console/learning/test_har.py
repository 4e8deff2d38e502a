"""Reading HAR: the same entries whatever the pieces, bounded whatever the file."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.console.learning import har
from provisioner.console.learning.har import Capture, entries, raw_entries
from provisioner.foundation.errors import ProvisionerError

CALL = {"request": {"url": "https://x.example/cgi/capi?i=trtc/X"}}
TEXTS = st.text(st.sampled_from('ab"\\{}[]:,\n é'), max_size=12)
TREES = st.recursive(
    TEXTS | st.integers(-9, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


def read(path: Path) -> tuple[list[Any], Capture]:
    capture = Capture(path.name)
    return [None if raw is None else json.loads(raw) for raw in raw_entries(path, capture)], capture


@given(st.lists(st.dictionaries(TEXTS, TREES, max_size=3), max_size=5), st.integers(1, 40), st.booleans())
def test_pieces_of_any_size_give_the_same_entries(
    tmp_path_factory: pytest.TempPathFactory, many: list[dict[str, Any]], size: int, ascii_only: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "law.har"
    document = {"log": {"pages": [{"entries": 1}], "entries": many, "comment": "x"}}
    path.write_text(json.dumps(document, ensure_ascii=ascii_only), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(har, "_CHUNK", size)
        found, capture = read(path)
    assert (found, capture.entries) == (many, len(many))


def test_a_compressed_file_is_read_and_its_digest_is_the_files(tmp_path: Path) -> None:
    path = tmp_path / "a.har.gz"
    path.write_bytes(gzip.compress(json.dumps({"log": {"entries": [CALL]}}).encode()))
    found, capture = read(path)
    assert found == [CALL]
    import hashlib

    assert capture.digest == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_an_entry_that_is_too_large_is_passed_over_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(har, "LARGEST_ENTRY", 1 << 16)
    monkeypatch.setattr(har, "_CHUNK", 1 << 12)
    path = tmp_path / "a.har"
    with path.open("w") as file:
        file.write('{"log": {"entries": [' + json.dumps(CALL) + ', {"a": "')
        for _ in range(400):
            file.write('\\"{' * 2730)
        file.write('"}, ' + json.dumps(CALL) + ', {"b": [' + "0," * 200_000 + "0]}, " + json.dumps(CALL) + "]}}")
    assert path.stat().st_size > 3_000_000
    tracemalloc.start()
    found, capture = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [CALL, None, CALL, None, CALL]
    assert capture.passed_over == 2
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "this is no HAR"),
        ("{}", "this is no HAR"),
        ("<html>", "this is no HAR"),
        ('{"entries": 3}', "this is no HAR"),
    ],
)
def test_what_is_no_har_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "a.har"
    path.write_text(text)
    with pytest.raises(ProvisionerError, match=told):
        read(path)


def test_a_file_that_is_not_there_or_no_gzip_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProvisionerError, match="No such file"):
        read(tmp_path / "gone.har")
    path = tmp_path / "a.har"
    path.write_bytes(b"\x1f\x8b" + b"x" * 50)
    with pytest.raises(ProvisionerError, match="cannot be read"):
        read(path)


def test_a_file_that_ends_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text('{"log": {"entries": [' + json.dumps(CALL) + ', {"request": {"ur')
    found, capture = read(path)
    assert found == [CALL]
    assert capture.notes == ["the file ends in the middle: what comes before was read"]


@pytest.mark.parametrize(
    "broken", ['{"url": "/cgi/capi", "a": tru}', '{"a": "/cgi/capi", ' + '"b": [' * 3000 + "]" * 3000 + "}"]
)
def test_a_broken_entry_is_counted_and_the_others_are_read(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "a.har"
    path.write_text('{"log": {"entries": [' + broken + "," + json.dumps(CALL) + "]}}")
    capture = Capture("a.har")
    assert [number for number, _ in entries(path, capture)] == [1]
    assert capture.broken == 1

from __future__ import annotations

import pytest
from hypothesis import given

from provisioner.specs.yaml.canonical import dump, flow, scalar
from provisioner.specs.yaml.reader import read
from tests.values import json_documents


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10s", "10s"),
        ("44.1kHz", "44.1kHz"),
        ("call@v1", "call@v1"),
        ("https://example.com/a", "https://example.com/a"),
        ("env:REC_KEY", "env:REC_KEY"),
        ("two words", "two words"),
        ("@acme/live", '"@acme/live"'),
        ("#000000", '"#000000"'),
        ("yes", '"yes"'),
        ("Off", '"Off"'),
        ("010", '"010"'),
        ("0x1F", '"0x1F"'),
        ("1:30", '"1:30"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a ", '"a "'),
        ("", '""'),
        ("a\nb\x85\u202e", '"a\\nb\\u0085\\u202e"'),
        (True, "true"),
        (None, "null"),
        (8, "8"),
    ],
)
def test_words_that_some_reader_takes_for_something_else_are_quoted(value: str | bool | None, expected: str) -> None:
    assert scalar(value) == expected


def test_blocks_are_indented_and_lists_stay_on_their_line() -> None:
    document = {"a": {"b": {"c": ["mp4", "hls"]}, "d": {}}, "e": []}
    assert dump(document) == "a:\n  b:\n    c: [mp4, hls]\n  d: {}\ne: []\n"
    assert flow(document) == "{a: {b: {c: [mp4, hls]}, d: {}}, e: []}"


@given(json_documents())
def test_what_is_written_is_read_back(document: object) -> None:
    assert read(dump(document).encode(), "a.yaml").plain() == document
    assert read(flow(document).encode(), "a.yaml").plain() == document

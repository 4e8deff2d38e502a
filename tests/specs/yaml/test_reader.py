from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.findings import Finding
from provisioner.specs.yaml.reader import MAX_BYTES, MAX_FINDINGS, Malformed, read


def malformed(data: bytes) -> list[Finding]:
    with pytest.raises(Malformed) as caught:
        read(data, "a.yaml")
    return caught.value.findings


def reasons(data: bytes) -> list[str]:
    return [str(finding) for finding in malformed(data)]


def test_reads_json_types_with_their_places() -> None:
    node = read(b'a: 1\nb: {c: [x, "yes", 1.5, true, null]}\n', "a.yaml")
    assert node.plain() == {"a": 1, "b": {"c": ["x", "yes", 1.5, True, None]}}
    assert str(node.value["b"].value["c"].value[2].at("a.yaml")) == "a.yaml:2:19"
    assert str(node.value["b"].value["c"].key_at("a.yaml")) == "a.yaml:2:5"


@pytest.mark.parametrize("text", ["2026-01-31", "1:30:00", "10s", "call@v1", "#000000x"[1:], "1.2.3", "0s"])
def test_what_json_does_not_know_stays_text(text: str) -> None:
    assert read(f"a: {text}".encode(), "a.yaml").plain() == {"a": text}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "a.yaml:1:1: REC001 is empty; `provisioner new` writes a document to start from"),
        (b"a: \xff", "a.yaml:1:4: REC002 is not UTF-8 (byte 0xff); save it as UTF-8"),
        ("a: 1".encode("utf-16"), "a.yaml:1:1: REC002 looks like UTF-16; save it as UTF-8"),
        (b"\xef\xbb\xbfa: 1", "a.yaml:1:1: REC002 holds a byte order mark; remove it"),
        (b"a: 1\nb: x\x00", "a.yaml:2:5: REC002 holds the control character U+0000; remove it"),
        ("a: é\nb: x\u2028c: y".encode(), "a.yaml:2:5: REC002 holds the control character U+2028; remove it"),
        ("owner: a\u202eb".encode(), "a.yaml:1:9: REC002 holds the control character U+202E; remove it"),
        (b"a: 1\rb: 2", "a.yaml:1:5: REC002 holds the control character U+000D; remove it"),
        (b"a: " + b"[" * 33 + b"]" * 33, "a.yaml:1:35: REC002 nests deeper than 32 levels"),
        (b"a: [" + b"1," * 1001 + b"]", "a.yaml:1:4: REC002 has more than 1000 entries"),
    ],
)
def test_refuses_with_the_place_and_what_to_write(data: bytes, expected: str) -> None:
    assert reasons(data) == [expected]  # what can be seen in a text stands in messages.txt


def test_windows_line_ends_are_read_as_line_ends() -> None:
    node = read(b"a: 1\r\nb: x\r\n", "a.yaml")
    assert node.plain() == {"a": 1, "b": "x"}
    assert str(node.below("b").key_at("a.yaml")) == "a.yaml:2:1"


@pytest.mark.parametrize("text", ["01", "-01", "1_0", "+1", "0o7", "0xF", "0b1", ".5", "1.", "-.5", "1e3", "1.5e+3"])
def test_a_number_that_tools_read_differently_is_refused(text: str) -> None:
    number = "is a number that tools read differently; write plain decimal digits, or quote it as text"
    assert reasons(f"a: {text}".encode()) == [f"a.yaml:1:4: REC005 {number}"]
    assert read(f'a: "{text}"'.encode(), "a.yaml").plain() == {"a": text}


@pytest.mark.parametrize("text", ["8.0", "-8.00", "0.0"])
def test_a_whole_number_is_never_a_float(text: str) -> None:
    assert "write it without them" in reasons(f"a: {text}".encode())[0]


@pytest.mark.parametrize("text", ["--", ".", "..", "+", "-a", ".a", "1-2", "1.2.3", "1:2", "0s", "nan", "e1", "_1"])
def test_what_only_begins_like_a_number_is_text(text: str) -> None:
    assert read(f"a: {text}".encode(), "a.yaml").plain() == {"a": text}


def test_all_reasons_of_a_document_come_at_once() -> None:
    assert len(reasons(b"a: yes\nb: 010\na: 1\nc: !x z\n")) == 4


@pytest.mark.parametrize("opener", [b"[", b"{a: ", b"- ", b"? "])
def test_deep_nesting_is_an_error_not_a_crash(opener: bytes) -> None:
    assert "REC002 nests deeper than 32 levels" in reasons(opener * 50_000)[0]


def test_a_large_document_is_refused() -> None:
    assert reasons(b"a: 1\n" * MAX_BYTES) == ["a.yaml:1:1: REC002 is larger than 1024 KiB; a spec is a page of text"]


def test_a_flood_of_reasons_is_cut() -> None:
    found = reasons(b"- ~\n" * 500)
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1] == "a.yaml:1:1: REC002 has more than 100 errors; the rest is not shown"


def test_an_alias_bomb_does_not_go_off() -> None:
    lines = [b"x0: &x0 [1, 1]"] + [b"x%d: &x%d [*x%d, *x%d]" % (n, n, n - 1, n - 1) for n in range(1, 60)]
    found = reasons(b"\n".join(lines))
    assert found[0] == "a.yaml:1:5: REC004 is repeated by an alias; write it out, or move it into a template"
    assert len(found) <= MAX_FINDINGS + 1


@given(st.binary(max_size=200) | st.text(alphabet="ab:-? {}[]&*!|>'\"\n#,%@`0~", max_size=60).map(str.encode))
def test_any_bytes_give_a_value_or_positioned_reasons(data: bytes) -> None:
    with suppress(Malformed):
        read(data, "a.yaml").plain()
        return
    places = [finding.where for finding in malformed(data)]
    assert places
    assert all(where and where.line > 0 and where.column > 0 for where in places)

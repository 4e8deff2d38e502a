from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.findings import Finding
from provisioner.specs.reader import MAX_BYTES, Malformed, read


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
        (
            b"a: yes",
            'a.yaml:1:4: REC005 "yes" is read differently by different tools; write true, or "yes" for the word',
        ),
        (
            b"a: Off",
            'a.yaml:1:4: REC005 "Off" is read differently by different tools; write false, or "Off" for the word',
        ),
        (b"a: ~", 'a.yaml:1:4: REC005 "~" is read differently by different tools; write null'),
        (
            b"a: 010",
            'a.yaml:1:4: REC005 "010" is read differently by different tools; write a decimal number, or quote it',
        ),
        (
            b"a: 0x1F",
            'a.yaml:1:4: REC005 "0x1F" is read differently by different tools; write a decimal number, or quote it',
        ),
        (
            b"a: 1_000",
            'a.yaml:1:4: REC005 "1_000" is read differently by different tools; write a decimal number, or quote it',
        ),
        (
            b"a: .inf",
            'a.yaml:1:4: REC005 ".inf" is read differently by different tools; write a decimal number, or quote it',
        ),
        (b"a:\nb: 1", "a.yaml:1:3: REC005 has no value; write one, or null to delete what a weaker file set"),
        (b"a: 1\na: 2", 'a.yaml:2:1: REC003 the key "a" stands already in line 1'),
        (b"a: !int 1", "a.yaml:1:4: REC004 has the tag !int; write the plain value"),
        (b"a: &x [1]\nb: *x", "a.yaml:1:4: REC004 is repeated by an alias; write it out, or move it into a template"),
        (b"<<: {a: 1}", "a.yaml:1:1: REC004 merges with <<; settings shared by files belong into a template"),
        (b"? [a]\n: 1", "a.yaml:1:3: REC004 is a key that is no plain word"),
        (b"a: [1", "a.yaml:2:1: REC001 is no YAML: did not find expected ',' or ']'"),
        (b"", "a.yaml:1:1: REC001 is empty; `provisioner new` writes a document to start from"),
        (
            b"a: 1\n---\nb: 2",
            "a.yaml:2:1: REC001 is no YAML: a file holds one document; put the second into a file of its own",
        ),
        (b"a: \xff", "a.yaml:1:4: REC002 is not UTF-8 (byte 0xff); save it as UTF-8"),
        (b"\xef\xbb\xbfa: 1", "a.yaml:1:1: REC002 holds a byte order mark; remove it"),
        (b"a: 1\nb: x\x00", "a.yaml:2:5: REC002 holds the control character U+0000; remove it"),
        (b"a: " + b"[" * 40, "a.yaml:1:35: REC002 nests deeper than 32 levels"),
    ],
)
def test_refuses_with_the_place_and_what_to_write(data: bytes, expected: str) -> None:
    assert expected in reasons(data)


def test_all_reasons_of_a_document_come_at_once() -> None:
    assert len(reasons(b"a: yes\nb: 010\na: 1\nc: !x z\n")) == 4


@pytest.mark.parametrize("opener", [b"[", b"{a: ", b"- ", b"? "])
def test_deep_nesting_is_an_error_not_a_crash(opener: bytes) -> None:
    assert "REC002 nests deeper than 32 levels" in reasons(opener * 50_000)[0]


def test_a_large_file_is_refused_unread() -> None:
    assert reasons(b"a: 1\n" * MAX_BYTES) == ["a.yaml:1:1: REC002 is larger than 1024 KiB; a spec is a page of text"]


@given(st.binary(max_size=200) | st.text(alphabet="ab:-? {}[]&*!|>'\"\n#,%@`0~", max_size=60).map(str.encode))
def test_any_bytes_give_a_value_or_positioned_reasons(data: bytes) -> None:
    with suppress(Malformed):
        read(data, "a.yaml").plain()
        return
    places = [finding.where for finding in malformed(data)]
    assert places
    assert all(where and where.line > 0 and where.column > 0 for where in places)

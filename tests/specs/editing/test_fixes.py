from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.specs.editing.fixes import fix
from tests.conftest import ROOT

FILE = "environments/dev/apps/a.yaml"
SPEC = """\
apiVersion: recording/v1
kind: Application
name: a
sdkAppId: 20001001      # the id
owner: "@acme/calls"
recording:
  enabled: true  # on
  mode: auto
  settings:
    maxIdleTime: 5s
    single: {merge: false}
    storage: {cos: {bucket: files, prefix: a}}
"""


def repaired(old: str, new: str) -> tuple[str, list[str]]:
    """The line that `new`, written in the place of `old`, becomes, and what was said of it."""
    assert SPEC.count(old) == 1
    data, fixes = fix(SPEC.replace(old, new).encode(), "application", FILE)
    line = SPEC[: SPEC.index(old)].count("\n")
    return data.decode().split("\n")[line].strip(), [str(entry) for entry in fixes]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("enabled: true", "enabled: yes", "enabled: true  # on", "7:12: yes -> true"),
        ("enabled: true", "enabled: TRUE", "enabled: true  # on", "7:12: TRUE -> true"),
        ("enabled: true", 'enabled: "true"', "enabled: true  # on", '7:12: "true" -> true'),
        ("merge: false", "merge: off", "single: {merge: false}", "11:21: off -> false"),
        ("merge: false", "merge: ~", "single: {merge: null}", "11:21: ~ -> null"),
        ("20001001", '"20001001"', "sdkAppId: 20001001      # the id", '4:11: "20001001" -> 20001001'),
        ("20001001", "20_001_001", "sdkAppId: 20001001      # the id", "4:11: 20_001_001 -> 20001001"),
        ("mode: auto", "mode: Auto", "mode: auto", "8:9: Auto -> auto"),
        ("kind: Application", "kind: application", "kind: Application", "2:7: application -> Application"),
        ("5s", "5 s", "maxIdleTime: 5s", "10:18: 5 s -> 5s"),
        ("maxIdleTime", "max_idle_time", "maxIdleTime: 5s", "10:5: key max_idle_time -> maxIdleTime"),
        ("sdkAppId", "SDKAppId", "sdkAppId: 20001001      # the id", "4:1: key SDKAppId -> sdkAppId"),
        ("prefix: a", "prefix: 010", 'storage: {cos: {bucket: files, prefix: "010"}}', '12:44: 010 -> "010"'),
        ("prefix: a", "prefix: 2024", 'storage: {cos: {bucket: files, prefix: "2024"}}', '12:44: 2024 -> "2024"'),
        ("mode: auto", "mode: auto\n  mode: auto", "mode: auto", "9:3: key mode twice with the same value -> once"),
    ],
)
def test_what_has_one_answer_is_repaired(old: str, new: str, line: str, said: str) -> None:
    assert repaired(old, new) == (line, [f"{FILE}:{said}"])


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("maxIdleTime: 5s", "maxIdleTime: 5", "seconds or minutes"),
        ("maxIdleTime", "maxIdelTime", "it only looks like maxIdleTime"),
        ("prefix: a", "prefix: off", "no prefix, or one called off"),
        ('owner: "@acme/calls"', "owner: ~", "nobody, or somebody called ~"),
        ("20001001", "010", "eight or ten"),
        ("20001001", "~", "an id cannot be deleted"),
        ("mode: auto", "mode: on", "auto, or that recording is on"),
        ("mode: auto", "mode: automatic", "it only looks like auto"),
        ("mode: auto", "mode: auto\n  mode: manual", "either of the two"),
        ("mode: auto", "mode: auto\n  Mode: auto", "the right key stands there too"),
        ("mode: auto", "mode:", "auto or manual"),
        ("name: a\n", "name: b\n", "the file or the name"),
        ("mode: auto", "mode: auto\n---\na: 1", "two documents"),
        ("mode: auto", "mode: [auto", "no YAML"),
        ("mode: auto", "mode: !x auto", "whatever !x does"),
    ],
)
def test_what_has_several_answers_is_left_alone(old: str, new: str, why: str) -> None:
    data = SPEC.replace(old, new).encode()
    assert fix(data, "application", FILE) == (data, []), why


def test_a_repeated_key_leaves_the_comment_beside_it() -> None:
    data, _ = fix(SPEC.replace("  mode: auto\n", "  mode: auto\n  mode: auto   # why\n").encode(), "application", FILE)
    assert data.decode() == SPEC.replace("  mode: auto\n", "  mode: auto\n  # why\n")


@pytest.mark.parametrize(
    ("tail", "left"),
    [("---\n", ""), ("---", ""), ("--- # the end\n", "# the end\n"), ("---\n\n# said below\n", "\n# said below\n")],
)
def test_a_marker_at_the_end_goes_and_comments_stay(tail: str, left: str) -> None:
    data, fixes = fix((SPEC + tail).encode(), "application", FILE)
    assert data.decode() == SPEC + left
    assert [str(entry) for entry in fixes] == [f"{FILE}:13:1: document marker at the end -> none"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_goes(encoding: str) -> None:
    data, fixes = fix(SPEC.encode(encoding), "application", FILE)
    assert data.decode("utf-8") == SPEC
    assert len(fixes) == 1


@pytest.mark.parametrize(
    "text",
    [
        SPEC.replace("enabled: true", "enabled: &x yes").replace("merge: false", "merge: *x"),
        "recording: &a {settings: *a}",
        "&x Kind: Application",
    ],
)
def test_anchors_are_not_ours_to_resolve(text: str) -> None:
    assert fix(text.encode(), "application", FILE) == (text.encode(), [])


def test_several_repairs_touch_nothing_else() -> None:
    text = SPEC.replace("true", "Yes").replace("auto", "AUTO").replace("5s", "5  s").replace("\n", "\r\n")
    data, fixes = fix(text.encode(), "application", FILE)
    assert data.decode() == SPEC.replace("\n", "\r\n")
    assert len(fixes) == 3


@pytest.mark.parametrize("path", sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("templates/*/*.yaml")))
def test_a_valid_document_is_left_alone(path: str) -> None:
    data = (ROOT / path).read_bytes()
    assert fix(data, "template", path) == (data, [])


@given(st.binary(max_size=200) | st.text(alphabet="aA:-? {}[]&*!|>'\"\n#,%@`0~_", max_size=60).map(str.encode))
def test_any_bytes_are_left_alone_or_repaired(data: bytes) -> None:
    once, fixes = fix(data, "application", FILE)
    assert (once == data) == (not fixes)


@pytest.mark.parametrize("opener", [b"[", b"{a: ", b"- ", b"? ", b"\xef\xbb\xbf["])
def test_deep_nesting_is_left_alone(opener: bytes) -> None:
    assert fix(opener * 50_000, "application", FILE) == (opener * 50_000, [])
    assert fix(opener * 50_000 + b"\n---\n", "application", FILE)[1] == []


WORDS = st.sampled_from(
    [
        "yes",
        "Off",
        "~",
        "null",
        "010",
        "1_0",
        "5",
        "5s",
        "5 s",
        '"5"',
        '"true"',
        "AUTO",
        "mp4",
        "[MP4, hls]",
        "{}",
        "",
        "|\n  x",
        "!x y",
        "&a b",
        "*a",
    ]
)
KEYS = st.sampled_from(
    [
        "recording",
        "Recording",
        "settings",
        "mode",
        "MODE",
        "enabled",
        "formats",
        "max-idle-time",
        "maxIdleTime",
        "mixed",
        "x",
    ]
)


@given(
    st.lists(st.tuples(st.integers(0, 3), KEYS, WORDS, st.sampled_from(["", "  # c"])), max_size=8),
    st.binary(max_size=4),
)
def test_repairing_twice_is_repairing_once_and_comments_stay(
    rows: list[tuple[int, str, str, str]], tail: bytes
) -> None:
    text = "".join(f"{'  ' * depth}{key}: {word}{comment}\n" for depth, key, word, comment in rows)
    data = text.encode() + tail
    once, fixes = fix(data, "application", FILE)
    assert fix(once, "application", FILE) == (once, [])
    assert (once == data) == (not fixes)
    assert len(re.findall(rb"# c\b", once)) >= len(re.findall(rb"# c\b", data)) * (not tail)

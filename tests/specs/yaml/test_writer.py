from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.specs.yaml.reader import read
from provisioner.specs.yaml.writer import remove, rename_key, set_value

SPEC = """\
# what this file is for
name: call            # one comment
recording:
  enabled: true       # another
  settings: {maxIdleTime: 5s,  media: 'audio'}   # odd blanks stay
  mixed:
    # above
    maxUsers: 8   # beside

    video: {}
  # below
owner: "@acme/calls"
"""


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """(old line) and (new line) of what differs; everything else is byte for byte the same."""
    old, new = lines(before), lines(after)
    return [("-", line) for line in old if line not in new] + [("+", line) for line in new if line not in old]


def test_a_value_is_replaced_in_place() -> None:
    assert changed(SPEC, set_value(SPEC, "/recording/enabled", False)) == [
        ("-", "  enabled: true       # another\n"),
        ("+", "  enabled: false       # another\n"),
    ]
    assert changed(SPEC, set_value(SPEC, "/recording/settings/media", "audio-video")) == [
        ("-", "  settings: {maxIdleTime: 5s,  media: 'audio'}   # odd blanks stay\n"),
        ("+", "  settings: {maxIdleTime: 5s,  media: audio-video}   # odd blanks stay\n"),
    ]


@pytest.mark.parametrize(
    ("pointer", "value", "added"),
    [
        ("/onRemove", "retain", ["onRemove: retain\n"]),
        ("/recording/mode", "auto", ["  mode: auto\n"]),
        ("/recording/mixed/audio/channels", 2, ["    audio:\n", "      channels: 2\n"]),
        ("/recording/mixed/video/width", 640, ["    video: {width: 640}\n"]),
        (
            "/recording/settings/mixed/maxUsers",
            4,
            ["  settings: {maxIdleTime: 5s,  media: 'audio', mixed: {maxUsers: 4}}   # odd blanks stay\n"],
        ),
        ("/recording/mixed", {"maxUsers": 4}, ["  mixed: {maxUsers: 4}\n"]),  # its inner comments stay
    ],
)
def test_a_key_is_added_at_the_end_of_its_block(pointer: str, value: object, added: list[str]) -> None:
    after = set_value(SPEC, pointer, value)
    assert [line for line in lines(after) if line not in lines(SPEC)] == added
    node = read(after.encode(), "a.yaml").plain()
    for part in pointer.split("/")[1:]:
        node = node[part]
    assert node == value


def test_a_key_is_renamed_and_nothing_else() -> None:
    assert changed(SPEC, rename_key(SPEC, "/recording/mixed/maxUsers", "users")) == [
        ("-", "    maxUsers: 8   # beside\n"),
        ("+", "    users: 8   # beside\n"),
    ]


@pytest.mark.parametrize(
    ("pointer", "gone", "new"),
    [
        ("/name", ["name: call            # one comment\n"], []),
        (
            "/recording/mixed",
            ["  mixed:\n", "    # above\n", "    maxUsers: 8   # beside\n", "\n", "    video: {}\n"],
            [],
        ),
        (
            "/recording/settings/maxIdleTime",
            ["  settings: {maxIdleTime: 5s,  media: 'audio'}   # odd blanks stay\n"],
            ["  settings: {media: 'audio'}   # odd blanks stay\n"],
        ),
        (
            "/recording/settings/media",
            ["  settings: {maxIdleTime: 5s,  media: 'audio'}   # odd blanks stay\n"],
            ["  settings: {maxIdleTime: 5s}   # odd blanks stay\n"],
        ),
        ("/owner", ['owner: "@acme/calls"\n'], []),
    ],
)
def test_an_entry_is_removed_with_its_lines(pointer: str, gone: list[str], new: list[str]) -> None:
    assert changed(SPEC, remove(SPEC, pointer)) == [("-", line) for line in gone] + [("+", line) for line in new]


def test_the_last_entry_of_a_block_leaves_an_empty_one() -> None:
    assert remove("a:\n  b: 1  # c\nd: 2\n", "/a/b") == "a: {}\nd: 2\n"
    assert remove("a: {b: 1}\n", "/a/b") == "a: {}\n"
    assert remove("a: 1\n", "/a") == "{}\n"


def test_line_ends_and_a_missing_last_one_stay() -> None:
    assert set_value("a: 1\r\nb:\r\n  c: 1 # x\r\n", "/b/d", 2) == "a: 1\r\nb:\r\n  c: 1 # x\r\n  d: 2\r\n"
    assert set_value("a: 1", "/b", 2) == "a: 1\nb: 2"
    assert set_value("a:\nb: 1\n", "/a", "x") == "a: x\nb: 1\n"
    assert remove("a: 1\nb: 2", "/b") == "a: 1\n"


def test_what_is_not_there_cannot_be_renamed() -> None:
    with pytest.raises(KeyError):
        rename_key(SPEC, "/recording/nothing", "x")


KEYS = ("a", "b", "c")


@given(
    st.recursive(
        st.integers(0, 9) | st.sampled_from(["x", "y z"]),
        lambda below: st.dictionaries(st.sampled_from(KEYS), below, max_size=3),
        max_leaves=8,
    ).flatmap(lambda child: st.fixed_dictionaries({"a": st.just(child), "b": st.integers(0, 9)})),
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3),
    st.integers(0, 9) | st.just({"c": 1}) | st.just({}),
    st.booleans(),
)
def test_setting_then_removing_does_to_the_text_what_it_does_to_the_value(
    document: dict[str, object], path: list[str], value: object, commented: bool
) -> None:
    from provisioner.specs.yaml.canonical import dump

    text = dump(document)
    if commented:
        text = "".join(f"{line}  # {index}\n# own line {index}\n" for index, line in enumerate(text.splitlines()))
    after = set_value(text, "/" + "/".join(path), value)
    expected = _set(document, path, value)
    assert read(after.encode(), "a.yaml").plain() == expected
    gone = remove(after, "/" + "/".join(path))
    assert read(gone.encode(), "a.yaml").plain() == _without(expected, path)


def _set(document: object, path: list[str], value: object) -> object:
    if not path:
        return value
    known = document if isinstance(document, dict) else {}
    return {**known, path[0]: _set(known.get(path[0]), path[1:], value)}


def _without(document: object, path: list[str]) -> object:
    assert isinstance(document, dict)
    if len(path) == 1:
        return {key: child for key, child in document.items() if key != path[0]}
    return {**document, path[0]: _without(document[path[0]], path[1:])}

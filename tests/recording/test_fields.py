from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.field import EVERY_MODE, MANUAL_ONLY, Mode
from provisioner.recording.fields import (
    BLOCKS,
    FIELDS,
    SETTINGS,
    blocks_of,
    find,
    missing,
    pattern,
    reading_order,
    with_defaults,
)
from provisioner.recording.value_types import canonical
from tests.values import paths

PANE = f"{SETTINGS}/mixed/layout/panes/left"
MARK = f"{SETTINGS}/mixed/layout/watermarks/logo"


def test_a_member_is_found_by_any_name() -> None:
    for path, known in ((f"{PANE}/width", "panes/*/width"), (f"{MARK}/image/url", "watermarks/*/image/url")):
        field = find(path)
        assert field is FIELDS[f"{SETTINGS}/mixed/layout/{known}"]


@pytest.mark.parametrize(
    "path",
    ["", "/recording", f"{SETTINGS}/mixed/layout/panes/*/width", f"{PANE}/depth", PANE, f"{SETTINGS}/panes/left/width"],
)
def test_what_is_no_leaf_is_not_found(path: str) -> None:
    assert find(path) is None


@pytest.mark.parametrize("name", ["", "Left", "-left", "left-", "le~1ft", "le ft", "a/b", "x" * 64])
def test_members_are_named_like_everything_else(name: str) -> None:
    assert find(f"{SETTINGS}/mixed/layout/panes/{name}/width") is None


@given(paths())
def test_every_path_of_a_document_has_its_field(path: str) -> None:
    assert find(path) is FIELDS[pattern(path)]


@given(st.lists(paths(), unique=True), st.randoms())
def test_reading_order_is_total(chosen: list[str], random: Random) -> None:
    ordered = sorted(chosen, key=reading_order)
    random.shuffle(chosen)
    assert sorted(chosen, key=reading_order) == ordered


def test_members_stand_together_by_name_and_numbers_count() -> None:
    panes = [
        f"{SETTINGS}/mixed/layout/panes/{name}/{leaf}" for name in ("tile-2", "tile-10") for leaf in ("top", "left")
    ]
    kind, video = f"{SETTINGS}/mixed/layout/kind", f"{SETTINGS}/mixed/video/width"
    assert sorted([video, *reversed(panes), kind], key=reading_order) == [kind, *panes, video]


def test_a_member_that_is_there_has_its_defaults() -> None:
    defaults = with_defaults([f"{PANE}/top"], mode=Mode.MANUAL)
    assert {path: value for path, value in defaults.items() if path.startswith(PANE)} == {
        f"{PANE}/stream": "main",
        f"{PANE}/renderMode": "crop",
        f"{PANE}/transparency": 0,
        f"{PANE}/layer": 0,
    }
    assert with_defaults([f"{PANE}/top"], [MARK + "/text"], Mode.MANUAL)[f"{MARK}/text/fontSize"] == 14


def test_defaults_of_manual_mode_are_not_the_templates() -> None:
    manual = [path for path, field in FIELDS.items() if field.modes == MANUAL_ONLY]
    assert manual
    automatic = with_defaults([f"{SETTINGS}/mixed/maxUsers", f"{SETTINGS}/subscribe/audio/allow", f"{PANE}/top"])
    assert not {pattern(path) for path in automatic} & set(manual)


def test_what_has_no_default_is_missing_in_every_member() -> None:
    known = [f"{SETTINGS}/maxIdleTime", f"{PANE}/top", f"{PANE}/left", f"{PANE}/height", f"{MARK}/timestamp/timeZone"]
    assert [path for path, _ in missing(known)] == [f"{PANE}/width", f"{MARK}/timestamp/position"]


def test_every_entry_says_what_people_need() -> None:
    for path, field in FIELDS.items():
        assert field.about.endswith("."), path
        assert field.source, path
        assert field.kind.takes, path
        assert field.modes in (EVERY_MODE, MANUAL_ONLY), path
        assert not (field.required and field.default is not None), path


def test_defaults_are_legal() -> None:
    for path, field in FIELDS.items():
        if field.default is not None:
            assert field.kind.parse(canonical(field.default)) == field.default, path


def test_every_block_of_settings_is_described() -> None:
    known = blocks_of(FIELDS) - {"", "/recording", SETTINGS}
    assert known == set(BLOCKS)

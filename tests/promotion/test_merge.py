"""Three-way on what files say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.promotion.file_values import ABSENT
from provisioner.promotion.merge import Resolution, Side, result_of, three_way

A, B, BLOCK = "/recording/settings/maxIdleTime", "/recording/mode", "/recording/settings/mixed"
USERS = f"{BLOCK}/maxUsers"

Said = dict[str, Any]


def resolutions(source: Said, target: Said, base: Said | None, prefer: Side | None = None) -> dict[str, str]:
    return {step.path: step.resolution.value for step in three_way(source, target, base, prefer)}


@pytest.mark.parametrize(
    ("source", "target", "base", "resolution", "result"),
    [
        ("5s", "5s", "5s", "same", "5s"),
        ("20s", "5s", "5s", "moves", "20s"),
        ("5s", "9s", "5s", "kept", "9s"),
        ("20s", "9s", "5s", "conflict", "9s"),
        ("9s", "9s", "5s", "same", "9s"),
        (ABSENT, "5s", "5s", "moves", ABSENT),
        ("5s", ABSENT, "5s", "kept", ABSENT),
        (ABSENT, "9s", "5s", "conflict", "9s"),
        ("5s", ABSENT, ABSENT, "moves", "5s"),
        (ABSENT, "9s", ABSENT, "kept", "9s"),
        (None, "5s", "5s", "moves", None),
    ],
)
def test_what_becomes_of_a_leaf(source: Any, target: Any, base: Any, resolution: str, result: Any) -> None:
    ours, theirs, last = ({} if value is ABSENT else {A: value} for value in (source, target, base))
    (step,) = three_way(ours, theirs, last)
    assert (step.resolution.value, step.result) == (resolution, result)


def test_the_first_promotion_moves_what_the_source_says_and_keeps_what_only_the_target_says() -> None:
    assert resolutions({B: "auto"}, {B: "manual", A: "2m"}, None) == {B: "moves", A: "kept"}


def test_somebody_decides_a_conflict_for_either_side() -> None:
    said: tuple[Said, Said, Said] = ({A: "20s"}, {A: "9s"}, {A: "5s"})
    assert resolutions(*said, Side.SOURCE) == {A: "moves"}
    assert resolutions(*said, Side.TARGET) == {A: "kept"}


def test_deleting_a_block_in_which_the_other_side_says_something_is_a_conflict() -> None:
    assert resolutions({BLOCK: None}, {USERS: 6}, {}) == {BLOCK: "conflict", USERS: "conflict"}
    assert resolutions({BLOCK: None}, {USERS: 6}, {USERS: 6}) == {BLOCK: "moves", USERS: "moves"}


def test_a_block_that_is_merely_there_gives_way_to_what_stands_in_it() -> None:
    steps = three_way({BLOCK: {}}, {USERS: 6}, {})
    assert {step.path: step.resolution for step in steps} == {BLOCK: Resolution.KEPT, USERS: Resolution.KEPT}
    assert result_of(steps) == {USERS: 6}


SAID = st.dictionaries(st.sampled_from([A, B, USERS]), st.sampled_from([1, 2, 3]))


@given(SAID, SAID, SAID)
def test_a_leaf_changes_only_if_the_source_changed_it_and_nobody_else_did(
    source: Said, target: Said, base: Said
) -> None:
    for step in three_way(source, target, base):
        ours, theirs, last = (said.get(step.path, ABSENT) for said in (source, target, base))
        if step.resolution is Resolution.MOVES:
            assert step.result == ours != theirs == last
        else:
            assert step.result == theirs
        if step.resolution is Resolution.CONFLICT:
            assert len({ours, theirs, last}) == 3


@given(SAID, SAID, SAID, st.sampled_from(Side))
def test_a_second_promotion_finds_nothing_to_move(source: Said, target: Said, base: Said, prefer: Side) -> None:
    after = result_of(three_way(source, target, base, prefer))
    again = three_way(source, after, source)
    assert not [step for step in again if step.resolution in (Resolution.MOVES, Resolution.CONFLICT)]
    assert result_of(again) == after


@given(SAID, SAID, SAID)
def test_a_hotfix_survives(source: Said, target: Said, base: Said) -> None:
    hotfixed = {path for path in {*target, *base} if target.get(path) != base.get(path)}
    after = result_of(three_way(source, target, base))
    assert {path: after.get(path) for path in hotfixed} == {path: target.get(path) for path in hotfixed}

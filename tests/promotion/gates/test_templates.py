"""A version that somebody pinned is what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from provisioner.foundation.errors import Location
from provisioner.promotion.gates.templates import TEMPLATES
from provisioner.promotion.proposal import Move
from provisioner.specs.documents.lock import Digest
from tests.promotion.gates.contexts import context, moving, says

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
LINE = Location("templates/templates.lock", 5)


def pinned(*pins: str) -> dict[str, Move]:
    (move,) = moving("call").values()
    return {"call": replace(move, source=replace(move.source, templates=pins))}


def asked(moves: dict[str, Move], recorded: dict[str, str], locked: str = "", files: str = "", **known: Any) -> Any:
    """What the gate says where every version has these digests in the lock, and in the files."""

    def digests(text: str) -> dict[str, Digest]:
        return {pin: Digest(text, LINE) for pin in recorded} if text else {}

    return says(TEMPLATES, context(moves, recorded=recorded, locked=digests(locked), templates=digests(files), **known))


def test_a_version_that_is_as_it_was_locked_passes() -> None:
    passed = ("pass", "call@v1 sha256:111111111111")
    assert asked(pinned("call@v1"), {"call@v1": ONE}, ONE, ONE) == passed
    assert asked(pinned("call@v1"), {"call@v1": ONE}, "", ONE) == passed
    assert asked(pinned("call@v1"), {"call@v1": ONE}, TWO, "") == passed  # its file is validation's to miss
    assert asked(pinned(), {}) == ("pass", "no template is pinned")


def test_a_version_that_is_not_what_is_locked_fails() -> None:
    told = "call@v1 is not what is locked at templates/templates.lock:5:1; make it a new version"
    assert asked(pinned("call@v1"), {"call@v1": ONE}, TWO, ONE) == ("fail", told)


def test_a_version_that_changed_since_it_was_read_fails() -> None:
    assert asked(pinned("call@v1"), {"call@v1": ONE}, "", TWO) == ("fail", "call@v1 changed while this ran; run again")
    both = asked(pinned("room@v1", "call@v1"), {"call@v1": ONE, "room@v1": ONE}, "", TWO)
    assert both == ("fail", "call@v1, room@v1 changed while this ran; run again")


def test_only_what_moves_is_looked_at() -> None:
    moves = pinned("call@v1")
    other = replace(moving("room")["room"].source, templates=("room@v1",))
    assert asked(moves, {"call@v1": ONE}, ONE, ONE, after=[moves["call"].source, other])[0] == "pass"


def test_each_version_is_looked_at() -> None:
    moves, recorded = pinned("a@v1", "call@v1"), {"a@v1": ONE, "call@v1": ONE}
    assert asked(moves, recorded, ONE, ONE) == ("pass", "a@v1 sha256:111111111111, call@v1 sha256:111111111111")
    told = says(
        TEMPLATES,
        context(
            moves,
            recorded=recorded,
            locked={"call@v1": Digest(TWO, LINE)},
            templates={pin: Digest(ONE, LINE) for pin in recorded},
        ),
    )
    assert told
    assert told[0] == "fail"


def test_nobody_bypasses_it() -> None:
    assert (TEMPLATES.id, TEMPLATES.bypassable, TEMPLATES.of_rollbacks) == ("templates", False, True)

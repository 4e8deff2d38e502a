"""What is left out is always the least, and the text stays below its bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.plan.comment import COMMENT, render_comment
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.text.size_limit import Piece, Section, fit
from tests.report.plans import idle, plan, stop

RANKS = st.tuples(st.integers(0, 4), st.integers(0, 3))
PIECES = st.lists(st.tuples(RANKS, st.integers(1, 200)), max_size=12)


@given(st.lists(PIECES, min_size=1, max_size=4), st.integers(700, 3000))
def test_no_piece_is_dropped_for_a_lesser_one(sizes: list[list[tuple[tuple[int, int], int]]], limit: int) -> None:
    made = [
        [Piece(rank, f"piece {number}.{index} {'é' * size}", "rows") for index, (rank, size) in enumerate(some)]
        for number, some in enumerate(sizes)
    ]
    sections = [Section("title", always=True), *(Section(f"head {number}", some) for number, some in enumerate(made))]
    text = fit(sections, limit)
    everything = [piece for some in made for piece in some]
    kept = [piece for piece in everything if f"{piece.text}\n" in text]
    assert len(text.encode()) <= limit
    assert text.startswith("title\n")
    assert sorted(piece.rank for piece in kept) == sorted(piece.rank for piece in everything)[: len(kept)]
    assert [line for line in text.splitlines() if line.startswith("piece")] == [piece.text for piece in kept]
    assert (f"{len(everything) - len(kept)} rows.*" in text) == (len(kept) < len(everything))


def test_nothing_is_said_of_what_nobody_misses() -> None:
    sections = [Section("head", [Piece((0, 0), "kept"), Piece((1, 0), "x" * 900)], "tail")]
    assert fit(sections, 600) == "head\nkept\ntail\n"


def test_many_environments_keep_their_counts_and_every_risk() -> None:
    plans = [
        plan(
            *(stop(f"stops-{n}") for n in range(40)), *(idle(f"call-{n}", f"{n}s") for n in range(40)), environment=name
        )
        for name in (f"region-{number:03}" for number in range(120))
    ]
    text = render_comment([read_plan(document) for document in plans])
    assert len(text.encode()) <= COMMENT
    assert text.count(" (production) | ") == 120
    assert "**HIGH: Rooms will no longer be recorded.** Cannot be undone." in text
    assert "4,800 applications." in text
    assert "Left out for length, the lowest risk first:" in text

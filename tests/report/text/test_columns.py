"""Rows that fit a terminal of 80 columns without a word being cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.text.columns import fitted, room
from provisioner.report.text.style import plain

WORDS = st.lists(st.text("abcdefgh流", min_size=1, max_size=9), max_size=12).map(" ".join)
ROWS = st.lists(st.tuples(WORDS, WORDS, st.text("abc.", max_size=27)), max_size=6)


@given(ROWS)
def test_every_row_fits_and_no_word_is_cut(rows: list[tuple[str, str, str]]) -> None:
    lines = list(fitted(rows, plain, "  "))
    assert all(room(line) <= 80 for line in lines)
    assert sorted(" ".join(lines).split()) == sorted(" ".join(" ".join(row) for row in rows).split())


def test_a_label_is_broken_at_blanks_and_a_long_value_stands_below() -> None:
    address = "https://hooks.example.com/" + "a" * 80
    rows = [
        ("Recording wait time", "5 seconds", "maxIdleTime"),
        ("UserId prefix of the large picture while somebody shares a screen", "teacher", "mixed.layout.bigPicture"),
        ("Callback", address, "callback.url"),
    ]
    assert list(fitted(rows, plain)) == [
        "Recording wait time                           5 seconds  maxIdleTime",
        "UserId prefix of the large picture while      teacher    mixed.layout.bigPicture",
        "  somebody shares a screen",
        "Callback                                                 callback.url",
        f"    {address}",
    ]


def test_colours_take_no_room() -> None:
    bright = list(fitted([("a", "b", "c")], lambda text, role: f"<{role}>{text}</>"))
    assert bright == ["a  b  <quiet>c</>"]

"""Tables that come from registries are as the registries are."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.docs_tables import TABLES, page

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", TABLES)
def test_a_page_shows_its_registries(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert page(text, TABLES[name]) == text, "run `make docs`"


def test_only_what_stands_between_the_marks_is_written() -> None:
    text = "a\n<!-- t: written by `make docs` -->\nold\n<!-- end of t -->\nb\n"
    assert page(text, {"t": lambda: r"new \1"}) == text.replace("old", r"new \1")
    with pytest.raises(ValueError, match="the page lacks <!-- u"):
        page(text, {"u": lambda: ""})

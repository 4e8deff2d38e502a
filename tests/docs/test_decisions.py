"""docs/decisions/: every record is in the index and has the same headings."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs/decisions"
RECORDS = sorted(FOLDER.glob("0*.md"))


def test_the_index_lists_every_record_in_order() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \|", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == [(record.name[:4], record.name) for record in RECORDS]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_says_why_at_what_price_and_when_to_think_again(record: object) -> None:
    text = (FOLDER / str(record)).read_text("utf-8")
    assert re.findall(r"^##? (.*)$", text, re.MULTILINE)[1:] == [
        "Context",
        "Decision",
        "Price paid",
        "When to reconsider",
    ]

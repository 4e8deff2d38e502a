"""docs/afternoon.md: its commands do what it shows, from an empty folder."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from tests.test_readme import follow, steps_of


def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    steps = steps_of((ROOT / "docs/afternoon.md").read_text("utf-8"))
    assert len(steps) >= 8
    follow(steps, tmp_path)

"""examples/README.md lists every example, in order."""

from __future__ import annotations

import re

from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def test_the_index_lists_every_example() -> None:
    listed = re.findall(r"^\| \[([\w-]+)\]\(\1/", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())

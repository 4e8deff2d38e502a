"""Every message that reading can give, as its author reads it: messages.txt shows the mistake and what is said of it.

`python -m tests.specs.test_messages` writes what is said now into messages.txt, for a review by eye.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml.reader import Malformed, read

GOLDEN = Path(__file__).with_name("messages.txt")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Case:
    """One block of messages.txt; lines by the sign that they begin with."""

    title: str
    lines: list[str]
    signs: dict[str, list[str]] = field(default_factory=lambda: {sign: [] for sign in "@|-+>"})

    def __post_init__(self) -> None:
        for line in self.lines:
            self.signs[line[0]].append(line[2:])

    def text(self, sign: str) -> str:
        return "".join(f"{line}\n" for line in self.signs[sign])

    def messages(self, folder: Path) -> list[str]:
        document = self.text("|")
        if not self.signs["@"]:
            try:
                read(document.encode(), "spec.yaml")
            except Malformed as error:
                return [str(finding) for finding in error.findings]
            return []
        for shipped in ("environments", "templates"):
            shutil.copytree(ROOT / shipped, folder / shipped)
        file = folder / self.signs["@"][0]
        if not document:
            document = file.read_text("utf-8")
            assert document.count(self.text("-")) == 1, self.title
            document = document.replace(self.text("-"), self.text("+"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document, "utf-8")
        return [str(finding) for finding in Workspace(folder).validate()[1] if finding.stops]


def cases() -> list[Case]:
    blocks = GOLDEN.read_text("utf-8").rstrip("\n").split("\n\n")
    return [Case(block.split("\n")[0][2:], block.split("\n")[1:]) for block in blocks if block.startswith("* ")]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_a_mistake_is_told_in_these_words(case: Case, tmp_path: Path) -> None:
    assert case.messages(tmp_path) == case.signs[">"]


def _update() -> None:
    blocks = GOLDEN.read_text("utf-8").rstrip("\n").split("\n\n")
    for index, block in enumerate(blocks):
        if block.startswith("* "):
            title, *lines = (line for line in block.split("\n") if not line.startswith(">"))
            with tempfile.TemporaryDirectory() as folder:
                told = [f"> {message}" for message in Case(title, lines).messages(Path(folder))]
            blocks[index] = "\n".join([title, *lines, *told])
    GOLDEN.write_text("\n\n".join(blocks) + "\n", "utf-8")


if __name__ == "__main__":
    _update()

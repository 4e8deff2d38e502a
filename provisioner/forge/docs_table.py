"""The table of forges in docs/review.md, written from the registry: `make docs`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from provisioner.forge import registry
from provisioner.forge.context import TEAMS_TOKEN
from provisioner.forge.forge_type import ForgeType
from provisioner.foundation.files import write_atomically

_MARKED = re.compile(r"(<!-- forges: [^\n]* -->\n).*?(<!-- end of forges -->\n)", re.DOTALL)


def markdown(forges: Iterable[ForgeType]) -> str:
    """A row for each forge: its CI, its option, its tokens, and how long a comment may be."""
    rows = [
        f"| {forge.title} | {forge.ci} | `--post {forge.name}` | `{forge.token}`, `{TEAMS_TOKEN}` | "
        f"{forge.limits.text // 1000:,} kB{'' if forge.limits.page is None else ', and more on the page of the job'} |"
        for forge in forges
    ]
    return "\n".join(
        [
            "| forge | in a job of | posted by | tokens | a comment holds |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def page(text: str) -> str:
    """The page `text` with the table as it is now."""
    return _MARKED.sub(lambda found: f"{found[1]}{markdown(registry.FORGES.values())}{found[2]}", text)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    write_atomically(file, page(file.read_text("utf-8")).encode())

"""Tables of the documentation that come from registries: `make docs` writes them between their marks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from provisioner.credentials import registry as credentials
from provisioner.forge import registry as forges
from provisioner.foundation.files import write_atomically
from provisioner.reconcile.guardrails import registry as guardrails
from provisioner.recording import effects_table
from provisioner.report.metrics import metric_table
from provisioner.report.plan import formats
from provisioner.report.specs import settings_page
from provisioner.simulator import fault_kinds

TABLES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "docs/consequences.md": {"consequences": effects_table.markdown},
    "docs/console.md": {"credentials": credentials.markdown},
    "docs/monitoring.md": {"metrics": metric_table.markdown},
    "docs/output.md": {"formats": formats.markdown},
    "docs/review.md": {"forges": forges.markdown},
    "docs/security.md": {"guardrails": guardrails.markdown},
    "docs/settings.md": {"settings": settings_page.markdown},
    "docs/simulator.md": {"faults": fault_kinds.markdown},
}
"""Page -> mark -> what stands there."""


def page(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """A page's text with each table anew. Raises ValueError where the page lacks a table's marks."""
    for mark, table in tables.items():
        begin, end = f"<!-- {mark}: written by `make docs` -->\n", f"\n<!-- end of {mark} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"the page lacks {begin.strip()} or {end.strip()}")
        text = f"{before}{begin}{table()}{end}{after}"
    return text


def main(root: Path) -> None:
    """Write every page of TABLES below `root`."""
    for name, tables in TABLES.items():
        write_atomically(root / name, page((root / name).read_text("utf-8"), tables).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

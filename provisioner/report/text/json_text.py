"""JSON as every command writes it."""

from __future__ import annotations

import json
from typing import Any

from provisioner.foundation.text_safety import printable


def json_text(value: Any) -> str:
    """For people and programs: what is invisible, or moves text in a terminal, is an escape in its string."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return "".join(f"{printable(line)}\n" for line in lines)

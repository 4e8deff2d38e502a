"""JSON as every command writes it."""

from __future__ import annotations

import json
from typing import Any

from provisioner.foundation.text_safety import printable_json


def json_text(value: Any) -> str:
    """Indented JSON, ending in a line break; invisible and control characters are escaped."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    return "".join(f"{printable_json(line)}\n" for line in lines)

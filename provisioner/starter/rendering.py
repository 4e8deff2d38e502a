"""The files of `files/`, with the choices filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FILES = Path(__file__).parent / "files"


@cache
def _templates() -> Environment:
    # Workflows are full of braces: ours are angle brackets. What is filled in was checked by Choices; it is not HTML.
    templates = Environment(
        loader=FileSystemLoader(FILES),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    templates.filters["json"] = json.dumps
    return templates


def render(name: str, values: Mapping[str, Any]) -> str:
    """The text of `files/NAME` with `values`."""
    return _templates().get_template(name).render(values)

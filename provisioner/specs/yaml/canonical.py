"""Canonical YAML: the one way this tool writes a JSON value, so that equal values are equal bytes.

Block mappings, lists of scalars on one line, a word in quotes wherever some reader could take it for something else.
What `dump` writes, `reader.read` reads back as the same value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from provisioner.foundation.text_safety import printable

# Words and quantities that every YAML reader takes as text, in a flow list as well; everything else is quoted.
_WORDS = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@+-]|:(?=[^ ])| (?=[^ ]))*", re.ASCII)
_QUANTITY = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:s|m|h|d|bps|kbps|Mbps|Hz|kHz)", re.ASCII)
_TAKEN = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})
_NONCHARACTER = re.compile("[\ufffe\uffff]")


def scalar(value: str | float | bool | None) -> str:
    """One line of YAML for a JSON scalar; it may stand in a block as well as inside `[]` and `{}`."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _QUANTITY.fullmatch(value) or (_WORDS.fullmatch(value) and value.lower() not in _TAKEN)
    return value if plain else quoted(value)


def quoted(text: str) -> str:
    """`text` in double quotes, with everything that is invisible written out."""
    return _visible(json.dumps(text, ensure_ascii=False))


def comment(text: str) -> str:
    """`text` as one line of comment, whatever it holds."""
    return f"# {_visible(text)}"


def _visible(text: str) -> str:
    return _NONCHARACTER.sub(lambda match: f"\\u{ord(match.group()):04x}", printable(text))


def flow(value: Any) -> str:
    """A JSON value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{scalar(key)}: {flow(child)}' for key, child in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def dump(value: Any) -> str:
    """A JSON value as a document, in the order of its keys."""
    return "".join(f"{line}\n" for line in lines(value))


def lines(value: Any) -> Iterator[str]:
    """The lines of `value` as a block; the caller indents."""
    if not isinstance(value, dict) or not value:
        yield flow(value)
        return
    for key, child in value.items():
        if isinstance(child, dict) and child:
            yield f"{scalar(key)}:"
            yield from (f"  {line}" for line in lines(child))
        else:
            yield f"{scalar(key)}: {flow(child)}"

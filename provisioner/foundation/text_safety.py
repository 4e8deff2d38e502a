"""Values from a spec or the console are hostile wherever they are shown."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, line and paragraph separators, bidirectional overrides and zero-width characters:
# each can forge, hide or move text in a terminal. XML takes neither these nor the two non-characters.
_UNPRINTABLE = r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"


# A job's log is read line by line for commands: `::set-output`, and `##[error]` anywhere in a line. Text may be wrapped
# at any place, so that neither may stand anywhere.
_COMMAND = r":(?=:)|#(?=#\[)"
_HARMFUL = re.compile(f"{_UNPRINTABLE}|{_COMMAND}")

LONGEST_SHOWN = 200
"""Characters of a stranger's text that a message shows."""


def printable(text: str) -> str:
    """`text` on one line with every control character, and what starts a workflow command, written out as an escape."""
    safe = _HARMFUL.sub(lambda match: _escape(match.group()), text)
    # Private and unassigned characters: what a terminal makes of one is its own affair. Blanks of any width stay.
    return safe if safe.isprintable() else "".join(each if _is_plain(each) else _escape(each) for each in safe)


def printable_json(text: str) -> str:
    """JSON as `printable` has it, and still JSON: there a character beyond the first plane is a pair of escapes."""
    if text.isascii():
        return printable(text)
    return printable("".join(each if each <= "\uffff" or printable(each) == each else _pair(each) for each in text))


def _pair(character: str) -> str:
    units = character.encode("utf-16-be")
    return f"\\u{units[:2].hex()}\\u{units[2:].hex()}"


def _is_plain(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def excerpt(text: str, longest: int = LONGEST_SHOWN) -> str:
    """`text` as `printable` has it, cut where it is longer."""
    safe = printable(text[: longest + 1])  # first cut, then escaped: a stranger's text may be megabytes
    return safe if len(text) <= longest and len(safe) <= longest else f"{safe[: longest - 1]}…"


class Secret:
    """A resolved secret. Only `reveal()` gives it away; str, repr, format and pickling never do."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the request that needs it; never for a message."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is never serialised")

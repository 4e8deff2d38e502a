"""Values from a spec or the console are hostile wherever they are shown."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, bidirectional overrides and zero-width characters:
# each can forge, hide or move text in a terminal. XML takes neither these nor the two non-characters.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """`text` on one line with every control character written out as an escape."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


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

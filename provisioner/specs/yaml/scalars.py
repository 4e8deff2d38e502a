"""What a plain scalar means: JSON's types only, and no guess where tools disagree.

`on` that becomes true and `010` that becomes 8 are how recordings get lost. Dates and sexagesimals stay text.
"""

from __future__ import annotations

import re
from functools import lru_cache

Scalar = str | int | float | bool | None

_JSON_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_TRUE = frozenset({"true", "yes", "on", "y"})
_FALSE = frozenset({"false", "no", "off", "n"})
_NULL = frozenset({"null", "~"})
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"(-?(?:0|[1-9][0-9]{0,17}))\.([0-9]{1,18})")
_LONG = re.compile(r"-?[1-9][0-9]*(\.[0-9]+)?")
# What YAML 1.1, YAML 1.2 or JSON takes for a number, and one of the others does not, or for another one.
_DISPUTED = re.compile(
    r"""[-+]?(
        [0-9][0-9_]*                                # 010, 1_000, +1
      | 0o[0-7_]+ | 0x[0-9a-f_]+ | 0b[01_]+
      | [0-9_]*\.[0-9_]*(e[-+]?[0-9]+)?             # .5, 1., 01.5, 1.5e3
      | [0-9][0-9_]*e[-+]?[0-9]+                    # 1e3
      | \.(inf|nan)
    )""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


@lru_cache(maxsize=1 << 14)
def resolve(text: str) -> tuple[Scalar, str]:
    """The value of an unquoted scalar, and why it is refused ('' where it is not).

    A number is never repeated in the reason: it may be a secret that somebody wrote out.
    """
    if text[:1] in "0123456789+-.":
        return _number(text) if text else ("", "has no value; write one, or null to delete what a weaker file set")
    if text in _JSON_WORDS:
        return _JSON_WORDS[text], ""
    return text, (_disputed_word(text) if len(text) <= 5 else "")


@lru_cache(maxsize=1 << 12)
def key_reason(name: str) -> str:
    """Why an unquoted key is refused, '' where it is not: a key is text, also for tools that read YAML 1.1."""
    if not name:
        return "is a key without a name"
    value, reason = resolve(name)
    if isinstance(value, str) and not reason:
        return ""
    return f'the key {name[:40]} is not text to every tool; quote it: "{name[:40]}"'


def _disputed_word(text: str) -> str:
    """Why a word is refused that some tools read as a truth value or as nothing; '' for all others."""
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        instead = f'write {str(word in _TRUE).lower()}, or "{text}" for the word'
    elif word in _NULL:
        instead = "write null"
    else:
        return ""
    return f'"{text}" is read differently by different tools; {instead}'


def _number(text: str) -> tuple[Scalar, str]:
    if _WHOLE.fullmatch(text):
        return int(text), ""
    if match := _DECIMAL.fullmatch(text):
        if not match[2].strip("0"):
            return text, "is a whole number with decimals; write it without them"
        return float(text), ""
    if _LONG.fullmatch(text):
        return text, "is a number of more than 18 digits; quote it if it is text"
    if _DISPUTED.fullmatch(text) and any(char.isalnum() for char in text):
        return text, "is a number that tools read differently; write plain decimal digits, or quote it as text"
    return text, ""

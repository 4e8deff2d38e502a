"""Fits a text into a number of bytes: it leaves out what matters least, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Rank = tuple[int, int]
"""How important a piece is; lower numbers are more important."""

_NOTE = 400
"""Bytes reserved for the sentence that says what was left out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that are kept or left out together: `count` of what `noun` names, '' for what needs no mention."""

    rank: Rank
    text: str
    noun: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """Pieces between a head and a tail, which are shown if a piece is, or `always`."""

    head: str
    pieces: Sequence[Piece] = ()
    tail: str = ""
    always: bool = False


def fit(sections: Sequence[Section], limit: int) -> str:
    """The sections in their order, in less than `limit` bytes of UTF-8.

    Once a piece does not fit, no less important piece is taken either, however small.
    """
    left = limit - _NOTE - sum(_size(section.head, section.tail) for section in sections if section.always)
    offers = sorted(
        (
            (piece.rank, where, index)
            for where, section in enumerate(sections)
            for index, piece in enumerate(section.pieces)
        )
    )
    taken: list[set[int]] = [set() for _ in sections]
    count = 0
    for _, where, index in offers:
        section = sections[where]
        price = _size(section.pieces[index].text)
        if not (section.always or taken[where]):
            price += _size(section.head, section.tail)
        if price > left:
            break
        left -= price
        taken[where].add(index)
        count += 1
    blocks = [_block(section, chosen) for section, chosen in zip(sections, taken, strict=True)]
    missed: dict[str, int] = {}
    for _, where, index in offers[count:]:
        piece = sections[where].pieces[index]
        if piece.noun:
            missed[piece.noun] = missed.get(piece.noun, 0) + piece.count
    return "\n".join([*(block for block in blocks if block), *_note(missed)])


def _block(section: Section, chosen: set[int]) -> str:
    if not (chosen or section.always):
        return ""
    lines = [section.head, *(section.pieces[index].text for index in sorted(chosen)), section.tail]
    return "".join(f"{line}\n" for line in lines if line)


def _note(missed: dict[str, int]) -> list[str]:
    if not missed:
        return []
    told = ", ".join(f"{count:,} {noun}" for noun, count in missed.items())
    return [f"*Left out for length, the lowest risk first: {told}.*\n"]


def _size(*lines: str) -> int:
    return sum(len(line.encode()) + 2 for line in lines)

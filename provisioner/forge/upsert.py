"""Keeps exactly one note: finds it again, edits it in place, and removes duplicates of jobs that ran at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from provisioner.forge.marker import read_marker
from provisioner.forge.port import AmbiguousWrite, Note, Notes, NotFound


def keep(notes: Notes, key: str, compose: Callable[[str], str], known: Sequence[Note] | None = None) -> Note:
    """The one note with `key`, saying what `compose` makes of what it said before ('' where there was none).

    Only the account's own notes are looked at: `known`, where whoever keeps several has just listed them. Of several
    the oldest stays. Nothing is sent where nothing changed. Raises ForgeError.
    """
    if found := _with_key(notes, key, known):
        with suppress(NotFound):  # deleted since we looked: it is written anew
            return _settle(notes, found, compose(found[0].body))
    text = compose("")
    try:
        written = notes.create(text)
    except AmbiguousWrite:
        if found := _with_key(notes, key):  # it was written, only the answer was lost
            return _settle(notes, found, text)
        raise
    found = _with_key(notes, key) or [written]  # another job may have been faster
    return _settle(notes, found, text)


def clear(notes: Notes, key: str, compose: Callable[[str], str], known: Sequence[Note] | None = None) -> Note | None:
    """Say a last word in the note with `key` and remove it; None where there is none. `known` is that of `keep`."""
    found = _with_key(notes, key, known)
    for note in found:
        with suppress(NotFound):
            notes.update(note, compose(note.body))
            notes.remove(note)
    return found[0] if found else None


def _with_key(notes: Notes, key: str, known: Sequence[Note] | None = None) -> list[Note]:
    """The notes with `key`, oldest first."""
    marked = ((note, read_marker(note.body)) for note in (notes.mine() if known is None else known))
    return sorted((note for note, marker in marked if marker and marker.key == key), key=lambda note: note.id)


def _settle(notes: Notes, found: list[Note], text: str) -> Note:
    kept, *others = found
    if _bare(kept.body) != _bare(text):
        notes.update(kept, text)
    for other in others:
        with suppress(NotFound):
            notes.remove(other)
    return kept


def _bare(body: str) -> str:
    """Forges change line ends and cut blank ones off."""
    return body.replace("\r\n", "\n").strip()

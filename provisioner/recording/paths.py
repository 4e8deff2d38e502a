"""Paths as people say them: `mixed.video.width` for `/recording/settings/mixed/video/width`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS, SETTINGS, find

_STARTS = ("", SETTINGS, "/recording")
_WRITTEN_OUT = tuple(path for path in FIELDS if "*" not in path)


def short(path: str) -> str:
    """A path as people say it; what is no setting keeps its whole path: `recording.mode`."""
    return path.removeprefix(SETTINGS + "/").removeprefix("/").replace("/", ".")


def named(words: str, there: Sequence[str]) -> list[str]:
    """The leaves that `words` name, a leaf or a block, with dots or slashes, from the settings or from the top.

    Of a block the leaves that are among `there`, else all that could be. Raises UsageError where there is none.
    """
    below = "/" + words.strip("/.").replace(".", "/")
    if below == "/":
        return list(there)
    for start in _STARTS:
        path = start + below
        if find(path):
            return [path]
        for known in (there, _WRITTEN_OUT):
            if inside := [leaf for leaf in known if leaf.startswith(f"{path}/")]:
                return inside
    meant = did_you_mean(short(below), sorted({short(path) for path in _with_blocks((*_WRITTEN_OUT, *there))}))
    raise UsageError(f'there is no setting "{printable(words)}"{meant}')


def _with_blocks(leaves: Iterable[str]) -> Iterator[str]:
    for leaf in leaves:
        parts = leaf.split("/")
        yield from ("/".join(parts[:count]) for count in range(2, len(parts) + 1))

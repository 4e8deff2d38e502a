"""Writes several files as one: if one write fails, those before it are undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provisioner.foundation.files import write_atomically


@contextmanager
def written_together(root: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Write `files` (bytes by path below `root`), each atomically and in order; put back what was there if anything
    fails, here or in the block that follows. A link stays a link."""
    before: dict[Path, bytes | None] = {}
    try:
        for path, data in files.items():
            place = (root / path).resolve()
            before[place] = place.read_bytes() if place.exists() else None
            write_atomically(place, data)
        yield
    except BaseException:
        for place, data_before in before.items():
            if data_before is None:
                place.unlink(missing_ok=True)
            else:
                write_atomically(place, data_before)
        raise

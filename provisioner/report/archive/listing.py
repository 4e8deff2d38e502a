"""A listing of recorded files, the input of its views as text, CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from provisioner.archive.files.calls import CallFinding
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storage import Storage
from provisioner.report.text.amounts import clock, counted, size


@dataclass(frozen=True, slots=True)
class FileListing:
    """What was listed of one application. `files` hands all of it out, in order, as often as it is called.

    `console` names the simulated console where the storage is its own. `broken` is how the listing broke off.
    """

    environment: str
    application: str
    sdk_app_id: int
    storage: Storage
    query: Query
    files: Callable[[], Iterator[RecordedFile]]
    console: str = ""
    broken: IncompleteListingError | None = None
    says: str = ""
    """What the console's state means for a listing without a file, as a sentence."""

    @property
    def address(self) -> str:
        """ENV/APP, as commands take it."""
        return f"{self.environment}/{self.application}"

    @property
    def where(self) -> str:
        """The storage that was looked into, and through which console."""
        return f"{self.storage}{f' of the {self.console}' if self.console else ''}"


@dataclass(slots=True)
class Totals:
    """Counts of the files and findings of one listing, kept while they are shown."""

    files: int = 0
    unrecognized: int = 0
    rooms: int = 0
    seconds: float = 0.0
    bytes: int = 0
    gaps: int = 0
    duplicates: int = 0
    _room: object = field(default=None, repr=False)

    def count(self, file: RecordedFile) -> RecordedFile:
        """Count a file; answers it."""
        self.files += 1
        self.unrecognized += file.unrecognized
        self.seconds += file.seconds or 0.0
        self.bytes += file.size or 0
        if file.name and (file.name.numbered, file.name.room) != self._room:
            self._room = (file.name.numbered, file.name.room)
            self.rooms += 1
        return file

    def note(self, finding: CallFinding) -> CallFinding:
        """Count a gap or duplicate; answers it."""
        self.gaps += finding.gap
        self.duplicates += not finding.gap
        return finding

    def document(self) -> dict[str, Any]:
        """The totals by name, as JSON has them."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}

    def words(self) -> Iterator[str]:
        """One line about the files, and one about gaps, duplicates and unrecognized names, if there are any."""
        named = self.files - self.unrecognized
        told = [f"{counted(named, 'file')} in {counted(self.rooms, 'room')}" if named else "no recorded files"]
        told += [f"{clock(round(self.seconds))} to play"] if self.seconds else []
        told += [size(self.bytes)] if self.bytes else []
        yield ", ".join(told)
        odd = [counted(count, word) for count, word in ((self.gaps, "gap"), (self.duplicates, "duplicate")) if count]
        odd += [f"{self.unrecognized:,} unrecognized"] if self.unrecognized else []
        if odd:
            yield ", ".join(odd)

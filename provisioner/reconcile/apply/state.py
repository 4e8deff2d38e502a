"""What outlives a run of an environment: its journal, and the lock that lets one writer at a time append to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from provisioner.foundation.clock import Clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.files import write_atomically
from provisioner.foundation.named_files import named_folder
from provisioner.reconcile.apply.journal import Journal
from provisioner.reconcile.apply.journal_bucket import BucketStore
from provisioner.reconcile.apply.journal_folder import FolderStore
from provisioner.reconcile.apply.lease import leased
from provisioner.reconcile.apply.lock import environment_lock, identity, owner_note
from provisioner.reconcile.apply.object_store import ObjectBucket
from provisioner.specs.keys.journal import BucketJournal, FolderJournal, JournalChoice
from provisioner.specs.layout import state_folder

Guard = Callable[[], None]
"""Raises ConflictError where the lock is no longer surely ours."""


@dataclass(frozen=True)
class EnvironmentState:
    """One environment's, in the project below `root`; `choice` is its `journal:`."""

    environment: str
    root: Path
    choice: JournalChoice
    clock: Clock

    @property
    def journal(self) -> Journal:
        """Raises ProvisionerError where a library for it is missing, or its folder may not be used. Makes no call."""
        if isinstance(self.choice, FolderJournal):
            folder = self._beside if self.choice.path else self._beside / "journal"
            return Journal(FolderStore(folder), self.clock)
        return Journal(BucketStore(self._bucket), self.clock)

    def kept(self, name: str) -> bytes | None:
        """A small document beside the journal, None where it is not there. Raises ProvisionerError."""
        if isinstance(self.choice, BucketJournal):
            there = self._bucket.read(name)
            return there.data if there else None
        path = self._beside / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ProvisionerError(f"cannot be read: {error.strerror or error}", where=str(path)) from None

    def keep(self, name: str, data: bytes) -> None:
        """Write such a document over what was there, wholly or not at all. Raises ProvisionerError.

        Of two who write at once either may win.
        """
        if not isinstance(self.choice, BucketJournal):
            write_atomically(self._beside / name, data)
            return
        there = self._bucket.read(name)
        if there is None:
            self._bucket.create(name, data)
        else:
            self._bucket.replace(name, data, there.etag)

    @property
    def _beside(self) -> Path:
        """The folder of what is kept beside a journal in a folder."""
        assert isinstance(self.choice, FolderJournal)
        own = state_folder(self.root, self.environment)
        return named_folder(self.root, self.choice.path) if self.choice.path else own

    @contextmanager
    def locked(self, engine: str) -> Iterator[Guard]:
        """Hold the lock: on this machine, and in the bucket where the journal is kept in one.

        Raises ConflictError where somebody else writes, ProvisionerError where there can be no lock.
        """
        note = owner_note(engine, self.clock)
        folder = state_folder(self.root, self.environment)
        with environment_lock(folder, self.environment, note, self.clock):
            if isinstance(self.choice, BucketJournal) and self.choice.locks:
                with leased(self._bucket, self.environment, {**note, "lock": identity(folder)}) as guard:
                    yield guard
            else:
                yield lambda: None

    @cached_property
    def _bucket(self) -> ObjectBucket:
        assert isinstance(self.choice, BucketJournal)
        return ObjectBucket(self.choice)

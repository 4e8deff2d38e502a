"""What is asked of a storage, and what a storage is to those who ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class FileSearch:
    """The files of `applications` that `query` wants.

    `root` is where `file:` references start from; `variables` are the process's, read for credentials.
    """

    environment: Environment
    applications: tuple[Application, ...]
    query: Query
    root: Path
    variables: Mapping[str, str]

    @property
    def sdk_app_ids(self) -> set[int]:
        """Of the applications."""
        return {app.sdk_app_id for app in self.applications}


class Storage(Protocol):
    """Where applications' files are. Equal storages are looked through once; the text names one to people."""

    @property
    def simulated(self) -> bool:
        """Whether an embedded console answers for it."""

    def files(self, search: FileSearch) -> Iterator[RecordedFile]:
        """Files one at a time, those that no recorder named included where the storage lists them.

        Raises ProvisionerError where nothing could be listed, IncompleteListingError where some was.
        """

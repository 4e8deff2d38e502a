"""The files of any number of applications of an environment, each storage looked through once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storage import FileSearch, Storage
from provisioner.archive.files.storages import storage_of
from provisioner.foundation import progress
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment


def list_files(
    environment: Environment,
    applications: Iterable[Application],
    query: Query,
    root: Path,
    variables: Mapping[str, str],
) -> Iterator[RecordedFile]:
    """Files where the specs store them now, one at a time: VOD's latest first, a bucket's by key.

    A bucket's unrecognized files belong to nobody and come along. `variables` are the process's, read for credentials.
    Raises UsageError for an application without a storage, before anything is listed; ProvisionerError where nothing
    could be listed; IncompleteListingError where that broke off, after all that could be.
    """
    storages: dict[Storage, list[Application]] = {}
    for app in applications:
        storages.setdefault(storage_of(app), []).append(app)
    searches = {
        storage: FileSearch(environment, tuple(apps), query, root, variables) for storage, apps in storages.items()
    }
    with progress.task("Listing files", None) as task:
        for file in _listed(searches):
            task.step()
            yield file


def _listed(searches: Mapping[Storage, FileSearch]) -> Iterator[RecordedFile]:
    """What each storage holds; a storage that breaks off does not keep the others from being listed."""
    failed: list[tuple[ProvisionerError, str]] = []
    for storage, search in searches.items():
        try:
            yield from storage.files(search)
        except ProvisionerError as error:
            if len(searches) == 1:
                raise
            missing = error.missing if isinstance(error, IncompleteListingError) else "all files"
            failed.append((error, f"{missing} of {storage}"))
    if failed:
        raise IncompleteListingError(failed[0][0], "; ".join(missing for _, missing in failed))

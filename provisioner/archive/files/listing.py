"""The files of any number of applications of an environment, each storage looked through once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from provisioner.archive.files import bucket, vod
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storages import Bucket, Storage, VodStorage, storage_of
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

    A bucket's foreign files belong to nobody and come along. `variables` are the process's, read for credentials.
    Raises UsageError for an application without a storage, before anything is listed; ProvisionerError where nothing
    could be listed; IncompleteListingError where that broke off, after all that could be.
    """
    storages: dict[Storage, list[Application]] = {}
    for app in applications:
        storages.setdefault(storage_of(app), []).append(app)
    failed: list[tuple[ProvisionerError, str]] = []
    for storage, apps in storages.items():
        try:
            if isinstance(storage, Bucket):
                yield from bucket.search(storage, {app.sdk_app_id for app in apps}, query, root)
            else:
                yield from _vod(environment, storage, apps, query, root=root, variables=variables)
        except ProvisionerError as error:
            if len(storages) == 1:
                raise
            missing = error.missing if isinstance(error, IncompleteListingError) else "all files"
            failed.append((error, f"{missing} of {storage}"))
    if failed:
        raise IncompleteListingError(failed[0][0], "; ".join(missing for _, missing in failed))


def _vod(
    environment: Environment,
    storage: VodStorage,
    apps: Iterable[Application],
    query: Query,
    *,
    root: Path,
    variables: Mapping[str, str],
) -> Iterator[RecordedFile]:
    from provisioner.console.tencent.service_client import open_service  # loads the SDK

    sought = {app.sdk_app_id: _user_defined(app) for app in apps}
    with open_service(environment, root, variables, vod.SERVICE, vod.VERSION) as client:
        yield from vod.search(client, storage.sub_app_id, sought, query)


def _user_defined(app: Application) -> str | None:
    prefix = app.setting("fileNamePrefix")
    return None if prefix is None else str(prefix)

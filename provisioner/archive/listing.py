"""The files of any number of applications of an environment, each storage looked through once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from provisioner.archive import bucket, vod
from provisioner.archive.recorded import Query, RecordedFile
from provisioner.archive.storages import Bucket, Storage, storage_of
from provisioner.recording.application import Application
from provisioner.specs.environment import Environment


def list_files(
    environment: Environment,
    applications: Iterable[Application],
    query: Query,
    root: Path,
    variables: Mapping[str, str],
) -> Iterator[RecordedFile]:
    """Files where the specs store them now, one at a time: VOD's latest first, a bucket's by key.

    A bucket's foreign files belong to nobody and come along. `variables` are the process's, read for credentials.
    Raises UsageError for an application without a storage; ProvisionerError where a storage cannot be listed, and
    IncompleteListingError where that broke off, after all that could be listed.
    """
    storages: dict[Storage, list[Application]] = {}
    for app in applications:
        storages.setdefault(storage_of(app), []).append(app)
    for storage, apps in storages.items():
        if isinstance(storage, Bucket):
            yield from bucket.search(storage, {app.sdk_app_id for app in apps}, query, root)
            continue
        from provisioner.console.services import open_service  # loads the SDK

        sought = {app.sdk_app_id: _user_defined(app) for app in apps}
        with open_service(environment, root, variables, vod.SERVICE, vod.VERSION) as client:
            yield from vod.search(client, storage.sub_app_id, sought, query)


def _user_defined(app: Application) -> str | None:
    prefix = app.setting("fileNamePrefix")
    return None if prefix is None else str(prefix)

"""Every storage that files are listed of, by the vendor's word in specs; and where an application's files are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from provisioner.archive.files import bucket, cos, s3, vod
from provisioner.archive.files.storage import Storage
from provisioner.foundation.errors import UsageError
from provisioner.recording.application import Application

STORAGES: Mapping[str, Callable[[Application], Storage]] = {
    "vod": vod.storage_of,
    **{vendor.name: partial(bucket.storage_of, vendor) for vendor in (cos.VENDOR, s3.VENDOR)},
}
"""A vendor whose buckets speak S3 is a module like cos.py, and a name in this line."""


def storage_of(app: Application) -> Storage:
    """Where the effective spec of `app` stores its files. Raises UsageError where it names nothing."""
    of = STORAGES.get(str(app.setting("storage/vendor")))
    if of is None:
        raise UsageError(
            f"{app.environment}/{app.name} names no storage", where=app.where, fix="Set settings.storage in its spec."
        )
    return of(app)

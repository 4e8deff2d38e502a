"""Recorded files in a bucket, listed page by page over the protocol that COS and AWS S3 speak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storage import FileSearch
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.s3_client import s3_client
from provisioner.foundation.secret_refs import resolve
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.file_names import path_readings


@dataclass(frozen=True, slots=True)
class BucketVendor:
    """A vendor of buckets that speak S3: `name` is its word in specs.

    `endpoint` answers a region's address, None where boto3 knows it. `addressing` is botocore's word for where the
    bucket's name stands: in the host name (`virtual`), or there where the name fits (`auto`).
    """

    name: str
    endpoint: Callable[[str], str | None]
    addressing: Literal["virtual", "auto"] = "auto"


@dataclass(frozen=True, slots=True)
class BucketStorage:
    """A folder of a bucket; `prefix` is empty for all of it. The keys are references."""

    vendor: BucketVendor
    name: str
    region: str
    prefix: str
    access_key_ref: str
    secret_key_ref: str
    endpoint: str = ""
    """Where a store is that speaks S3 and is not the vendor's own."""

    simulated = False

    def __str__(self) -> str:
        folder = f"/{self.prefix}" if self.prefix else ""
        return f"{self.vendor.name.upper()} bucket {self.name}{folder} in {self.region}"

    def files(self, wanted: FileSearch) -> Iterator[RecordedFile]:
        """As Storage asks."""
        return search(self, wanted.sdk_app_ids, wanted.query, wanted.root)


def storage_of(vendor: BucketVendor, app: Application) -> BucketStorage:
    """The bucket that an application's effective spec names."""

    def text(name: str) -> str:
        value = app.setting(f"storage/{vendor.name}/{name}")
        return "" if value is None else str(value)

    return BucketStorage(vendor, *map(text, ("bucket", "region", "prefix", "accessKeyRef", "secretKeyRef", "endpoint")))


_ADVICE = {
    "AccessDenied": "The key behind accessKeyRef must be allowed to list the bucket (COS: GetBucket, S3: ListBucket).",
    "InvalidAccessKeyId": "Check what accessKeyRef refers to: the storage does not know this key.",
    "NoSuchBucket": "Check storage.{vendor}.bucket and storage.{vendor}.region.",
    "SignatureDoesNotMatch": "Check what secretKeyRef refers to: it does not belong to the access key.",
}
_UNREACHABLE = "Check storage.{vendor}.region, and that the endpoint can be reached from here."


def search(
    bucket: BucketStorage, apps: set[int], query: Query, root: Path, *, endpoint: str | None = None
) -> Iterator[RecordedFile]:
    """The files of some applications that `query` wants, and all unrecognized ones, by key.

    A recorder puts the task's folder before the application's number, so all of the bucket's folder is looked
    through. `endpoint` replaces the vendor's own; `root` is where `file:` references start from. Raises
    ProvisionerError where nothing could be listed, IncompleteListingError where some was.
    """
    last = ""
    try:
        for page in _pages(bucket, root, endpoint):
            for entry in page.get("Contents", ()):
                last = entry["Key"]
                file = _file(bucket, entry)
                if (file.sdk_app_id is None or file.sdk_app_id in apps) and query.wants(file):
                    yield file
    except _BucketError as error:
        if not last:
            raise
        raise IncompleteListingError(error, f"keys after {printable(last)}") from None


def _file(bucket: BucketStorage, entry: dict[str, Any]) -> RecordedFile:
    found = path_readings(entry["Key"])
    return RecordedFile(
        bucket.vendor.name,
        entry["Key"],
        tuple(path.name for path in found),
        found[0].name.sdk_app_id if found else None,
        task=found[0].task if found else None,
        size=int(entry["Size"]),
        created=entry["LastModified"],
        address=f"{bucket.vendor.name}://{bucket.name}/{entry['Key']}",
    )


class _BucketError(ProvisionerError):
    """The storage refused or did not answer."""


def _pages(bucket: BucketStorage, root: Path, endpoint: str | None) -> Iterator[dict[str, Any]]:
    from botocore.exceptions import BotoCoreError, ClientError  # loads long

    access, secret = (resolve(reference, root) for reference in (bucket.access_key_ref, bucket.secret_key_ref))
    style = {"addressing_style": bucket.vendor.addressing if endpoint is None else "auto"}
    retries = {"mode": "standard", "total_max_attempts": 4}
    client = s3_client(
        str(bucket),
        endpoint or bucket.endpoint or bucket.vendor.endpoint(bucket.region),
        bucket.region,
        {"s3": style, "retries": retries, "connect_timeout": 5, "read_timeout": 30},
        aws_access_key_id=access.reveal(),
        aws_secret_access_key=secret.reveal(),
    )
    try:
        # COS knows the first version of this call; the second is S3's own.
        pages = client.get_paginator("list_objects")
        yield from pages.paginate(Bucket=bucket.name, Prefix=f"{bucket.prefix}/" if bucket.prefix else "")
    except ClientError as error:
        told = error.response.get("Error", {})
        code, message = str(told.get("Code")), printable(str(told.get("Message")))[:500]
        fix = _ADVICE.get(code, "").format(vendor=bucket.vendor.name) or None
        raise _BucketError(f"{bucket}: {printable(code)}: {message}", fix=fix) from None
    except BotoCoreError as error:
        fix = _UNREACHABLE.format(vendor=bucket.vendor.name)
        raise _BucketError(f"{bucket}: {printable(str(error))[:500]}", fix=fix) from None

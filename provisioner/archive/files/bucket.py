"""Recorded files in a bucket of COS or AWS S3, listed page by page over the protocol that both speak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import Query, RecordedFile
from provisioner.archive.files.storages import Bucket
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.secret_refs import resolve
from provisioner.foundation.text_safety import printable
from provisioner.recording.file_names import path_readings

_ADVICE = {
    "AccessDenied": "The key behind accessKeyRef must be allowed to list the bucket (COS: GetBucket, S3: ListBucket).",
    "InvalidAccessKeyId": "Check what accessKeyRef refers to: the storage does not know this key.",
    "NoSuchBucket": "Check storage.{vendor}.bucket and storage.{vendor}.region.",
    "SignatureDoesNotMatch": "Check what secretKeyRef refers to: it does not belong to the access key.",
}
_UNREACHABLE = "Check storage.{vendor}.region, and that the endpoint can be reached from here."


def search(
    bucket: Bucket, apps: set[int], query: Query, root: Path, *, endpoint: str | None = None
) -> Iterator[RecordedFile]:
    """The files of some applications that `query` wants, and all foreign ones, by key.

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


def _file(bucket: Bucket, entry: dict[str, Any]) -> RecordedFile:
    found = path_readings(entry["Key"])
    return RecordedFile(
        bucket.vendor,
        entry["Key"],
        tuple(path.name for path in found),
        found[0].name.sdk_app_id if found else None,
        task=found[0].task if found else None,
        size=int(entry["Size"]),
        created=entry["LastModified"],
    )


class _BucketError(ProvisionerError):
    """The storage refused or did not answer."""


def _pages(bucket: Bucket, root: Path, endpoint: str | None) -> Iterator[dict[str, Any]]:
    import boto3  # loads long
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    access, secret = (resolve(reference, root) for reference in (bucket.access_key_ref, bucket.secret_key_ref))
    # COS takes the bucket in the host name only; so does S3 where the name fits.
    style = {"addressing_style": "virtual" if endpoint is None and bucket.vendor == "cos" else "auto"}
    retries = {"mode": "standard", "total_max_attempts": 4}
    try:
        client = boto3.session.Session().client(
            "s3",
            region_name=bucket.region,
            aws_access_key_id=access.reveal(),
            aws_secret_access_key=secret.reveal(),
            endpoint_url=endpoint or _endpoint(bucket),
            config=Config(s3=style, retries=retries, connect_timeout=5, read_timeout=30),
        )
        # COS knows the first version of this call; the second is S3's own.
        pages = client.get_paginator("list_objects")
        yield from pages.paginate(Bucket=bucket.name, Prefix=f"{bucket.prefix}/" if bucket.prefix else "")
    except ClientError as error:
        told = error.response.get("Error", {})
        code, message = str(told.get("Code")), printable(str(told.get("Message")))[:500]
        fix = _ADVICE.get(code, "").format(vendor=bucket.vendor) or None
        raise _BucketError(f"{bucket}: {printable(code)}: {message}", fix=fix) from None
    except BotoCoreError as error:
        fix = _UNREACHABLE.format(vendor=bucket.vendor)
        raise _BucketError(f"{bucket}: {printable(str(error))[:500]}", fix=fix) from None


def _endpoint(bucket: Bucket) -> str | None:
    """COS's S3-compatible address (COS: Accessing COS with AWS S3 SDK); None is AWS's own, which boto3 knows."""
    if bucket.endpoint:
        return f"https://{bucket.endpoint}"
    return f"https://cos.{bucket.region}.myqcloud.com" if bucket.vendor == "cos" else None

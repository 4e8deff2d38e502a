"""A bucket of an S3-type store, as far as journal and lease need one: whole objects, written on conditions.

A PUT is all or nothing, and what it answered for is durable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.s3_client import s3_client
from provisioner.specs.keys.journal import BucketJournal

_TRIES = 3


class StoreError(ProvisionerError):
    """The store refused or did not answer; `reason` is its own word for it, `status` 0 where it said nothing."""

    def __init__(self, reason: str, place: str, status: int = 0) -> None:
        super().__init__(f"the store does not answer as it should: {reason}", where=place, fix=_FIX)
        self.reason = reason
        self.status = status


_FIX = "Check the address in environment.yaml, the network, and the credentials (AWS_ACCESS_KEY_ID and so on)."


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object: `age` is how long ago it was written, by the store's own clock."""

    data: bytes
    etag: str
    age: timedelta


class ObjectBucket:
    """The objects below the prefix that an environment's journal names. Safe to use from several threads.

    Every method raises StoreError where the store refuses or does not answer.
    """

    def __init__(self, choice: BucketJournal) -> None:
        """Makes no call. Raises ProvisionerError where the environment does not allow for one."""
        self.place = f"s3://{choice.bucket}/{choice.prefix}"
        self._bucket = choice.bucket
        self._prefix = f"{choice.prefix}/" if choice.prefix else ""
        self._client = s3_client(self.place, choice.endpoint, choice.region, _OPTIONS)

    def create(self, key: str, data: bytes) -> str | None:
        """Write a new object; answers its etag, None where another one is there already."""
        return self._put(key, data, IfNoneMatch="*")

    def replace(self, key: str, data: bytes, etag: str) -> str | None:
        """Write over the version `etag`; answers the new etag, None where another version is there, or none."""
        return self._put(key, data, IfMatch=etag)

    def read(self, key: str) -> StoredObject | None:
        """The object, None where there is none."""
        try:
            with self._words():
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
                return StoredObject(answer["Body"].read(), answer["ETag"], _age(answer))
        except StoreError as error:
            if error.reason == "NoSuchKey":
                return None
            raise

    def listing(self) -> Iterator[str]:
        """Every key, sorted."""
        with self._words():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(self._prefix)

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        with self._words():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def _put(self, key: str, data: bytes, **condition: str) -> str | None:
        for attempt in range(_TRIES):
            try:
                with self._words():
                    answer = self._client.put_object(
                        Bucket=self._bucket, Key=self._prefix + key, Body=data, **condition
                    )
                    return str(answer["ETag"])
            except StoreError as error:
                if error.status == 412 or error.reason == "NoSuchKey":
                    # An attempt whose answer was lost may have written it: then what is there is ours.
                    there = self.read(key)
                    return there.etag if there and there.data == data else None
                if error.status != 409 or attempt == _TRIES - 1:  # 409: somebody else writes it at this moment
                    raise
        raise AssertionError

    @contextmanager
    def _words(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            status = int(error.response["ResponseMetadata"].get("HTTPStatusCode", 0))
            raise StoreError(str(error.response.get("Error", {}).get("Code")), self.place, status) from error
        except BotoCoreError as error:
            raise StoreError(str(error), self.place) from error


_OPTIONS = {
    "connect_timeout": 5,
    "read_timeout": 20,
    "retries": {"mode": "standard", "total_max_attempts": 3},
    # Stores other than AWS refuse the checksums that newer SDKs add.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


def _age(answer: dict[str, Any]) -> timedelta:
    """By the store's clock alone, so that this machine's does not count; a store that tells no time says "just now"."""
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    written: datetime = answer["LastModified"]
    return max(parsedate_to_datetime(told) - written, timedelta()) if told else timedelta()

"""A journal in a bucket: one object an entry, never written twice, so that a kill loses none that was answered for.

When a run ends, its entries are also written as one object, so that a history is read by one call a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count

from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.apply.journal import unwritable
from provisioner.reconcile.apply.object_store import ObjectBucket, StoreError

_READERS = 8


class BucketStore:
    """`runs/NAME.jsonl` for each run that ended, `runs/NAME/NNNNNN.json` for each entry."""

    def __init__(self, bucket: ObjectBucket) -> None:
        self._bucket = bucket

    def open(self, run: str) -> ObjectSink:
        """A run without entries; the first one shows whether the bucket can be written."""
        return ObjectSink(self._bucket, run)

    def runs(self) -> Iterator[tuple[str, str]]:
        """Every run's name and lines."""
        entries: dict[str, list[str]] = {}
        whole: dict[str, str] = {}
        for key in self._bucket.listing():
            folder, _, rest = key.partition("/")
            name, slash, _ = rest.partition("/")
            if folder == "runs" and slash:
                entries.setdefault(name, []).append(key)
            elif folder == "runs" and rest.endswith(".jsonl"):
                whole[rest.removesuffix(".jsonl")] = key
        with ThreadPoolExecutor(_READERS) as pool:
            for name in sorted(entries.keys() | whole.keys()):
                keys = [whole[name]] if name in whole else sorted(entries[name])
                yield name, "".join(pool.map(self._text, keys))

    def _text(self, key: str) -> str:
        stored = self._bucket.read(key)
        return stored.data.decode("utf-8", "replace") if stored else ""


class ObjectSink:
    """One run's objects."""

    def __init__(self, bucket: ObjectBucket, run: str) -> None:
        self._bucket = bucket
        self._run = run
        self._numbers = count(1)  # counting is atomic, threads do not wait for each other's calls
        self._kept: dict[int, bytes] = {}

    def add(self, line: bytes) -> None:
        """One object, which nobody has written before."""
        number = next(self._numbers)
        key = f"runs/{self._run}/{number:06}.json"
        try:
            if self._bucket.create(key, line) is None:
                raise unwritable(f"{self._bucket.place}/{key}", "somebody else wrote this entry")
        except StoreError as error:
            raise unwritable(self._bucket.place, error.reason) from error
        self._kept[number] = line

    def close(self) -> None:
        """The run as one object. Where that fails nothing is lost: its entries are there."""
        with suppress(ProvisionerError):
            if self._kept:
                self._bucket.create(f"runs/{self._run}.jsonl", b"".join(line for _, line in sorted(self._kept.items())))

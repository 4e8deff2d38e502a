"""`journal`: where an environment's journal is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from provisioner.foundation.errors import did_you_mean
from provisioner.recording.findings import Finding
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import Schema
from provisioner.specs.yaml.checks import unfit
from provisioner.specs.yaml.reader import Node

_TAKES = "a folder, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_REGION = re.compile(r"[a-z0-9-]+")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True)
class FolderJournal:
    """A folder, relative to the project unless absolute; empty stands for the environment's local state."""

    path: str = ""


@dataclass(frozen=True, slots=True)
class BucketJournal:
    """A bucket of an S3-type store, which several machines share. `endpoint` and `region` as boto3 takes them.

    `locks` says whether the bucket also holds the environment's lock; False where the store has no conditional writes.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    locks: bool = True


JournalChoice = FolderJournal | BucketJournal


def journal_choice(text: str) -> JournalChoice:
    """The place that `text` names. Raises ValueError with a sentence for the author."""
    if "://" not in text:
        if ".." in text.split("/") or not text.strip("/"):
            raise ValueError(f"takes {_TAKES}, and no .. in it")
        return FolderJournal(text)
    parts = urlsplit(text)
    if parts.scheme != "s3" or parts.fragment:
        raise ValueError(f"takes {_TAKES}")
    if "@" in parts.netloc:
        raise ValueError("takes no credentials: they come from the process, such as AWS_ACCESS_KEY_ID")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError(f'takes a bucket after s3://, not "{parts.netloc}"')
    prefix = unquote(parts.path).strip("/")
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("takes a prefix of letters, digits and . _ / -")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in options.items():
        if name not in _OPTIONS:
            raise ValueError(f'has no option "{name}"{did_you_mean(name, _OPTIONS)}; it knows {", ".join(_OPTIONS)}')
        if not _OPTIONS[name].fullmatch(value):
            raise ValueError(f'takes no {name} "{value}"')
    return BucketJournal(
        parts.netloc, prefix, options.get("endpoint"), options.get("region"), options.get("lock") != "local"
    )


_OPTIONS = {"endpoint": _ENDPOINT, "region": _REGION, "lock": re.compile("bucket|local")}


def _schema() -> Schema:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": 2048,
        "description": f"Where it is written down what was done: {_TAKES}. "
        "A bucket is shared by several machines, and holds the lock too (lock=local: it does not).",
    }


def _check(node: Node, file: str) -> Iterator[Finding]:
    journal = node.below("journal")
    if isinstance(journal.plain(), str):
        try:
            journal_choice(journal.plain())
        except ValueError as reason:
            yield unfit(f"journal {reason}", journal, file, "/journal")


def _read(source: KeySource) -> JournalChoice:
    text = source.get("journal")
    return FolderJournal() if text is None else journal_choice(text)


JOURNAL: Key[JournalChoice] = Key("journal", _schema, _read, _check, speaks=True)

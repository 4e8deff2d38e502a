"""Where an environment's journal is kept: the `journal:` of `environment.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from provisioner.foundation.errors import did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml.reader import Node

TAKES = "a folder, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION"

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
            raise ValueError(f"takes {TAKES}, and no .. in it")
        return FolderJournal(text)
    parts = urlsplit(text)
    if parts.scheme != "s3" or parts.fragment:
        raise ValueError(f"takes {TAKES}")
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


def journal_of(document: Mapping[str, Any]) -> JournalChoice:
    """The place that an environment's document names; it has passed its checks."""
    return journal_choice(document["journal"]) if "journal" in document else FolderJournal()


def check_journal(node: Node, file: str) -> Iterator[Finding]:
    """What the schema cannot say of an environment's `journal`."""
    plain = node.plain()
    if isinstance(plain, dict) and isinstance(plain.get("journal"), str):
        try:
            journal_choice(plain["journal"])
        except ValueError as reason:
            message = printable(f"journal {reason}")
            yield Finding("REC011", Severity.ERROR, message, node.below("journal").at(file), path="/journal")

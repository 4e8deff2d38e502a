"""Applications by the bytes they were made from: what a commit and the work tree have in common is read only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.foundation.git import TreeFile
from provisioner.recording.application import Application
from provisioner.specs.codeowners.owners import Owners


class ApplicationSources(NamedTuple):
    """The bytes that an application's own file and its environment's hold, by what identifies them."""

    environment: str
    name: str
    own: bytes
    base: bytes


@dataclass(frozen=True, slots=True)
class KnownApplication:
    """An application without a mistake, the template it pins ('' for none), and that template's bytes."""

    pin: str
    templates: tuple[bytes, ...]
    application: Application


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The spec files of a commit: `files` are their contents, None where one is a link; `owners` are those of then."""

    listed: tuple[TreeFile, ...]
    files: Mapping[str, bytes] | None
    owners: Owners | None


class ApplicationCache(dict[ApplicationSources, KnownApplication]):
    """Shared by the workspaces of one run, with the commits that it has looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: dict[str, Snapshot] = {}

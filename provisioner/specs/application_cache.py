"""Applications by the bytes they were made from: what a commit and the work tree have in common is read only once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from provisioner.recording.application import Application


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


class ApplicationCache(dict[ApplicationSources, KnownApplication]):
    """Shared by the workspaces of one run."""

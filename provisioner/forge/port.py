"""What this project asks of a forge: where code is reviewed. All answer alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from provisioner.forge.context import Context
from provisioner.foundation.errors import ProvisionerError


class ForgeError(ProvisionerError):
    """The forge refused, or something in front of it did."""


class NotFound(ForgeError):
    """What was asked for is not there, or not for this token."""


class AmbiguousWrite(ForgeError):
    """No usable answer came back: what was asked for may have been done all the same."""


@dataclass(frozen=True, slots=True)
class Note:
    """A comment or an issue. `body` is its Markdown as stored, `url` is where people read it."""

    id: int
    body: str
    url: str


class Notes(Protocol):
    """A place that holds notes: a pull request's comments, or a project's open issues."""

    def mine(self) -> list[Note]:
        """What the token's own account wrote here, oldest first."""
        ...

    def create(self, body: str) -> Note:
        """Raises AmbiguousWrite where it may have been written all the same."""
        ...

    def update(self, note: Note, body: str) -> None:
        """Raises NotFound where somebody deleted it."""
        ...

    def remove(self, note: Note) -> None:
        """Delete a comment, close an issue; nothing happens where it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A pull request or merge request: its number, who opened it ('': an account that is no more), its newest commit
    ('': its branch is gone), and the branch that it is to be merged into."""

    number: int
    author: str
    commit: str
    target: str


class Opinion(StrEnum):
    """What a review says."""

    FOR = "for"
    AGAINST = "against"
    WITHDRAWN = "withdrawn"
    """It was dismissed: it counts neither way, and what the reviewer said before it does not count again."""


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's last word: on which commit ('': one that is gone), and when."""

    reviewer: str
    opinion: Opinion
    commit: str
    at: datetime


class State(StrEnum):
    """How a commit's status stands."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Status:
    """What a commit's list of checks shows: `name` is what a branch rule requires, `about` one short line."""

    name: str
    state: State
    about: str


class SettingResult(StrEnum):
    """How a setting of the forge stands."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "cannot-verify"
    """The token may not read it."""


@dataclass(frozen=True, slots=True)
class SettingCheck:
    """One setting; `fix` is what to set where it is missing, or whom to ask where nobody can tell."""

    name: str
    result: SettingResult
    detail: str
    fix: str = ""


class Forge(Protocol):
    """One project on a forge, with one token. Every method raises ForgeError."""

    @property
    def context(self) -> Context:
        """The job that asks."""
        ...

    def change(self, number: int) -> Change:
        """The pull or merge request of that number."""
        ...

    def change_of(self, commit: str) -> Change | None:
        """The change by whose merge `commit` came to its branch; None where it was pushed by hand."""
        ...

    def comments(self, number: int) -> Notes:
        """Comments of a change."""
        ...

    def issues(self, title: str) -> Notes:
        """Open issues; those written here get `title`."""
        ...

    def set_status(self, commit: str, status: Status) -> None:
        """Set the status of that name on a commit, or replace it."""
        ...

    def default_branch(self) -> str:
        """The branch that is applied."""
        ...

    def holds(self, branch: str, commit: str) -> bool:
        """Whether a commit came to a branch."""
        ...

    def authors(self, number: int) -> frozenset[str]:
        """Who wrote the commits of a change, alone or with others, and who pushed them; in lower case."""
        ...

    def settings(self, environment: str) -> Sequence[SettingCheck]:
        """Whether the forge is set up so that approvals of an environment cannot be passed by."""
        ...

    def reviews(self, number: int) -> Sequence[Review]:
        """The last word of each reviewer of a change."""
        ...

    def members(self, owner: str) -> frozenset[str]:
        """Accounts behind an owner as CODEOWNERS writes it (`@name`, `@group/team`), in lower case."""
        ...

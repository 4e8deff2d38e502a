"""The CI job that this process runs in, read from its variables, whose form is checked.

Tokens stay in their variables: the forge's own (`ForgeType.token`), and TRTC_TEAMS_TOKEN where that may not read teams.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.forge.forge_type import ForgeType
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import Secret, printable

TEAMS_TOKEN = "TRTC_TEAMS_TOKEN"  # the variable's name
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
NUMBER = re.compile(r"[1-9][0-9]{0,18}")
PATH = re.compile(r"[^\0]+")

_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Context:
    """A job: the API's base URL, the project (`owner/name` or an id), the commit under review or pushed.

    `change` is the number of the pull or merge request that the job runs for, `page` the project's address for people,
    `run` the job's, `summary` the file whose Markdown the job's page shows.
    """

    kind: ForgeType
    api: str
    project: str
    commit: str
    change: int | None
    page: str
    run: str
    summary: Path | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """`own` writes and reads, `teams` reads who is in a team."""

    own: Secret
    teams: Secret


def read_tokens(kind: ForgeType, variables: Mapping[str, str]) -> Tokens:
    """Raises UsageError where the forge's token is not set."""
    own = _token(kind.token, variables)
    if not own:
        raise UsageError(f"{kind.token} is not set", fix=kind.token_fix)
    return Tokens(Secret(own), Secret(_token(TEAMS_TOKEN, variables) or own))


def _token(name: str, variables: Mapping[str, str]) -> str:
    """A token without the line end of the file that it comes from; '' where it is not set. Raises UsageError."""
    token = variables.get(name, "").strip()
    if not (token.isascii() and (token.isprintable() or not token)):
        raise UsageError(f"{name} holds characters that no token has", fix="Copy it again, without line breaks.")
    return token


@dataclass(frozen=True, slots=True)
class Variables:
    """Variables that must have a certain form."""

    values: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether the variable is set, and not to nothing."""
        return bool(self.values.get(name))

    def get(self, name: str, form: re.Pattern[str]) -> str:
        """The variable's value, which `form` matches as a whole. Raises UsageError where it is none or another."""
        value = self.values.get(name, "")
        if not value:
            raise UsageError(f"{name} is not set", fix="The forge's CI sets it; run this in a job.")
        if not form.fullmatch(value):
            raise UsageError(f'{name} is "{printable(value[:80])}", which is not what a job is told')
        return value

    def url(self, name: str) -> str:
        """An address that a token may be sent to: https, or this machine."""
        value = self.get(name, _URL)
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise UsageError(f'{name} is "{printable(value[:80])}", which is no address') from None
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UsageError(f"{name} is plain http: anybody on the way would read the token", fix="Use https.")
        return value.rstrip("/")

"""What a forge says of itself, once: its name, its CI, its token, its limits, and how to speak to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.forge.context import Context, Tokens, Variables
    from provisioner.forge.port import Forge


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the forge shows: `text` are bytes of a comment or an issue, `page` those of a job's page, None where it
    has no such thing, `status` the characters of a status."""

    text: int
    page: int | None
    status: int


@dataclass(frozen=True, slots=True)
class ForgeType:
    """A kind of forge, such as GitHub. Everything that depends on the forge asks here.

    `name` is the word of `--post`, `title` its name in sentences, `ci` what runs its jobs, `job` the variable that is
    `true` there. `token` is the variable with the job's token, `token_fix` how one gets it. `loggers` are those of the
    library that `connect` loads: they would print tokens. `context` reads a job's variables and raises UsageError.
    `outside` makes do with those that name the project, for who looks at it from elsewhere; None: only a job can.
    """

    name: str
    title: str
    ci: str
    job: str
    token: str
    token_fix: str
    limits: Limits
    loggers: tuple[str, ...]
    context: Callable[[Variables], Context]
    connect: Callable[[Context, Tokens], Forge]
    outside: Callable[[Variables], Context] | None = None

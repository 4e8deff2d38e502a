"""What somebody decides who starts a repository."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.specs.layout import NAME
from provisioner.starter.tool_requirement import ToolRequirement

_OWNER = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*")
_FOLDER = re.compile(r"[A-Za-z0-9_.-]+( ?[A-Za-z0-9_.-]+)*")
_TIERS = {"prod": "production", "production": "production", "live": "production", "dev": "development"}


@dataclass(frozen=True, slots=True)
class Choices:
    """A repository as it is wanted. `folder` is the project's, from the root of the repository; '' where it is that.

    `environments` stand in the order of promotion; `forge` is None where no forge's jobs are wanted.
    """

    folder: str
    environments: tuple[str, ...]
    driver: str
    site: str
    owner: str
    forge: str | None
    tool: ToolRequirement

    def __post_init__(self) -> None:
        """Raises UsageError for what would not be inert in a workflow, in CODEOWNERS, or as a folder's name."""
        if not _OWNER.fullmatch(self.owner):
            raise UsageError(
                f'"{printable(self.owner)}" is no owner', fix="Name a team or a person: @acme/platform, @kim."
            )
        for part in self.folder.split("/") if self.folder else ():
            if not _FOLDER.fullmatch(part):
                raise UsageError(
                    f'the folder "{printable(self.folder)}" cannot be named in a workflow',
                    fix="Use letters, digits, dots, hyphens and underscores.",
                )

    @property
    def production(self) -> tuple[str, ...]:
        """The environments whose tier is production."""
        return tuple(name for name in self.environments if tier(name) == "production")


def environments(text: str) -> tuple[str, ...]:
    """`dev,prod` as names. Raises UsageError for none, for one that is twice, for one that is no name."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if not NAME.fullmatch(name) or len(name) > 63:
            raise UsageError(
                f'"{printable(name)}" is no name of an environment',
                fix="Names have lower-case letters, digits and inner hyphens: --env dev,prod",
            )
    if len(set(names)) != len(names):
        raise UsageError(f"--env names an environment twice: {', '.join(names)}", fix="Name each once.")
    return names


def tier(environment: str) -> str:
    """What an environment's name says of how careful to be; `staging` where it says nothing."""
    return _TIERS.get(environment, "staging")

"""Every source of credentials by its name: what schemas, the driver, doctor and the documentation read."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.credentials import (
    assume_role,
    cvm_role,
    environment,
    github_oidc,
    gitlab_oidc,
    profile,
    tke_oidc,
)
from provisioner.credentials.assumed import ROLE_KEY, owner_of
from provisioner.credentials.source import Source, SourceSettings

SOURCES: dict[str, Source] = {
    module.SOURCE.name: module.SOURCE
    for module in (environment, profile, cvm_role, assume_role, github_oidc, gitlab_oidc, tke_oidc)
}
"""A new source is a module of this room and its name in this line."""


@dataclass(frozen=True, slots=True)
class CredentialChoice:
    """The source that an environment chose, and what it gives it."""

    source: str
    settings: SourceSettings

    @property
    def origin(self) -> str:
        """Where the credentials come from, in words; never what they are."""
        return SOURCES[self.source].origin(self.settings)

    @property
    def account(self) -> str:
        """The account whose role is assumed, such as `uin/100000000001`; '' where the specs do not tell."""
        return owner_of(self.settings.get(ROLE_KEY, ""))


VARIABLES = CredentialChoice(environment.SOURCE.name, {})
"""What counts where an environment chooses nothing."""


def chosen(name: str, given: SourceSettings) -> CredentialChoice:
    """The choice that `{name: given}` in `console.credentials` makes, once it has passed its schema."""
    return CredentialChoice(name, SOURCES[name].settings(given))


def markdown() -> str:
    """The table of the documentation."""
    return "\n".join(["| source | where |", "|---|---|", *map(_row, SOURCES.values())])


def _row(source: Source) -> str:
    needs = f"; {source.needs}" if source.needs else ""
    return f"| `{source.name}: {source.example}` | {source.about.rstrip('.')}{needs} |"

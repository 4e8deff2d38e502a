"""What a source of credentials is: a name in `console.credentials`, the keys it takes, and how it is opened.

This room stands below the specs, so that their schema and the driver read the same table. Whatever a source needs of
the service it gets as a `TokenService`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from provisioner.foundation.errors import ProvisionerError

SourceSettings = Mapping[str, str]
"""What an environment gives a source: the keys it takes, defaults filled in, optional ones perhaps missing."""


class Credentials(Protocol):
    """What the SDK asks a credential for, before each signature."""

    def get_credential_info(self) -> tuple[str, str, str | None]:
        """Secret id, secret key, and the token of temporary credentials."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What credentials are resolved from: the process's `variables`, the home folder and the project's `root`."""

    variables: Mapping[str, str]
    home: Path
    root: Path

    @classmethod
    def of(cls, variables: Mapping[str, str], root: Path) -> Caller:
        """Whoever runs this process. Where nobody knows the home folder, as for a uid without a name, none is there."""
        try:
            home = Path.home()
        except RuntimeError:
            home = Path("/nonexistent")
        return cls(variables, home, root)

    def get(self, name: str) -> str:
        """A variable without the line end of the file that it was exported from; '' where it is not set."""
        return self.variables.get(name, "").strip()

    def variable(self, name: str, fix: str) -> str:
        """A variable that has to be set. Raises ProvisionerError with `fix`."""
        value = self.get(name)
        if not value:
            raise ProvisionerError(f"{name} is not set", fix=fix)
        return value


class Assume(Protocol):
    """Asks the token service (STS) for a role: an action and its body in, the answer's `Response` out."""

    def __call__(self, action: str, body: dict[str, Any]) -> Mapping[str, Any]:
        """Raises ConsoleError."""


TokenService = Callable[[Credentials | None], Assume]
"""Reaches the token service as somebody, or unsigned: by the environment's proxies and region."""


@dataclass(frozen=True, slots=True)
class SourceKey:
    """One key that a source takes. `reference` is where a secret is found, never the secret."""

    about: str
    required: bool = False
    default: str | None = None
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `about` is its sentence in the schema, `example` what the documentation shows as its settings."""

    name: str
    about: str
    origin: Callable[[SourceSettings], str]
    """Where the credentials come from, as `doctor` says it; never what they are."""

    open: Callable[[SourceSettings, Caller, TokenService], Credentials]
    """Raises ProvisionerError that names what is missing."""

    keys: Mapping[str, SourceKey] = field(default_factory=dict)
    example: str = "{}"
    needs: str = ""
    """What has to be there besides, for the documentation."""

    def settings(self, given: Mapping[str, str]) -> SourceSettings:
        """What was given, and the defaults of what was not."""
        defaults = {name: key.default for name, key in self.keys.items() if key.default is not None}
        return {**defaults, **given}


def fixed(secret_id: str, secret_key: str, token: str | None) -> Credentials:
    """A key that lasts as long as the process."""
    from tencentcloud.common.credential import Credential  # schemas are read without the SDK

    credential: Credentials = Credential(secret_id, secret_key, token)
    return credential

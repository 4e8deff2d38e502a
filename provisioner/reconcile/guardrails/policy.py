"""Everything that protects an environment, as one commit or the work tree has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.recording.application import Application
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class GuardrailPolicy:
    """`name` is the environment that is looked at, `environments` are all that can be read, by name, this one included.

    `names` are all that there are. `lock` holds digests by template version, `files` what identifies the content of
    each protected file (`files.py` says which): by its path from the project's folder, or with a slash in front from
    the repository's root.
    """

    name: str
    environments: Mapping[str, Environment]
    names: frozenset[str]
    owners: Owners | None = None
    lock: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> Environment | None:
        """The environment that is looked at; None where there is none, or where it cannot be read."""
        return self.environments.get(self.name)

    @property
    def production(self) -> bool:
        """Whether any environment is of that tier: what all share protects it, too."""
        return any(each.production for each in self.environments.values())

    def applications(self) -> Iterator[tuple[Environment, Application]]:
        """Every application of every environment, those of the environment that is looked at first."""
        for each in sorted(self.environments.values(), key=lambda each: (each.name != self.name, each.name)):
            for app in each.applications:
                yield each, app

"""Pairs the applications of two environments: by name, else by an alias."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two environments side by side. `pairs` are by the source's name, the rest has no counterpart."""

    source: Environment
    target: Environment
    pairs: Mapping[str, tuple[Application, Application]]
    only_source: tuple[Application, ...]
    only_target: tuple[Application, ...]

    def narrowed(self, names: Collection[str]) -> Pairing:
        """Only the applications called `names` in either environment; all of them where none is named.

        Raises UsageError for a name that neither has.
        """
        if not names:
            return self
        known = {app.name for app in (*self.source.applications, *self.target.applications)}
        for name in names:
            if name not in known:
                where = f"{self.source.name} nor {self.target.name}"
                raise UsageError(
                    f'neither {where} has an application "{printable(name)}"{did_you_mean(name, known)}',
                    fix=f"Known: {', '.join(sorted(known)) or 'none'}.",
                )
        return Pairing(
            self.source,
            self.target,
            {name: pair for name, pair in self.pairs.items() if {pair[0].name, pair[1].name} & {*names}},
            tuple(app for app in self.only_source if app.name in names),
            tuple(app for app in self.only_target if app.name in names),
        )


def pair(source: Environment, target: Environment) -> Pairing:
    """Equal names first; then an alias on either side, or the same alias on both.

    Rule REC076 sees to it that within an environment no name means two applications. Raises UsageError where across
    environments one could be paired with several.
    """
    if source.name == target.name:
        raise UsageError(
            f"{source.name} is one environment, not two", fix="Name the one that comes first, then the other."
        )
    left = {app.name: app for app in target.applications}
    pairs = {app.name: (app, left.pop(app.name)) for app in source.applications if app.name in left}
    for app in source.applications:
        if app.name in pairs:
            continue
        alike = [other for other in left.values() if _names(app) & _names(other)]
        if len(alike) > 1:
            raise UsageError(
                f"{app.name} could be {' or '.join(other.name for other in alike)} of {target.name}",
                where=app.origin("/aliases"),
                fix="Leave one alias that they share.",
            )
        if alike:
            pairs[app.name] = (app, left.pop(alike[0].name))
    alone = tuple(app for app in source.applications if app.name not in pairs)
    return Pairing(source, target, dict(sorted(pairs.items())), alone, tuple(left.values()))


def _names(app: Application) -> set[str]:
    return {app.name, *app.aliases}

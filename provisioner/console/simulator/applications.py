"""An application as the console holds it, as it is seeded, and as a row of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from provisioner.console.simulator.errors import ApiError
from provisioner.console.simulator.shape import JsonObject
from provisioner.console.simulator.template import TEMPLATE
from provisioner.foundation.errors import UsageError

Generation = Literal["new", "old"]
"""An application's recording type: new-type recording, once on, stays on."""

Mode = Literal["manual", "auto"]
"""Who starts recordings: the backend over REST, or every room by itself."""

COLUMNS = "sdk_app_id, name, generation, enabled, mode, template, changed_at, created_at"
"""The columns of table `applications` in the order of `to_row` and `from_row`."""


@dataclass(frozen=True, slots=True)
class SeedApplication:
    """An application the console starts out with. `template` is a wire template (`template.py`) or None."""

    sdk_app_id: int
    name: str
    generation: Generation
    enabled: bool = False
    mode: Mode = "manual"
    template: Mapping[str, Any] | None = field(default=None, repr=False)  # may hold secrets

    def planted(self, at: float) -> Application:
        """The application as it starts out at epoch second `at`.

        Raises UsageError where it is impossible: an unknown word, a template the console would refuse,
        automatic mode without a template.
        """
        if self.generation not in get_args(Generation):
            raise self._impossible(f"generation is new or old, not {self.generation!r}")
        if self.mode not in get_args(Mode):
            raise self._impossible(f"mode is auto or manual, not {self.mode!r}")
        if self.mode == "auto" and self.template is None:
            raise self._impossible("automatic recording needs a template")
        template = plain(self.template)
        if template is not None:
            try:
                TEMPLATE.check(template, "template")
            except ApiError as error:
                raise self._impossible(error.message) from error
        return Application(
            self.sdk_app_id, self.name, self.generation, bool(self.enabled), self.mode, template, None, at
        )

    def _impossible(self, why: str) -> UsageError:
        return UsageError(f"application {self.sdk_app_id} cannot be seeded: {why}")


@dataclass(frozen=True, slots=True)
class Application:
    """What the console holds of one application.

    Times are epoch seconds; `changed_at` is None until something changes. `template` includes secrets.
    """

    sdk_app_id: int
    name: str
    generation: Generation
    enabled: bool
    mode: Mode
    template: JsonObject | None = field(repr=False)
    changed_at: float | None
    created_at: float

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> Application:
        """The application in a row of `COLUMNS`."""
        sdk_app_id, name, generation, enabled, mode, template, changed_at, created_at = row
        held = None if template is None else json.loads(template)
        return cls(sdk_app_id, name, generation, bool(enabled), mode, held, changed_at, created_at)

    def to_row(self) -> tuple[object, ...]:
        """The application as a row of `COLUMNS`."""
        return (
            self.sdk_app_id,
            self.name,
            self.generation,
            int(self.enabled),
            self.mode,
            None if self.template is None else json.dumps(self.template, separators=(",", ":")),
            self.changed_at,
            self.created_at,
        )


def plain(template: Mapping[str, Any] | None) -> JsonObject | None:
    """An independent plain JSON object, whatever mapping types the caller used."""
    if template is None:
        return None
    copied: JsonObject = json.loads(json.dumps(template, default=dict))
    return copied

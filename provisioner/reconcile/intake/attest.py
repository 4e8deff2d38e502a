"""What somebody confirms who has looked at the console of one application."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from provisioner.reconcile.plan.diff import managed
from provisioner.reconcile.plan.plan import desired_values
from provisioner.recording.application import Application
from provisioner.recording.exclusive_storage import VENDOR, of_another
from provisioner.recording.value_types import Value
from provisioner.specs.documents.observation import CONFIRMABLE


def confirmed(
    application: Application, seen: Mapping[str, Value | None], unseen: Collection[str]
) -> dict[str, Value | None]:
    """ "As the spec wants it, except for `seen`; `unseen` I could not find." None stands for "not set".

    Nothing is put into anybody's mouth: who sees another mode than the spec's has not confirmed a template.
    """
    wanted = desired_values(application)
    found = {path: value for path, value in wanted.items() if path not in seen}
    found |= {path: value for path, value in seen.items() if value is not None}

    def looked_at(path: str) -> bool:
        if of_another(path, found.get(VENDOR)) or path in unseen:
            return False
        return path in seen or (managed(wanted, path) and managed(found, path))

    return {path: found.get(path) for path in CONFIRMABLE if looked_at(path)}

"""Where observations lie: one file an application, in Git, beside the specs."""

from __future__ import annotations

from pathlib import Path

from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents import observation
from provisioner.specs.documents.observation import Observation, StoredObservation
from provisioner.specs.editing.transaction import FileChange, write_together
from provisioner.specs.layout import observation_file
from provisioner.specs.yaml.reader import Malformed


def load(root: Path, environment: str, name: str) -> StoredObservation | None:
    """What was confirmed of an application, None where nobody did. Raises ProvisionerError with every reason."""
    path = observation_file(environment, name)
    advice = f"Confirm again what the console shows: provisioner attest {environment}/{name}"
    if not (root / path).resolve().is_relative_to(root.resolve()):
        raise ProvisionerError("is a link that leaves the project", where=path, fix=advice)
    try:
        return observation.parse((root / path).read_bytes(), path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProvisionerError(f"cannot be read: {error.strerror}", where=path, fix=advice) from None
    except Malformed as error:
        raise ProvisionerError("\n".join(map(str, error.findings)), fix=advice) from None


def stored(root: Path, environment: str) -> list[Observation]:
    """What was confirmed of the environment's applications and still stands as it was written, the oldest first.

    A file that cannot be read, or was edited since, is nobody's word and left out: plan and doctor say why.
    """
    folder = root / observation_file(environment, "x")
    found = []
    for file in sorted(folder.parent.glob("*.yaml")):
        try:
            held = load(root, environment, file.stem)
        except ProvisionerError:
            continue
        if held is not None and held.intact:
            found.append(held.observation)
    return sorted(found, key=lambda one: one.when)


def store(root: Path, environment: str, seen: Observation) -> str:
    """Write the file, wholly or not at all; answers where it lies. Raises ProvisionerError."""
    path = observation_file(environment, seen.name)
    place = root / path
    before = place.read_bytes() if place.is_file() else None
    change = FileChange(before, observation.file_text(seen, environment))
    write_together(root, {path: change}, f"attest {environment}/{seen.name}")
    return path

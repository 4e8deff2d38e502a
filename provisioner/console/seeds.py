"""The accounts that an embedded console starts with: `environments/<env>/embedded.yaml`."""

from __future__ import annotations

from pathlib import Path

from provisioner.console.simulator import SeedApplication
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs import shape
from provisioner.specs.reader import Malformed, read


def read_seeds(root: Path, environment: str) -> list[SeedApplication]:
    """Applications by the file's order. Raises ProvisionerError with every reason."""
    path = f"environments/{environment}/embedded.yaml"
    try:
        node = read((root / path).read_bytes(), path)
    except OSError as error:
        raise ProvisionerError(
            f"cannot be read: {error.strerror}",
            where=path,
            fix="The embedded console needs a file that lists the applications its account holds.",
        ) from None
    except Malformed as error:
        raise ProvisionerError("\n".join(map(str, error.findings))) from None
    if findings := shape.check(node, "embedded", path):
        raise ProvisionerError("\n".join(map(str, findings)))
    return [
        SeedApplication(
            sdk_app_id=entry["sdkAppId"],
            name=name,
            generation=entry.get("generation", "new"),
            enabled=entry.get("enabled", False),
            mode=entry.get("mode", "manual"),
        )
        for name, entry in node.plain()["applications"].items()
    ]

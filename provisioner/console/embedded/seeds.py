"""The accounts that an embedded console starts with: `environments/<env>/embedded.yaml`."""

from __future__ import annotations

from pathlib import Path

from provisioner.foundation.errors import ProvisionerError
from provisioner.simulator import SeedApplication
from provisioner.specs.documents.document import read_document
from provisioner.specs.documents.embedded import EMBEDDED
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import embedded_file
from provisioner.specs.yaml.reader import Malformed


def read_seeds(root: Path, environment: str) -> list[SeedApplication]:
    """Applications by the file's order. Raises ProvisionerError with every reason."""
    file = embedded_file(environment)
    try:
        document = read_document(SpecFiles(root), file, EMBEDDED)
    except Malformed as error:
        raise ProvisionerError(
            "\n".join(map(str, error.findings)),
            fix="The embedded console needs a file that lists the applications its account holds.",
        ) from None
    return [
        SeedApplication(
            sdk_app_id=entry["sdkAppId"],
            name=name,
            generation=entry.get("generation", "new"),
            enabled=entry.get("enabled", False),
            mode=entry.get("mode", "manual"),
        )
        for name, entry in document.node.plain()["applications"].items()
    ]

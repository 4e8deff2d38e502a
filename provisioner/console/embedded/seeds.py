"""The accounts that an embedded console starts with: `environments/<env>/embedded.yaml`."""

from __future__ import annotations

from pathlib import Path

from provisioner.console.embedded.wire_template import template_of
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Layer
from provisioner.recording.fields import SETTINGS
from provisioner.simulator import SeedApplication
from provisioner.specs.documents.document import read_document
from provisioner.specs.documents.embedded import EMBEDDED
from provisioner.specs.documents.patch import read_patch
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import embedded_file
from provisioner.specs.yaml.reader import Malformed, Node


def read_seeds(root: Path, environment: str) -> list[SeedApplication]:
    """Applications by the file's order. Raises ProvisionerError with every reason."""
    file = embedded_file(environment)
    try:
        document = read_document(SpecFiles(root), file, EMBEDDED)
        applications = document.node.below("applications").value
        return [_seed(name, entry, root, file) for name, entry in applications.items()]
    except Malformed as error:
        raise ProvisionerError(
            "\n".join(map(str, error.findings)),
            fix="The embedded console needs a file that lists the applications its account holds.",
        ) from None


def _seed(name: str, node: Node, root: Path, file: str) -> SeedApplication:
    """One application. Raises Malformed, and ProvisionerError for one that no console could hold."""
    entry, template = node.plain(), None
    if "settings" in entry:
        patch, findings = read_patch(node.below("settings"), Layer.APPLICATION, file, SETTINGS)
        if findings:
            raise Malformed(findings)
        template = template_of({path: value for path, value in patch.says.items() if value is not None}, root)
    seed = SeedApplication(
        sdk_app_id=entry["sdkAppId"],
        name=name,
        generation=entry.get("generation", "new"),
        enabled=entry.get("enabled", False),
        mode=entry.get("mode", "manual"),
        template=template,
    )
    try:
        seed.planted(0)
    except ProvisionerError as error:
        raise ProvisionerError(error.what, where=node.at(file), fix=error.fix) from None
    return seed

"""What is known of a console is data: it ships with this package; a project that knows better brings its own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.named_files import NamedFileError, declares, read_named
from provisioner.specs.schema import checking
from provisioner.specs.yaml.reader import Malformed, read


def load(kind: str, name: str, root: Path) -> tuple[str, dict[str, Any]]:
    """The document of a kind (`binding`, `page`) and where it stands, by a shipped name or a file below `root`.

    Raises ProvisionerError with every reason against it.
    """
    shipped = resources.files("provisioner.console").joinpath(f"{kind}s", f"{name}.yaml")
    path = f"{kind}s/{name}.yaml" if shipped.is_file() else name
    try:
        data = shipped.read_bytes() if shipped.is_file() else read_named(root, name)
        if not declares(data, word := checking.schema(kind)["properties"]["kind"]["const"]):
            raise NamedFileError(name, f"does not say kind: {word}; nothing else of it is looked at")
        node = read(data, path)
        findings = checking.check(node, kind, path)
    except NamedFileError as error:
        raise ProvisionerError(
            error.reason,
            where=path,
            fix=f"console.{kind} takes a name that ships with this tool ({', '.join(_shipped(kind))}), "
            "or a file of this project.",
        ) from None
    except Malformed as error:
        findings = error.findings
    if findings:
        raise ProvisionerError("\n".join(map(str, findings)))
    document: dict[str, Any] = node.plain()
    return path, document


def parse(kind: str, raw: bytes, where: str) -> dict[str, Any]:
    """The document of a kind in a file's bytes. Raises ProvisionerError with every reason against it."""
    try:
        node = read(raw, where)
        findings = checking.check(node, kind, where)
    except Malformed as error:
        findings = error.findings
    if findings:
        raise ProvisionerError("\n".join(map(str, findings)))
    document: dict[str, Any] = node.plain()
    return document


def _shipped(kind: str) -> list[str]:
    folder = resources.files("provisioner.console").joinpath(f"{kind}s")
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))

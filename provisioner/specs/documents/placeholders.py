"""Values that somebody has to fill in: `sdkAppId: "FILL IN: the SDKAppId of webinar in prod"`."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.yaml.reader import Node

MARK = "FILL IN: "


def placeholder(question: str) -> str:
    """What stands in the place of a value that only people know."""
    return f"{MARK}{question}"


def placeholders(node: Node, file: str, path: str = "") -> Iterator[Finding]:
    """A finding for each value of a document that is still a question."""
    plain = node.plain()
    if isinstance(plain, dict):
        for name, child in node.value.items():
            yield from placeholders(child, file, f"{path}/{name}")
    elif isinstance(plain, str) and plain.startswith(MARK):
        name = path[1:].replace("/", ".")
        message = printable(f"{name} is to be filled in: {plain.removeprefix(MARK)}")
        yield Finding("REC024", Severity.ERROR, message, node.at(file), path=path)

"""The policies of a project as they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from provisioner.recording.findings import Finding

if TYPE_CHECKING:
    from provisioner.specs.documents.policy import Policy


class Policies(NamedTuple):
    """What can be read, sorted by name, and every reason against a file: with any, nothing may be acted on."""

    policies: tuple[Policy, ...] = ()
    findings: tuple[Finding, ...] = ()

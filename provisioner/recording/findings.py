"""A finding: something a rule or the diff has to say about one place of one application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.foundation.errors import Location


class Severity(Enum):
    """How much a finding weighs. ERROR stops everything; HIGH needs an acknowledgement."""

    ERROR = "error"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is stable (`REC0nn` for rules, a word for consequences); `path` is an RFC 6901 pointer or ''."""

    id: str
    severity: Severity
    message: str
    where: Location | None = None
    application: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.id} {self.message}"

    def sort_key(self) -> tuple[str, int, int, str, str]:
        where = self.where or Location("~", 0, 0)
        return (where.file, where.line, where.column, self.id, self.message)

"""A finding: something a rule or the diff has to say about one place of one application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from provisioner.foundation.errors import Location


class Severity(Enum):
    """How much a finding weighs. ERROR stops everything, HIGH needs an acknowledgement, the rest stops nothing."""

    ERROR = "error"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is stable (`REC0nn` for rules, a word for consequences); `path` is an RFC 6901 pointer or ''.

    `environment` and `application` say whose it is; both are empty where a file is at fault that many share.
    """

    id: str
    severity: Severity
    message: str
    where: Location | None = None
    application: str = ""
    path: str = ""
    environment: str = ""

    @property
    def stops(self) -> bool:
        """Whether nothing may be read or written before it is gone."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """`file:line:col: REC0nn message`; what is no error says how much it weighs: `REC0nn low: message`."""
        place = f"{self.where}: " if self.where else ""
        weight = "" if self.stops else f" {self.severity.value}:"
        return f"{place}{self.id}{weight} {self.message}"

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order by file, line and column; what has no place comes last."""
        where = self.where or Location("~", 0, 0)
        return (where.file, where.line, where.column, self.id, self.message)

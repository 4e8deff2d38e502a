"""How a console's list is asked for page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Paging:
    """What paging is called: `begin` and `limit` are sent, `total` is answered.

    `begin` counts applications from 0 on, or pages from `first` on where that is given.
    """

    begin: str
    limit: str
    size: int
    total: str
    first: int | None = None

    def request(self, listed: int, pages: int) -> dict[str, int]:
        """What asks for the page that comes after so many applications and pages."""
        return {self.begin: listed if self.first is None else self.first + pages, self.limit: self.size}

    def offset(self, begin: int, limit: int) -> int:
        """How many applications stand before a page that is asked for so."""
        return begin if self.first is None else (begin - self.first) * limit

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """As a binding's `list.page` says it."""
        numbered = "number" in entry
        begin, first = (entry["number"], entry.get("first", 1)) if numbered else (entry["offset"], None)
        return cls(begin, entry["limit"], entry["size"], entry["total"], first)

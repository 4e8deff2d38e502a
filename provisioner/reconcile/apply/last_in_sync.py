"""When each application last was as its spec said, as far as the journal knows."""

from __future__ import annotations

from collections.abc import Iterable

from provisioner.reconcile.apply.journal import JournalEntry


def last_equal(entries: Iterable[JournalEntry]) -> dict[int, str]:
    """The time (RFC 3339, UTC) by SDKAppId. Somebody may have changed the console at any moment after it."""
    found: dict[int, str] = {}
    for entry in entries:
        if entry.event == "applied":
            found[entry.details["sdkAppId"]] = entry.at
        elif entry.event == "equal":
            found.update(dict.fromkeys(entry.details["sdkAppIds"], entry.at))
    return found

"""A rule of a team's own: support calls are recorded only after the customer agreed."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.api import Application, Rule, Severity, each


def _asks_first(app: Application) -> Iterator[tuple[str, str]]:
    """(path, message) for each violation; the finding names the line that set the leaf at `path`."""
    if app.owner == "@acme/support" and app.automatic:
        message = "a support call is recorded once the customer agreed; set mode: manual and let the backend start it"
        yield "/recording/mode", message


RULES = (
    Rule(
        "ACME-001",
        "Support calls are recorded after consent",
        Severity.ERROR,
        "Acme's privacy notice promises to ask first.",
        each(_asks_first),  # a check of all environments at once takes Specs and yields Violation
        waivable=True,
    ),
)

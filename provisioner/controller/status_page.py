"""The read-only page and its JSON: everything a person on call asks first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from provisioner.controller.contracts import Contracts
from provisioner.controller.overview import UNKNOWABLE, Overview
from provisioner.foundation.clock import timestamp
from provisioner.foundation.text_safety import printable


def status_document(found: Overview, contracts: Contracts) -> dict[str, Any]:
    """The page as JSON; times are RFC 3339."""

    def rows(calls: Any) -> list[dict[str, Any]]:
        return [{**asdict(row), "since": _time(row.since)} for row in calls]

    return {
        "at": _time(found.now),
        "environments": {
            name: {
                "console": held.environment.console.driver,
                "sessions": {state: n for (of, state), n in found.sessions.items() if of == name},
                "contracts": held.digests,
                "brokenSpecs": contracts.last.broken.get(name),
            }
            for name, held in contracts.environments.items()
        },
        "waiting": {"calls": found.waiting, "oldestSeconds": round(found.oldest, 3)},
        "replicas": found.replicas,
        "foreignTasks": found.foreign,
        "unidentifiedSessions": found.unidentified,
        "expiringTasks": found.expiring,
        "recording": rows(found.running),
        "queued": rows(found.queued),
        "failed": rows(found.failed),
        "unknowable": list(UNKNOWABLE),
    }


def status_page(found: Overview, contracts: Contracts) -> str:
    """The page. Rooms, calls and outcomes come from outside: they are escaped, and cannot hide or move text."""
    environment = Environment(
        loader=PackageLoader("provisioner.controller", "."), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["safe_text"] = lambda value: printable(str(value))
    return environment.get_template("status_page.html.j2").render(status_document(found, contracts))


def _time(at: float) -> str:
    return timestamp(datetime.fromtimestamp(at, UTC))

"""The state of all environments as gauges for Prometheus. Its library comes with an extra."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from provisioner.foundation.clock import timestamp
from provisioner.promotion.status import Cell, Column, PromotionStatus
from provisioner.report.metrics.health_metrics import ApplicationHealth, EnvironmentHealth, health_metrics


def status_metrics(status: PromotionStatus, at: datetime) -> bytes:
    """What a look at the moment `at` says of every environment."""
    return health_metrics("status", map(_environment, status.columns), at)


def _environment(column: Column) -> EnvironmentHealth:
    applications = None if column.unreadable else tuple(_applications(column))
    unmanaged = None if column.unmanaged is None else len(column.unmanaged)
    return EnvironmentHealth(column.environment.name, len(column.environment.applications), applications, unmanaged)


def _applications(column: Column) -> Iterator[ApplicationHealth]:
    for cell in column.cells.values():
        if cell.drift is not None:
            yield _health(cell, cell.drift)


def _health(cell: Cell, differing: int) -> ApplicationHealth:
    return ApplicationHealth(
        cell.application.name,
        differing > 0,
        tuple((found.id, found.severity) for found in cell.present),
        cell.unverified,
        cell.shown,
        lapses=timestamp(cell.lapses) if cell.lapses else None,
    )

"""The service's rate, kept by all replicas together: a token bucket in the store (GCRA), one an account and action."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlalchemy import select, update

from provisioner.controller.store import schema
from provisioner.controller.store.port import Transaction
from provisioner.controller.store.rows import insert_once
from provisioner.recording.limits import CALLS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` calls, of which `burst` may come at once.

    A limiter of the service's own rate, 20 a second, let up to 31 of a burst through; 18 with a burst of 2 kept
    under 20 in any second (the prototype's figures).
    """

    per_second: float = 0.9 * CALLS_PER_SECOND
    burst: int = 2


def take(transaction: Transaction, action: str, rate: Rate, wanted: int) -> tuple[int, float]:
    """How many of the `wanted` calls may leave now, and in how many seconds the next may. The row is locked."""
    table, now = schema.bucket.c, transaction.now
    query = select(table.arrival).where(table.action == action).with_for_update()
    arrival = transaction.connection.execute(query).scalar_one_or_none()
    if arrival is None:
        insert_once(transaction.connection, schema.bucket, {"action": action, "arrival": 0.0})
        arrival = float(transaction.connection.execute(query).scalar_one())
    interval = 1 / rate.per_second
    # A clock that was set back leaves an arrival far ahead: no more than one burst is waited for.
    arrival = min(max(arrival, now), now + rate.burst * interval)
    free = math.floor((now + rate.burst * interval - arrival) / interval + 1e-9)
    granted = max(0, min(wanted, free))
    if granted:
        update_it = update(schema.bucket).where(table.action == action).values(arrival=arrival + granted * interval)
        transaction.connection.execute(update_it)
        arrival += granted * interval
    return granted, max(0.0, arrival + interval - (now + rate.burst * interval))


SERVICE_RATE = Rate()

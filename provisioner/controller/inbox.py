"""The callbacks that were kept, in the form of the archive's inbox, page by page for who collects evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from provisioner.controller.store import schema
from provisioner.controller.store.port import Transaction
from provisioner.foundation.clock import timestamp

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Entries as `{receivedAt, sdkAppId, callback}`; `after` is where the next page begins, empty on the last one."""

    entries: tuple[dict[str, Any], ...]
    after: str


def inbox_page(transaction: Transaction, environment: str, since: float, after: str) -> InboxPage:
    """What was received from epoch second `since` on, behind the place `after`. Raises ValueError for no such place."""
    table = schema.event.c
    where = [table.environment == environment, table.received >= since]
    if after:
        received, _, key = after.partition(":")
        at = float(received)
        where.append(or_(table.received > at, and_(table.received == at, table.key > key)))
    query = (
        select(table.received, table.key, table.sdk_app_id, table.body)
        .where(*where)
        .order_by(table.received, table.key)
        .limit(PAGE)
    )
    rows = transaction.connection.execute(query).all()
    entries = tuple(
        {
            "receivedAt": timestamp(datetime.fromtimestamp(row.received, UTC)),
            "sdkAppId": row.sdk_app_id,
            "callback": json.loads(row.body),
        }
        for row in rows
    )
    return InboxPage(entries, f"{rows[-1].received!r}:{rows[-1].key}" if len(rows) == PAGE else "")

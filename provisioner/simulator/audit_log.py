"""What CloudAudit keeps: every write with its caller, shown late and out of order where a fault says so."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Literal

from provisioner.simulator.accounts import Account
from provisioner.simulator.database import Database
from provisioner.simulator.errors import ApiError
from provisioner.simulator.fault_kinds import AUDIT
from provisioner.simulator.faults import Faults
from provisioner.simulator.param_schema import JsonObject
from provisioner.simulator.template import TEMPLATE

Via = Literal["ApiCall", "ConsoleCall"]
"""How CloudAudit says a call was made (guide 1021/40499)."""


@dataclass(frozen=True, slots=True)
class AuditCaller:
    """Who made a call: `root`, a sub-user's or a role's name, from which address, with which key."""

    user: str
    address: str
    via: Via = "ApiCall"
    access_key: str = ""


SOMEBODY = AuditCaller("somebody", "203.0.113.7", "ConsoleCall")
"""With a browser, unless a test or a person says who; the address is one of those kept for documentation."""

OWNER_UIN = "100000000001"
"""The account's number, where no key names it."""


@dataclass(frozen=True, slots=True)
class AuditedCall:
    """A call as the log keeps it; parameters are without what no log may hold."""

    name: str
    service: str
    request_id: str
    parameters: JsonObject


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One entry of the log: when it happened and when the log began to show it (`arrival`, microseconds)."""

    at: float
    arrival: int
    name: str
    service: str
    request_id: str
    username: str
    access_key: str
    account: str
    address: str
    via: str
    resource: str
    parameters: str
    api_error: str


_FIELDS = tuple(field.name for field in fields(AuditRecord))
_COLUMNS = ", ".join(_FIELDS)

ATTRIBUTES: Mapping[str, str] = {
    "AccessKeyId": "access_key",
    "ApiErrorCode": "api_error",
    "EventName": "name",
    "PrincipalId": "username",
    "RequestId": "request_id",
    "ResourceName": "resource",
    "ResourceType": "service",
    "SourceIPAddress": "address",
}
"""What DescribeEvents can look for, by the column that has it."""


class AuditLog:
    """The audit log of one state file."""

    def __init__(self, database: Database, faults: Faults, now: Callable[[], float]) -> None:
        self._database, self._faults, self._now = database, faults, now

    @contextmanager
    def recording(self, call: AuditedCall, by: AuditCaller, account: Account) -> Iterator[None]:
        """A write happens in the block; what it raises as ApiError is part of its record."""
        try:
            yield
        except ApiError as error:
            self.record(call, by, account.owner_uin, error.code)
            raise
        self.record(call, by, account.owner_uin)

    def record(self, call: AuditedCall, by: AuditCaller, account: str = OWNER_UIN, api_error: str = "") -> None:
        """Keep one write, unless a fault loses it."""
        told = self._faults.draw(AUDIT + call.name)
        if told.lost:
            return
        at = self._now()
        app = call.parameters.get("SdkAppId")
        resource = f"sdkappid/{app}" if app is not None and not told.bare else ""
        parameters = "" if told.bare else json.dumps(_without_secrets(call.parameters))
        with self._database.writing(durable=False) as connection:
            arrival = _free(connection, round((at + told.late) * 1e6))
            record = AuditRecord(
                at=at,
                arrival=arrival,
                name=call.name,
                service=call.service,
                request_id=call.request_id,
                username=by.user,
                access_key=by.access_key,
                account=account,
                address=by.address,
                via=by.via,
                resource=resource,
                parameters=parameters,
                api_error=api_error,
            )
            _insert(connection, record)

    def edited(self, name: str, parameters: JsonObject, by: AuditCaller) -> None:
        """Somebody used the console's page."""
        self.record(AuditedCall(name, "trtc", str(uuid.uuid4()), parameters), by)

    def find(
        self, start: float, end: float, wanted: Mapping[str, Sequence[str]], before: int, most: int
    ) -> list[AuditRecord]:
        """At most `most` records from `start` to `end` (epoch seconds, both included), the last to arrive first.

        `wanted` has alternatives by attribute; `before` is an arrival that all of them come before.
        """
        conditions, values = ["at >= ?", "at < ?", "arrival < ?"], [start, end + 1, before]
        for attribute, alternatives in wanted.items():
            conditions.append(f"{ATTRIBUTES[attribute]} IN ({', '.join('?' * len(alternatives))})")
            values.extend(alternatives)  # type: ignore[arg-type]
        query = f"SELECT {_COLUMNS} FROM audit WHERE {' AND '.join(conditions)} ORDER BY arrival DESC LIMIT {most:d}"
        return [AuditRecord(*row) for row in self._database.rows(query, *values)]

    @property
    def now(self) -> float:
        """Epoch seconds by which records arrive."""
        return self._now()


def _free(connection: sqlite3.Connection, arrival: int) -> int:
    """The first moment from `arrival` on at which no other record arrives: pages are told apart by it."""
    while connection.execute("SELECT 1 FROM audit WHERE arrival = ?", (arrival,)).fetchone():
        arrival += 1
    return arrival


def _insert(connection: sqlite3.Connection, record: AuditRecord) -> None:
    values = tuple(getattr(record, name) for name in _FIELDS)
    connection.execute(f"INSERT INTO audit ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def _without_secrets(parameters: JsonObject) -> dict[str, Any]:
    template = parameters.get("Template")
    if not isinstance(template, dict):
        return parameters
    return {**parameters, "Template": TEMPLATE.without_hidden(template)}

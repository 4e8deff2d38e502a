"""The embedded console: Tencent Cloud API 3.0 over HTTP or HTTPS, to which real SDKs and tccli talk.

state = ConsoleState(path)
state.seed([SeedApplication(20000123, "tutoring-live", "new")])
state.faults.add(Fault("reset-after", actions=("AlterRecording",), count=1))
state.recordings.play(Room(20000123, "4711"), Call(people=3).events())
with ConsoleServer(state, [Account("AKID…", "key", "100000000001")]) as server:
    HttpProfile(protocol="http", endpoint=server.endpoint)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.simulator.accounts import Account, AccountPolicy
from provisioner.simulator.applications import SeedApplication
from provisioner.simulator.audit_log import AuditCaller
from provisioner.simulator.callbacks.outbox import Target
from provisioner.simulator.calls import Call, Drop, Rehearsal, Room, rehearse, unrecorded
from provisioner.simulator.faults import Fault
from provisioner.simulator.sites import CN, INTL, SITES, SimulatedSite
from provisioner.simulator.state import ConsoleState

if TYPE_CHECKING:
    from provisioner.simulator.callbacks.sender import CallbackSender
    from provisioner.simulator.server import ConsoleServer

__all__ = [
    "CN",
    "INTL",
    "SITES",
    "Account",
    "AccountPolicy",
    "AuditCaller",
    "Call",
    "CallbackSender",
    "ConsoleServer",
    "ConsoleState",
    "Drop",
    "Fault",
    "Rehearsal",
    "Room",
    "SeedApplication",
    "SimulatedSite",
    "Target",
    "rehearse",
    "unrecorded",
]


def __getattr__(name: str) -> Any:
    """The server and the sender load ten times as long as all the rest, and only who serves needs them."""
    if name == "ConsoleServer":
        from provisioner.simulator.server import ConsoleServer

        return ConsoleServer
    if name == "CallbackSender":
        from provisioner.simulator.callbacks.sender import CallbackSender

        return CallbackSender
    raise AttributeError(name)

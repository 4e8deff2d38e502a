"""The embedded console: Tencent Cloud API 3.0 over loopback HTTP, to which the real SDK talks.

state = ConsoleState(path)
state.seed([SeedApplication(20000123, "tutoring-live", "new")])
with ConsoleServer(state, [Account("AKID…", "key", "100000000001")]) as server:
    HttpProfile(protocol="http", endpoint=server.endpoint)
"""

from provisioner.console.simulator.applications import SeedApplication
from provisioner.console.simulator.server import ConsoleServer
from provisioner.console.simulator.signature import Account
from provisioner.console.simulator.state import ConsoleState

__all__ = ["Account", "ConsoleServer", "ConsoleState", "SeedApplication"]

"""Every action of the console by service, version and name."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.actions.audit import AUDIT
from provisioner.simulator.actions.console import CONSOLE
from provisioner.simulator.actions.media import MEDIA
from provisioner.simulator.actions.recording import RECORDING
from provisioner.simulator.actions.room_list import ROOMS
from provisioner.simulator.actions.usage import USAGE
from provisioner.simulator.errors import ApiError
from provisioner.simulator.sites import SimulatedSite

__all__ = ["SERVICES", "ApiCall", "Services", "SimulatedAction", "find"]

Services = Mapping[str, Mapping[str, Actions]]
"""Actions by service, version and name."""

SERVICES: Services = {
    "trtc": {"2019-07-22": {**CONSOLE, **RECORDING, **ROOMS, **USAGE}},
    "vod": {"2018-07-17": MEDIA},
    "cloudaudit": {"2019-03-19": AUDIT},
}


def find(service: str, version: str, name: str, site: SimulatedSite, services: Services = SERVICES) -> SimulatedAction:
    """The action of that name. Raises ApiError: NoSuchVersion, InvalidAction."""
    versions = services[service]
    if version not in versions:
        raise ApiError("NoSuchVersion", f"The specified api version=`{version}` does not exist in service=`{service}`.")
    action = versions[version].get(name)
    if action is None or action.site not in (None, site):
        raise ApiError(
            "InvalidAction", f"The request action=`{name}` is invalid or doesn't match the specified version."
        )
    return action

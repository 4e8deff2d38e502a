"""What an action is: the shape of its parameters, who may call it from where how often, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.simulator.applications import UnknownApplicationError
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import JsonObject, ObjectParam
from provisioner.simulator.regions import KNOWN
from provisioner.simulator.sites import SimulatedSite
from provisioner.simulator.state import ConsoleState


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of an action. A read answers what was true at `at` (epoch seconds); `stale`: that is not now.

    `exclusive_tasks`: a robot's second task in a room is refused, instead of taking the first one's place.
    """

    state: ConsoleState
    parameters: JsonObject
    at: float
    stale: bool = False
    exclusive_tasks: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedAction:
    """One action of a service.

    `writes`: it changes something. `per_application`: access management knows the SDKAppId as its resource; other
    actions take `*` only. `regions`: where it can be called, None where X-TC-Region is not needed at all.
    `per_second`: its limit where that is lower than the service's. `site`: the only site that has it.
    """

    parameters: ObjectParam
    handle: Callable[[ApiCall], JsonObject]
    writes: bool = False
    per_application: bool = True
    regions: frozenset[str] | None = KNOWN
    per_second: float | None = None
    site: SimulatedSite | None = None

    def check(self, parameters: object) -> JsonObject:
        """The parameters, whose shape is right. Raises ApiError."""
        self.parameters.check(parameters, "")
        assert isinstance(parameters, dict)  # the shape says so; mypy cannot know
        return parameters

    def perform(self, call: ApiCall) -> JsonObject:
        """The members of a successful `Response`, RequestId aside. Raises ApiError."""
        try:
            return self.handle(call)
        except UnknownApplicationError as error:
            raise ApiError("FailedOperation.SdkAppIdNotExist", "The SdkAppId does not exist.") from error


Actions = Mapping[str, SimulatedAction]
"""Actions by name."""

"""The provider and the resource that Python programs declare. Nested values have the keys of specs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from provisioner.provider import tokens

if TYPE_CHECKING:
    from provisioner.provider.arguments import Acknowledgement, Console, Recording


class Provider(pulumi.ProviderResource):
    """Serves one environment.

    With `environment` alone it is the folder below `environments/` of that name. With `tier`, `site`, `region` and
    `console`, which are as in `environment.yaml`, no specs are needed and `environment` is just a name; `limits` and
    `intent` too are as there. Credentials are named in `console`, never written: every value here ends up in the
    stack's state.
    """

    def __init__(
        self,
        resource_name: str,
        environment: pulumi.Input[str],
        *,
        tier: pulumi.Input[str] | None = None,
        site: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        console: pulumi.Input[Console] | None = None,
        limits: pulumi.Input[Mapping[str, int]] | None = None,
        intent: pulumi.Input[Mapping[str, Acknowledgement]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        given: dict[str, Any] = {"environment": environment, "tier": tier, "site": site, "region": region}
        objects = {"console": console, "limits": limits, "intent": intent}
        given |= {key: _as_text(value) for key, value in objects.items() if value is not None}
        super().__init__(tokens.PACKAGE, resource_name, {k: v for k, v in given.items() if v is not None}, opts)


class RecordingConfiguration(pulumi.CustomResource):
    """The recording settings of one SDKAppId.

    The application exists in the TRTC console already. `import_="<SDKAppId>"` in `opts` shows what differs from it,
    field by field; without it the first `up` is a create that reads the console and writes what differs. Values are
    written as in specs (`10s`, `1200kbps`); what is left out has the documented default.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        sdk_app_id: pulumi.Input[int],
        recording: pulumi.Input[Recording],
        name: pulumi.Input[str] | None = None,
        owner: pulumi.Input[str] | None = None,
        on_remove: pulumi.Input[str] | None = None,
        intent: Mapping[str, Acknowledgement] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`name` is for messages, `on_remove` says what removing the resource does to the console (`retain` or
        `stop-auto`), and `intent` acknowledges a consequence: `{"stop-recording": {"reason": …, "expires": …}}`.
        """
        given = {
            "sdkAppId": sdk_app_id,
            "recording": recording,
            "name": name,
            "owner": owner,
            "onRemove": on_remove,
            "intent": intent,
        }
        super().__init__(tokens.RESOURCE, resource_name, {**given, "effectiveAfter": None}, opts)

    @property
    @pulumi.getter(name="effectiveAfter")
    def effective_after(self) -> pulumi.Output[str]:
        """Rooms created after this moment (RFC 3339, UTC) follow the last change; empty before the first."""
        output: pulumi.Output[str] = pulumi.get(self, "effectiveAfter")
        return output


def _as_text(value: Any) -> pulumi.Output[str]:
    """Configuration of a provider is text to the engine; objects travel as JSON."""
    return pulumi.Output.from_input(value).apply(json.dumps)


def get_application(sdk_app_id: int, opts: pulumi.InvokeOptions | None = None) -> Mapping[str, Any]:
    """What the console shows of one application: name, generation, recording, cannotVerify, console, consolePage."""
    return _ask(tokens.GET_APPLICATION, {"sdkAppId": sdk_app_id}, opts)


def get_applications(opts: pulumi.InvokeOptions | None = None) -> Mapping[str, Any]:
    """All applications of the account: {console, applications: [{sdkAppId, name, managed}]}."""
    return _ask(tokens.GET_APPLICATIONS, {}, opts)


def get_plan(opts: pulumi.InvokeOptions | None = None) -> Mapping[str, Any]:
    """What differs between the specs of the environment and its console: {plan, summary, refused, people}."""
    return _ask(tokens.GET_PLAN, {}, opts)


def _ask(token: str, arguments: Mapping[str, Any], opts: pulumi.InvokeOptions | None) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = pulumi.runtime.invoke(token, arguments, opts).value
    return answer

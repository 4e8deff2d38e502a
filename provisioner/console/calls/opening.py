"""Where TUICallKit's REST of an environment is, and whose webhooks its specs declare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from provisioner.console.calls.call_webhooks import CallAdmin, CallWebhooks
from provisioner.console.calls.webhook_driver import EVENTS, URL, WebhookConsole, WebhooksAlone
from provisioner.console.doctor_checks import CheckResult, DoctorCheck, FieldSeen, field_seen
from provisioner.console.drivers import endpoint_of, open_console
from provisioner.console.grade import Grade
from provisioner.console.port import Console
from provisioner.console.tencent.client import Endpoint
from provisioner.foundation.clock import Clock
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.secret_refs import revealer
from provisioner.recording.application import Application
from provisioner.specs.documents.environment import Environment

_HOSTS = {"cn": "console.tim.qq.com", "intl": "adminapisgp.im.qcloud.com"}
"""By site (trtc.io/document/68938: China, Singapore)."""

_REGIONS = {"ap-seoul": "adminapikr.im.qcloud.com"}
"""Regions of the international site that have one of their own (the same page)."""

_CONSOLE = "trtc."


def declared(environment: Environment) -> dict[int, Application]:
    """Applications whose specs declare a webhook of calls, by SDKAppId."""
    return {app.sdk_app_id: app for app in environment.applications if app.value(URL) is not None}


def with_webhooks(console: Console, environment: Environment, root: Path, clock: Clock) -> Console:
    """`console` with the webhooks that specs declare; itself where they declare none."""
    apps = declared(environment)
    if not apps:
        return console
    simulated = environment.console.driver == "embedded"
    return WebhookConsole(
        console,
        CallWebhooks(_simulated(console) if simulated else call_endpoint(environment, root), clock),
        apps,
        revealer(root, simulated=simulated),
        read_only=environment.console.read_only,
    )


def webhooks_alone(console: Console, environment: Environment) -> WebhooksAlone | None:
    """The webhooks of a console that people change; None where specs declare none."""
    return WebhooksAlone(console, declared(environment)) if isinstance(console, WebhookConsole) else None


def call_endpoint(environment: Environment, root: Path) -> Endpoint:
    """The site's own host, or whatever stands in front of all services: a console.endpoint of another name."""
    endpoint = endpoint_of(environment, root)
    if not endpoint.host.startswith(_CONSOLE):
        return endpoint
    host = _REGIONS.get(environment.region, _HOSTS[environment.site]) if environment.site == "intl" else _HOSTS["cn"]
    return replace(endpoint, host=host, scheme="https")


def examined_webhook(
    environment: Environment, app: Application, root: Path, clock: Clock
) -> tuple[DoctorCheck, tuple[FieldSeen, ...]]:
    """Tries to read an application's webhook of calls, and writes nothing."""
    name, fix = "get_callback", "Check calls.admin, the key that calls.sdkSecretKeyRef names, and the way to the host."
    try:
        console = open_console(environment, root, {}, clock) if environment.console.driver == "embedded" else None
        try:
            endpoint = _simulated(console) if console else call_endpoint(environment, root)
            webhooks = CallWebhooks(endpoint, clock)
            key = revealer(root, simulated=console is not None)(str(app.value("/calls/sdkSecretKeyRef")))
            found = webhooks.read(CallAdmin(app.sdk_app_id, str(app.value("/calls/admin")), key))
            webhooks.close()
        finally:
            if console:
                console.close()
    except ProvisionerError as error:
        return DoctorCheck(name, CheckResult.FAILS, error.what, error.fix or fix), ()
    places = ((URL, "Url", found.url), (EVENTS, "CallbackCommandList", found.events))
    fields = tuple(field_seen(path, Grade.DOCUMENTED.value, f"get_callback: {at}", shown) for path, at, shown in places)
    return DoctorCheck(name, CheckResult.OK, f"read, at {endpoint.host}"), fields


def _simulated(console: Console) -> Endpoint:
    from provisioner.console.embedded.embedded_driver import EmbeddedConsole  # the server loads long

    assert isinstance(console, EmbeddedConsole)
    return console.endpoint

"""A console together with the webhooks of calls that its environment's specs declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provisioner.console.calls.call_webhooks import CallAdmin, CallWebhooks
from provisioner.console.port import (
    Capabilities,
    Console,
    ConsoleChange,
    ListedApplication,
    Observed,
    Receipt,
    Shown,
)
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.secret_refs import Reveal
from provisioner.foundation.text_safety import Secret
from provisioner.recording.application import Application

BLOCK = "/calls/webhook"
URL, EVENTS = f"{BLOCK}/url", f"{BLOCK}/events"


class WebhookConsole:
    """Reads and writes what the inner console does not know of; everything else is the inner console's."""

    def __init__(
        self,
        inner: Console,
        webhooks: CallWebhooks,
        declared: Mapping[int, Application],
        reveal: Reveal,
        *,
        read_only: bool,
    ) -> None:
        """`declared` are the applications whose specs declare a webhook, by SDKAppId."""
        self.label = inner.label
        self.inner = inner
        self._webhooks = webhooks
        self._declared = declared
        self._reveal = reveal
        self._read_only = read_only

    def capabilities(self) -> Capabilities:
        return self.inner.capabilities()

    def list_applications(self) -> list[ListedApplication]:
        return self.inner.list_applications()

    def read(self, sdk_app_id: int) -> Observed:
        seen = self.inner.read(sdk_app_id)
        app = self._declared.get(sdk_app_id)
        if app is None:
            return seen
        return replace(seen, fields={**seen.fields, **self.shown(app)})

    def shown(self, app: Application) -> dict[str, Shown]:
        """What the service shows of an application's webhook. Raises ConsoleError, ProvisionerError without its key."""
        found = self._webhooks.read(self._admin(app))
        return {URL: found.url, EVENTS: found.events}

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        ours = frozenset(path for path in change.changed if path.startswith(f"{BLOCK}/"))
        calls: tuple[tuple[str, str], ...] = ()
        if rest := change.changed - ours:
            calls = self.inner.write(sdk_app_id, replace(change, changed=rest)).calls
        if ours:
            calls += (("set_callback", self.set(sdk_app_id, change)),)
        return Receipt(calls)

    def set(self, sdk_app_id: int, change: ConsoleChange) -> str:
        """Set the webhook as a whole: the service knows no other way. Answers the request's id."""
        if self._read_only:
            raise ProvisionerError(
                f"SDKAppId {sdk_app_id} was not written: console.readOnly is set",
                fix="Remove readOnly from environment.yaml to let this environment be written.",
            )
        url, events = change.desired[URL], change.desired[EVENTS]
        assert isinstance(events, tuple)  # a Words field
        return self._webhooks.write(self._admin(self._declared[sdk_app_id]), str(url), [str(event) for event in events])

    def close(self) -> None:
        """Close both."""
        self._webhooks.close()
        self.inner.close()

    def _admin(self, app: Application) -> CallAdmin:
        key: Secret = self._reveal(str(app.value("/calls/sdkSecretKeyRef")))
        return CallAdmin(app.sdk_app_id, str(app.value("/calls/admin")), key)


class WebhooksAlone:
    """The same as a console of webhooks alone: for environments whose console only people change."""

    def __init__(self, console: WebhookConsole, declared: Mapping[int, Application]) -> None:
        self.label = f"call service beside the {console.label}"
        self._console, self._declared = console, declared

    def capabilities(self) -> Capabilities:
        return Capabilities(lists=False)

    def list_applications(self) -> list[ListedApplication]:
        raise ProvisionerError("the call service lists no applications")

    def read(self, sdk_app_id: int) -> Observed:
        app = self._declared[sdk_app_id]
        return Observed(sdk_app_id, app.name, None, self._console.shown(app))

    def write(self, sdk_app_id: int, change: ConsoleChange) -> Receipt:
        return Receipt((("set_callback", self._console.set(sdk_app_id, change)),))

    def close(self) -> None:
        """The console that it is a part of is closed by its owner."""

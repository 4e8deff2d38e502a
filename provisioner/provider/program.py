"""The Pulumi program: the stack's specs become resources, after the whole environment has passed the gate."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any, NoReturn

import pulumi

from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import printable
from provisioner.provider import tokens
from provisioner.provider.properties import inputs
from provisioner.provider.resource import Provider, RecordingConfiguration
from provisioner.recording.application import Application
from provisioner.specs.workspace import Workspace

# Pulumi's own code for "the user has been told": nothing is added to what was logged.
_TOLD = 32


def main() -> None:
    """Run the stack named like an environment."""
    # The engine interrupts the program when a step fails; a KeyboardInterrupt traceback would bury the reason.
    signal.signal(signal.SIGINT, lambda *_: os._exit(_TOLD))
    # The SDK's own debugging messages are four calls a resource, for each of which everything else in here waits.
    pulumi.log.debug = _unsaid
    try:
        _declare(pulumi.get_stack())
    except ProvisionerError as error:
        _fail(str(error))


def _unsaid(msg: str, *_: object, **__: object) -> None:
    """What only `pulumi --debug` would show."""


def _declare(stack: str) -> None:
    provider = Provider(stack, stack)
    known = _known()  # waiting for this answer sends the provider's registration: the plugin starts meanwhile
    workspace = Workspace.containing(Path.cwd())
    environment = workspace.environment(stack)
    _pass_the_gate(provider, known)
    labels = labels_of(environment, workspace.root)
    resources = {app.name: _resource(app, provider) for app in environment.applications}
    pulumi.export(
        "applications",
        {
            app.name: {
                "sdkAppId": app.sdk_app_id,
                "mode": app.mode if app.records else "off",
                "template": app.value("/recording/template"),
                "effectiveAfter": resources[app.name].effective_after,
                "consolePage": labels.address(app.sdk_app_id),
            }
            for app in environment.applications
        },
    )


def _pass_the_gate(provider: Provider, known: list[dict[str, Any]]) -> None:
    """Plan the environment as a whole, so that all reasons are told at once and before any step."""
    try:
        options = pulumi.InvokeOptions(provider=provider)
        answer = pulumi.runtime.invoke(tokens.GATE, {"known": json.dumps(known)}, options).value
    except Exception as error:  # noqa: BLE001 - the SDK raises bare Exception for whatever the provider said
        _fail(str(error).rpartition("returned an error: ")[2] or str(error))
    for words in answer["present"]:  # what happens to calls now comes before whatever this run would do
        pulumi.log.warn(words)
    if answer["refused"]:
        _fail(f"Refused; nothing was written:\n{answer['refused']}")
    for told in answer["told"]:
        (pulumi.log.info if told["severity"] == "info" else pulumi.log.warn)(told["text"])
    for words in answer["guardrails"]:
        pulumi.log.warn(f"guardrail: {words}")
    for removed in answer["removed"]:
        (pulumi.log.warn if removed["stops"] else pulumi.log.info)(removed["message"])
    pulumi.log.info(f"{answer['summary']} On the {answer['console']}.")
    if answer["people"] and not pulumi.runtime.is_dry_run():  # a preview is a look, which fails nowhere else either
        _fail(answer["people"])


_REMEMBERED = ("name", "sdkAppId", "owner", "onRemove", "recording")


def _known() -> list[dict[str, Any]]:
    """The applications that the stack holds, and what it last asked of them.

    A delete has no Check, so what it does must be told here; and only who remembers what was asked knows drift from an
    edit.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        state = pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}).value
    except Exception as error:  # noqa: BLE001 - a backend that cannot say is none that says: nothing is known
        pulumi.log.info(f"the stack's own resources cannot be listed: {error}")
        return []
    held = state["outputs"].values()
    _warn_of_others({entry["type"] for entry in held})
    outputs = (entry["outputs"] for entry in held if entry["type"] == tokens.RESOURCE)
    return [{key: known[key] for key in _REMEMBERED if key in known} for known in outputs]


def _warn_of_others(types: set[str]) -> None:
    """What other providers have created stands in the state alone, which a run that is killed must not lose."""
    others = sorted(kind for kind in types if not kind.startswith(("pulumi:", f"{tokens.PACKAGE}:")))
    if others and os.environ.get(tokens.SKIP_CHECKPOINTS, "").lower() in ("1", "true"):
        pulumi.log.warn(
            f"this stack also keeps {printable(', '.join(others))}: a run that is killed would forget what it had "
            f"created of them. Run with {tokens.SKIP_CHECKPOINTS}=false (docs/pulumi.md)."
        )


def _resource(app: Application, provider: Provider) -> RecordingConfiguration:
    options = pulumi.ResourceOptions(
        provider=provider,
        # The application exists in the console: the first `up` imports it and shows what differs, field by field.
        import_=str(app.sdk_app_id),
        aliases=[pulumi.Alias(name=former) for former in app.aliases],
    )
    declared = inputs(app.values)
    return RecordingConfiguration(
        app.name,
        sdk_app_id=app.sdk_app_id,
        recording=declared["recording"],
        name=app.name,
        owner=app.owner,
        on_remove=declared["onRemove"],
        opts=options,
    )


def _fail(text: str) -> NoReturn:
    pulumi.log.error(text)
    raise SystemExit(_TOLD)

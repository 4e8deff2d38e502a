"""Recordings over REST: somebody carries out what the spec says, and one alone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from provisioner.recording.application import Application
from provisioner.recording.field import Mode
from provisioner.recording.fields import find, pattern
from provisioner.recording.findings import Severity
from provisioner.recording.manual import BLOCK, manual
from provisioner.recording.paths import short
from provisioner.recording.sites import SITES
from provisioner.recording.wire import WIRE
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ComparingCheck, Reasons, Rule, Specs, Violation, within


def _somebody_carries_it_out(environment: Environment, app: Application) -> Reasons:
    if manual(app) and environment.controller is None:
        yield (
            f"{BLOCK}/start",
            "recording.manual is the controller's to carry out, and the environment declares none; add controller: "
            f"{{url: https://…, tokenRef: env:NAME}} to {environment.where.file}, or remove recording.manual",
        )


def _callbacks_are_signed(environment: Environment, app: Application) -> Reasons:
    if environment.controller and manual(app) and not environment.controller.callback_keys(app):
        yield (
            f"{BLOCK}/start",
            "no key signs this application's callbacks, and the controller believes no unsigned one; set "
            f"controller.callbackKeyRefs in {environment.where.file}, or recording.manual.callbackKeyRefs here",
        )


def _site_takes_the_member(environment: Environment, app: Application) -> Reasons:
    if not app.records or app.mode != Mode.MANUAL.value:
        return
    unknown = SITES[environment.site].unknown_to_rest
    for path, value in app.values.items():
        wire = WIRE.get(pattern(path))
        field = find(path)
        if wire and wire.name in unknown and field and value != field.default:
            yield path, f"the API of the site {environment.site} has no {wire.name}: {short(path)} would hold nothing"


def _token_is_encrypted(specs: Specs) -> Iterator[Violation]:
    for environment in specs.environments:
        parts = urlsplit(environment.controller.url) if environment.controller else None
        if parts and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            message = (
                "controller.url is http: its bearer token travels in clear text, and whoever reads it starts "
                "recordings; take an https address"
            )
            yield Violation(environment, "/controller/url", message)


_LOOPBACK = ("127.0.0.1", "::1", "localhost")

RULES = (
    Rule(
        "REC054",
        "A controller carries out recording.manual",
        Severity.ERROR,
        "Policy: in manual mode nobody records unless somebody calls CreateCloudRecording, so what starts a recording "
        "is accepted only where a controller is declared that does it.",
        within(_somebody_carries_it_out),
    ),
    Rule(
        "REC055",
        "The controller can tell a forged callback",
        Severity.ERROR,
        "With a key each callback carries Sign, an HMAC-SHA256 of its body; without one anybody who finds the address "
        "starts and stops recordings (callback guide).",
        within(_callbacks_are_signed),
    ),
    Rule(
        "REC056",
        "The site's API knows the setting",
        Severity.ERROR,
        "WaterMarkChar.Font and WaterMarkTimestamp.Font are in the Chinese site's API description only, "
        "CloudStorage.EndpointUrl in the international one's only (SDKs 3.1.177 and 3.1.193).",
        within(_site_takes_the_member),
    ),
    Rule(
        "REC057",
        "The controller's token travels encrypted",
        Severity.MEDIUM,
        "Policy: backends, plan and drift send the bearer token with every request.",
        ComparingCheck(_token_is_encrypted),
    ),
)

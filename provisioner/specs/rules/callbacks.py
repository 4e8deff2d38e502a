"""Recording events on their way to the business backend."""

from __future__ import annotations

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import Reasons, Rule, each, within

_URL = f"{SETTINGS}/callback/url"


def _is_encrypted(app: Application) -> Reasons:
    # The address itself may hold a token: it is not repeated.
    if app.records and str(app.value(_URL)).casefold().startswith("http://"):
        yield _URL, "callback.url is http: room and user ids travel in clear text; take an https address"


def _is_signed(environment: Environment, app: Application) -> Reasons:
    unsigned = app.value(_URL) is not None and app.setting("callback/keyRef") is None
    if app.records and environment.production and unsigned:
        message = "callback.url has no callback.keyRef: whoever finds the address can send events that never happened"
        yield _URL, f"{message}; set callback.keyRef: env:NAME"


RULES = (
    Rule(
        "REC070",
        "Recording events travel encrypted",
        Severity.MEDIUM,
        "Events are posted to the address as it is, http or https, with room and user ids (callback guide).",
        each(_is_encrypted),
        waivable=True,
    ),
    Rule(
        "REC071",
        "Production's recording events are signed",
        Severity.MEDIUM,
        "With a key each event carries Sign, an HMAC-SHA256 of its body; without one it does not (callback guide).",
        within(_is_signed),
        waivable=True,
    ),
)

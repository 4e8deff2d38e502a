"""How long what people confirmed still counts: told before it ends, and loudly once it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from provisioner.console.port import Observed
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.specs.rules.observed import CONFIRMATION_ENDS, CONFIRMATION_LAPSED

SOON = timedelta(days=14)
"""How long before it ends a confirmation is a finding."""


def confirmation_age(app: Application, observed: Observed, today: date) -> Iterator[Finding]:
    """That a confirmation ends soon, or has ended."""
    again = f"provisioner attest {app.environment}/APP"
    if lapsed := observed.lapsed:
        told = f"What {lapsed.who} confirmed counted until {lapsed.expires.date()}; nobody knows what it shows: {again}"
        yield CONFIRMATION_LAPSED.finding(app, "/sdkAppId", told)
    elif (held := observed.attested) and held.expires.date() - today <= SOON:
        told = f"What {held.who} confirmed counts until {held.expires.date()}; look again before: {again}"
        yield CONFIRMATION_ENDS.finding(app, "/sdkAppId", told)

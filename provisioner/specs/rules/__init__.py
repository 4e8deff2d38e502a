"""The rule registry: everything that is checked beyond shape, and every id that a finding may carry.

`service_limits/` holds what the service refuses or silently drops, the modules beside it what is unwise. Rules that
need the console are listed in `observed.py` and checked by the plan (`reconcile/plan/consequence.py`). A team adds its
own by an entry point (`plugins.py`). `docs/rules.md` is written from here (`docs_page.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from provisioner.specs.rules import (
    callbacks,
    calls,
    identity,
    manual,
    observed,
    plugins,
    policies,
    production,
    reading,
    service_limits,
    storage,
    waivers,
)
from provisioner.specs.rules.rule import Rule

if TYPE_CHECKING:
    from provisioner.specs.documents.policy import Policy

GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "What a file may hold": reading.RULES,
    "What the service refuses, or does not record": service_limits.RULES,
    "Recordings over REST": manual.RULES,
    "Whose an application is": identity.RULES,
    "What a call loses or costs": calls.RULES,
    "Where files go, and for how long": storage.RULES,
    "Recording events": callbacks.RULES,
    "Production": production.RULES,
    "Waivers and intents": waivers.RULES,
    "Policies of the organisation": policies.RULES,
    "Seen in the console": observed.RULES,
    "What a change does": tuple(observed.CONSEQUENCES.values()),
    "What the console does now": tuple(observed.PRESENT.values()),
}
"""Every rule of this package under its heading in the docs. Those without a check are found by other parts."""

RULES: Mapping[str, Rule] = {rule.id: rule for group in GROUPS.values() for rule in group}


def known_rules(own: Iterable[Policy] = ()) -> Mapping[str, Rule]:
    """Every rule by id: this package's, the team's, and a project's `own` policies."""
    known = {**RULES, **{rule.id: rule for rule in plugins.team_rules(RULES)}}
    return {**known, **{rule.id: rule for rule in policies.rules_of(own)}}

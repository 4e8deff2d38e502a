"""Every guardrail, registered once, and the comparison of two commits in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.applications import APPLICATIONS
from provisioner.reconcile.guardrails.change import ApprovalAsk, GuardrailChange, ShiftDirection
from provisioner.reconcile.guardrails.environment_keys import ENVIRONMENT_KEYS
from provisioner.reconcile.guardrails.files import PROJECT
from provisioner.reconcile.guardrails.guardrail import Guardrail, Shift
from provisioner.reconcile.guardrails.ownership import OWNERSHIP
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import environment_file


def _new_environment(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    if base.environment is None and head.environment is not None:
        file = environment_file(head.name)
        yield Shift(True, None, f"{head.name} ({head.environment.tier})", (file,), Location(file))


NEW_ENVIRONMENT = Guardrail(
    "environment-added",
    "Environment managed",
    "begin anew with a policy of one's own",
    _new_environment,
    "owners of its `environment.yaml`, as the base has them",
)

GUARDRAILS: Mapping[str, Guardrail] = MappingProxyType(
    {each.id: each for each in (*ENVIRONMENT_KEYS, OWNERSHIP, *APPLICATIONS, *PROJECT, NEW_ENVIRONMENT)}
)
"""By id, in the order in which plans tell them."""

_SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def compare(base: GuardrailPolicy, head: GuardrailPolicy) -> list[GuardrailChange]:
    """What the head does to the guardrails of the base, the highest risk first."""
    found = [
        _weighed(guardrail, shift, base, head)
        for guardrail in GUARDRAILS.values()
        for shift in guardrail.compare(base, head)
    ]
    return sorted(found, key=lambda change: _SEVERITIES.index(change.severity))


def _weighed(guardrail: Guardrail, shift: Shift, base: GuardrailPolicy, head: GuardrailPolicy) -> GuardrailChange:
    production = _production(shift, base, head)
    severity = Severity.LOW
    if shift.weakened:
        severity = Severity.HIGH if production else Severity.MEDIUM
    return GuardrailChange(
        guardrail.id,
        guardrail.title,
        ShiftDirection.WEAKENED if shift.weakened else ShiftDirection.STRENGTHENED,
        severity,
        shift.before,
        shift.after,
        shift.applications,
        shift.where,
        tuple(_asks(shift, base, head, high=production)) if shift.weakened else (),
    )


def _production(shift: Shift, base: GuardrailPolicy, head: GuardrailPolicy) -> bool:
    """Whether production is protected by it, as of the base. What the base does not know is as grave as it can be."""
    if shift.environment is not None:
        return shift.environment.production
    own = head.environment
    return base.production or (base.environment is None and own is not None and own.production)


def _asks(shift: Shift, base: GuardrailPolicy, head: GuardrailPolicy, *, high: bool) -> Iterator[ApprovalAsk]:
    """The base's owners of the files, as many as the strictest of base and head asks for, and the base's teams."""
    protected = shift.environment or base.environment
    known = [protected] if protected else [*base.environments.values()]
    strictest = [*known, *([head.environment] if head.environment else [])]
    required = max([int(high), *(each.approvals.of(high=high) for each in strictest)])
    found: dict[frozenset[str], ApprovalAsk] = {}
    if required:
        asked = [ask for file in shift.files for ask in _owners(base, file, protected, required)]
        for ask in asked:
            key = frozenset(owner.casefold() for owner in ask.owners)
            found[key] = max(found.get(key, ask), ask, key=lambda one: one.required)
    yield from found.values()
    for each in known:
        yield from (ApprovalAsk((team,), 1, each.origin("/approvals/teams")) for team in each.approvals.teams)


def _owners(base: GuardrailPolicy, file: str, protected: Environment | None, required: int) -> Iterable[ApprovalAsk]:
    """Who owns a file at the base; what nobody owns there is the business of whoever owns the environment's file."""
    candidates = (file, *([protected.where.file] if protected else sorted(_environment_files(base))))
    for each in candidates:
        groups = [group for group in base.owners.groups(each) if group.required] if base.owners else []
        if groups:
            return [ApprovalAsk(group.owners, max(required, group.required), group.where) for group in groups]
    return [ApprovalAsk((), required, Location(file))]


def _environment_files(base: GuardrailPolicy) -> list[str]:
    return [each.where.file for each in base.environments.values() if each.production]


def markdown() -> str:
    """The table of the documentation: what somebody would do, what is said of it, and who is asked."""
    head = ("| guardrail | what somebody would do | what is said | who is asked |", "|---|---|---|---|")
    return "\n".join([*head, *map(_row, GUARDRAILS.values())])


def _row(guardrail: Guardrail) -> str:
    said = f"{guardrail.title}: old → new"
    return f"| `{guardrail.id}` | {guardrail.attack} | {said} | {guardrail.asked} |"

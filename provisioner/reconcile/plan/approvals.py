"""Who must approve a plan: the owners of what changes, as many as its risk asks for, and the environment's teams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.document import Document
from provisioner.recording.findings import Severity
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.approvals import Approvals
from provisioner.specs.layout import application_file

_WITHOUT_CHANGE = ("none", "cannot-verify")
_GRAVE = (Severity.ERROR.value, Severity.HIGH.value)


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """What the specs and CODEOWNERS of one commit ask for; `where` is the line that names the teams."""

    approvals: Approvals
    owners: Owners | None
    where: Location


@dataclass(frozen=True, slots=True)
class Demand:
    """So many of `owners` must approve, because `applications` or `guardrails` change; `where` says so.

    Without owners nobody can: CODEOWNERS has none for the file.
    """

    owners: tuple[str, ...]
    required: int
    applications: tuple[str, ...]
    where: Location
    guardrails: tuple[str, ...] = ()


def policy(environment: Environment, owners: Owners | None) -> ApprovalPolicy:
    """The policy of one environment."""
    return ApprovalPolicy(environment.approvals, owners, environment.origin("/approvals/teams"))


def demands(plan: Document, policies: Iterable[ApprovalPolicy]) -> list[Demand]:
    """Everybody who must approve `plan`, by owners. Of several policies (before and after a change) the stricter holds.

    An application counts where its console is to change, or where its spec went and its settings go with it. Who is
    asked about a guardrail the plan says, by the policy of its base.
    """
    changing = list(_changing(plan))
    found: dict[frozenset[str], Demand] = {}
    for demand in (*(demand for each in policies for demand in _of(each, changing)), *_of_guardrails(plan)):
        key = frozenset(owner.casefold() for owner in demand.owners)
        found[key] = _stricter(found.get(key, demand), demand)
    return sorted(found.values(), key=lambda demand: (demand.owners, demand.applications))


@dataclass(frozen=True, slots=True)
class _Changing:
    name: str
    file: str
    high: bool


def _changing(plan: Document) -> Iterator[_Changing]:
    all_high = _grave(plan["findings"])
    for entry in plan["applications"]:
        if entry["action"] not in _WITHOUT_CHANGE:
            yield _Changing(entry["name"], entry["file"], all_high or _grave(entry["findings"]))
    stopping = {entry["name"] for entry in plan["applications"] if entry.get("removed")}
    for entry in plan["removed"] or ():
        if entry["onRemove"] != "retain" and entry["name"] not in stopping:
            file = application_file(plan["environment"], entry["name"])
            yield _Changing(entry["name"], file, high=True)


def _grave(findings: Sequence[dict[str, Any]]) -> bool:
    return any(finding["source"] == "plan" and finding["severity"] in _GRAVE for finding in findings)


def _of(each: ApprovalPolicy, changing: Sequence[_Changing]) -> Iterator[Demand]:
    for app in changing:
        required = each.approvals.of(high=app.high)
        groups = each.owners.groups(app.file) if each.owners else ()
        if required:
            for group in groups:
                if group.required:  # an optional section asks for nobody
                    yield Demand(group.owners, max(required, group.required), (app.name,), group.where)
            if not any(group.required for group in groups):
                yield Demand((), required, (app.name,), Location(app.file))
    names = tuple(app.name for app in changing)
    if names:
        yield from (Demand((team,), 1, names, each.where) for team in each.approvals.teams)


def _of_guardrails(plan: Document) -> Iterator[Demand]:
    for change in (plan["guardrails"] or {}).get("changes", ()):
        for ask in change["asks"]:
            where = ask["origin"]
            at = Location(where["file"], where["line"], where["column"])
            names = tuple(change["applications"])
            yield Demand(tuple(ask["owners"]), ask["required"], names, at, (change["id"],))


def _stricter(one: Demand, other: Demand) -> Demand:
    names = tuple(sorted({*one.applications, *other.applications}))
    guardrails = tuple(dict.fromkeys((*one.guardrails, *other.guardrails)))
    stricter = max(one, other, key=lambda demand: demand.required)
    return replace(stricter, applications=names, guardrails=guardrails)

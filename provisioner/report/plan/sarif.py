"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from provisioner import __version__
from provisioner.recording.findings import Finding, Severity
from provisioner.report.plan.finding_view import read_policies
from provisioner.report.plan.fingerprint import fingerprints
from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.risks import findings_of
from provisioner.report.text.json_text import json_text
from provisioner.specs.rules import RULES
from provisioner.specs.rules.plugins import team_rules
from provisioner.specs.rules.rule import Rule

_LEVELS = {
    Severity.ERROR: "error",
    Severity.HIGH: "warning",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_ROOT = "%SRCROOT%"  # the name that code scanning services resolve to the repository


def render_sarif(plans: Sequence[PlanView]) -> str:
    """All findings of the plans, with the rules of this tool, of the team's plugins and of the organisation."""
    rules = {**RULES, **{rule.id: rule for rule in team_rules(RULES)}}
    for policy in (policy for plan in plans for policy in read_policies(plan.document)):
        rules[policy.id] = Rule(policy.id, policy.about, policy.severity, f"Policy of the organisation: {policy.file}.")
    return json_text(sarif(findings_of(plans), rules))


def sarif(findings: Sequence[Finding], rules: Mapping[str, Rule] = RULES) -> dict[str, Any]:
    """One run; `rules` describes the ids of the findings. Equal findings give equal documents."""
    ids = sorted({finding.id for finding in findings})
    index = {name: number for number, name in enumerate(ids)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "provisioner",
                        "semanticVersion": __version__,
                        "rules": [_rule(name, rules.get(name)) for name in ids],
                    }
                },
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The repository's root."}}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, index[finding.id], fingerprint)
                    for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
                ],
            }
        ],
    }


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": name}
    more = f" More: `provisioner docs {rule.id}`." if rule.id.startswith("REC") else ""  # others' rules have no page
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.fact},
        "help": {"text": f"{rule.fact}{more}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "partialFingerprints": {"place/v1": fingerprint},
        "properties": {
            "severity": finding.severity.value,
            "environment": finding.environment,
            "application": finding.application,
            "path": finding.path,
        },
    }
    if where := finding.where:
        result["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(where.file, errors="surrogateescape"), "uriBaseId": _ROOT},
                    "region": {"startLine": where.line, "startColumn": where.column},
                }
            }
        ]
    return result

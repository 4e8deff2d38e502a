"""The artifacts that widgets of a GitLab merge request show: Code Quality issues and a Terraform report's counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.report.plan.fingerprint import fingerprints
from provisioner.report.plan.plan_view import PlanView
from provisioner.report.plan.risks import findings_of
from provisioner.report.text.json_text import json_text

_SEVERITIES = {
    Severity.ERROR: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render_code_quality(plans: Sequence[PlanView]) -> str:
    """Code Quality's JSON: one issue for each finding."""
    return json_text(code_quality(plans))


def render_terraform(plans: Sequence[PlanView]) -> str:
    """The JSON of a Terraform report."""
    return json_text(terraform_counts(plans))


def code_quality(plans: Sequence[PlanView]) -> list[dict[str, Any]]:
    """One issue for each finding; without a line of its own it is at the first line of its environment's file."""
    findings = findings_of(plans)
    files = {plan.environment: plan.file for plan in plans}
    return [
        _issue(finding, fingerprint, files[finding.environment])
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]


def _issue(finding: Finding, fingerprint: str, environment_file: str) -> dict[str, Any]:
    where = finding.where
    file = where.file if where else environment_file
    whom = "/".join(filter(None, (finding.environment, finding.application)))
    return {
        "description": printable(f"{whom}: {finding.message}"),
        "check_name": finding.id,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": printable(file), "lines": {"begin": where.line if where else 1}},
    }


def terraform_counts(plans: Sequence[PlanView]) -> dict[str, int]:
    """Counts of applications. This tool never creates or deletes one."""
    return {"create": 0, "update": sum(plan.count("change") for plan in plans), "delete": 0}

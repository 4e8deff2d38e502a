"""Plans as JUnit XML: a suite for each environment, a case for each application.

A case fails where apply refuses the change, and where the console does something now that weighs HIGH.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.report.plan.finding_view import PlanFinding
from provisioner.report.plan.guardrail_view import broken_words
from provisioner.report.plan.plan_values import HIDDEN
from provisioner.report.plan.plan_view import ApplicationView, FieldChange, PlanView
from provisioner.report.plan.risks import guardrail_words
from provisioner.report.plan.wording import cause_words, severity_word


def render_junit(plans: Sequence[PlanView]) -> str:
    """One document. An application that cannot be verified is a skipped case: it neither passed nor failed."""
    report = JUnitXml("trtc-recording")
    for plan in plans:
        suite = TestSuite(printable(plan.environment))
        suite.add_testcases(
            [_environment(plan), *_guardrails(plan), *(_application(plan, entry) for entry in plan.applications)]
        )
        report.append(suite)
    report.update_statistics()
    text: bytes = report.tostring()
    return f"{text.decode()}\n"


def _guardrails(plan: PlanView) -> Iterator[TestCase]:
    """A case that nothing fails by itself: who must approve is asked by `provisioner approvals`."""
    if plan.guardrails is not None:
        case = TestCase("guardrails", printable(f"trtc-recording.{plan.environment}"), 0)
        told = [f"{severity_word(one.severity)} {guardrail_words(one)}" for one in plan.guardrails.changes]
        case.system_out = "\n".join(map(printable, [*broken_words(plan.guardrails), *told]))
        yield case


def _environment(plan: PlanView) -> TestCase:
    return _case(plan, plan.environment, plan.findings)


def _application(plan: PlanView, entry: ApplicationView) -> TestCase:
    lost = [item for item in entry.present if item.finding.severity is Severity.HIGH]
    case = _case(plan, entry.name, entry.findings)
    case.result = [*map(_failure, lost), *case.result]
    if entry.action == "cannot-verify" and not case.result:
        reasons = dict.fromkeys(field.reason for field in entry.unverified)
        case.result = [Skipped(printable(f"cannot verify: {'; '.join(reasons)}"), "cannot-verify")]
    told = [printable(f"now: {severity_word(now.finding.severity)} {now.finding.message}") for now in entry.present]
    if told or entry.changes:
        case.system_out = "\n".join([*told, *map(_change, entry.changes)])
    return case


def _case(plan: PlanView, name: str, findings: Iterable[PlanFinding]) -> TestCase:
    case = TestCase(printable(name), printable(f"trtc-recording.{plan.environment}"), 0)
    case.result = [_failure(item) for item in findings if item.stops(plan.day)]
    return case


def _failure(item: PlanFinding) -> Failure:
    finding = item.finding
    failure = Failure(printable(finding.message), printable(finding.id))
    place = f"{finding.where}: " if finding.where else ""
    failure.text = printable(f"{place}{severity_word(finding.severity)} {finding.id}: {finding.message}")
    return failure


def _change(change: FieldChange) -> str:
    before, after = (_value(value) for value in (change.before, change.after))
    cause = cause_words(change.causes)
    return printable(f"{short(change.path)}: {before} -> {after} ({cause}; {change.origin})")


def _value(value: str | None) -> str:
    return "(not set)" if value is None else HIDDEN if value == HIDDEN else value

"""What the examples of policies showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from provisioner.foundation.text_safety import printable
from provisioner.report.text.amounts import counted
from provisioner.specs.policies.cases import CaseResult

Results = Mapping[str, Sequence[CaseResult]]
"""The examples of each policy, by its name."""


def render_policies(results: Results, style: Callable[[str, str], str]) -> str:
    """A line for each policy, and one for each example that is not as expected."""
    if not results:
        return "There are no policies in policies/.\n"
    return "".join(f"{line}\n" for name, found in results.items() for line in _lines(name, found, style))


def _lines(name: str, found: Sequence[CaseResult], style: Callable[[str, str], str]) -> Iterator[str]:
    failed = [result for result in found if not result.passed]
    cases = counted(len(found), "case")
    if not found:
        yield f"{name}: {style('no cases', 'warning')}; nothing shows what it refuses"
    elif not failed:
        yield f"{name}: {style(f'{cases} as expected', 'good')}"
    else:
        yield f"{name}: {style(f'{len(failed)} of {cases} not as expected', 'danger')}"
    for result in failed:
        reason = f" ({printable(result.reason)})" if result.reason else ""
        case = printable(result.case.name)
        yield f"  {result.case.where}: {case}: expected {result.case.expect}, found {result.found}{reason}"


def policies_document(results: Results) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "policy": name,
            "cases": [
                {
                    "name": result.case.name,
                    "expect": result.case.expect,
                    "found": result.found,
                    "passed": result.passed,
                    "reason": result.reason,
                }
                for result in found
            ],
        }
        for name, found in results.items()
    ]

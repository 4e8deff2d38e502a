"""The registry of formats: what `--format` of plan, drift and report takes, for help, completion and docs/output.md.

A new format is a module with a function from plans to text, and an entry in `FORMATS`. A module is imported only when
its format is asked for, because some need libraries that not everybody has installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.foundation.errors import UsageError
from provisioner.report.plan.plan_view import PlanView
from provisioner.report.text.style import Style, plain

COMMANDS = ("plan", "drift", "report")


@dataclass(frozen=True, slots=True)
class Format:
    """One word that `--format` takes.

    `about` completes the sentence "shows a plan as …"; `extension` is that of a file that holds it. `renderer` names
    the function, `module:function` below this package: it takes the plans, and if `styled` also the terminal's style.
    `extra` is the extra of trtc-recording that its libraries come with, "" for none. One name may stand for different
    formats in different `commands`.
    """

    name: str
    about: str
    extension: str
    renderer: str
    extra: str = ""
    commands: Sequence[str] = COMMANDS
    styled: bool = False

    def render(self, plans: Sequence[PlanView], style: Style = plain) -> str:
        """The text, ending in a line break. Raises UsageError where a library is not installed."""
        module, _, function = self.renderer.partition(":")
        try:
            renderer: Any = getattr(importlib.import_module(f"{__package__}.{module}"), function)
        except ModuleNotFoundError as missing:
            if not self.extra:
                raise
            fix = f"Install the extra: pip install 'trtc-recording[{self.extra}]'."
            raise UsageError(f"--format {self.name} needs the package {missing.name}", fix=fix) from None
        text: str = renderer(plans, style) if self.styled else renderer(plans)
        return text


FORMATS = (
    Format("text", "lines for a terminal", "txt", "terminal:render_plans", commands=("plan", "report"), styled=True),
    Format("text", "lines for a terminal", "txt", "terminal:render_drifts", commands=("drift",), styled=True),
    Format("json", "the plan document", "json", "plan_json:render_plan_json", commands=("plan", "drift")),
    Format("json", "a summary for programs", "json", "report_json:render_report_json", commands=("report",)),
    Format("markdown", "a comment on a pull request", "md", "comment:render_comment"),
    Format("step-summary", "a GitHub step summary", "md", "comment:render_step_summary"),
    Format("html", "one self-contained page", "html", "html:render_html", extra="review"),
    Format("sarif", "findings for code scanning", "sarif", "sarif:render_sarif"),
    Format("junit", "a test report", "xml", "junit:render_junit", extra="review"),
    Format("github", "GitHub annotations", "txt", "github_annotations:render_risks"),
    Format("codequality", "a GitLab Code Quality report", "json", "gitlab_artifacts:render_code_quality"),
    Format("terraform", "a GitLab Terraform report", "json", "gitlab_artifacts:render_terraform"),
)


def formats_of(command: str) -> Mapping[str, Format]:
    """What `--format` of a command takes, by name, in the order of help."""
    return {one.name: one for one in FORMATS if command in one.commands}


def markdown_table() -> Iterator[str]:
    """The lines of the table in docs/output.md."""
    yield from ("| `--format` | shows a plan as | commands | file | extra |", "|---|---|---|---|---|")
    for one in FORMATS:
        extra = f"`{one.extra}`" if one.extra else ""
        commands = ", ".join(f"`{command}`" for command in one.commands)
        yield f"| `{one.name}` | {one.about} | {commands} | `.{one.extension}` | {extra} |"

"""The registry of formats: what `--format` of plan, drift and report takes, for help, completion and docs/output.md.

A new format is a module with a function from plans to text, and an entry in `FORMATS`. A module is imported only when
its format is asked for, because some need libraries that not everybody has installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.report.plan.repository_paths import plan_from_root
from provisioner.report.text.style import Style, plain

if TYPE_CHECKING:  # every command's help knows the formats, few have a plan
    from provisioner.report.plan.plan_view import PlanView

COMMANDS = ("plan", "drift", "report")


@dataclass(frozen=True, slots=True)
class Format:
    """One word that `--format` takes.

    `about` completes the sentence "shows a plan as …"; `extension` is that of a file that holds it. `renderer` names
    the function, `module:function` below this package: it takes the plans, and if `styled` also the terminal's style.
    `extra` is the extra of trtc-recording that its libraries come with, "" for none. `for_forges`: file names begin at
    the repository's root, where forges look, not in the project's folder. One name may stand for different formats in
    different `commands`.
    """

    name: str
    about: str
    extension: str
    renderer: str
    extra: str = ""
    commands: Sequence[str] = COMMANDS
    styled: bool = False
    for_forges: bool = True

    def render(self, plans: Sequence[PlanView], style: Style = plain, below: str = "", *, verbose: bool = False) -> str:
        """The text, ending in a line break. Raises ModuleNotFoundError where a library of `extra` is not installed.

        `below` is the project's folder in its repository, "" for the root itself, else such as `infra/rec/`. `verbose`
        has a terminal show every application by itself.
        """
        if self.for_forges:
            plans = [plan_from_root(plan, below) for plan in plans]
        module, _, function = self.renderer.partition(":")
        renderer: Any = getattr(importlib.import_module(f"{__package__}.{module}"), function)
        text: str = renderer(plans, style, verbose=verbose) if self.styled else renderer(plans)
        return text


FORMATS = (
    Format(
        "text",
        "all changes, for a terminal",
        "txt",
        "terminal:render_plans",
        commands=("plan", "report"),
        styled=True,
        for_forges=False,
    ),
    Format(
        "text",
        "what the console does now, since when, and the repair, for a terminal",
        "txt",
        "terminal:render_drifts",
        commands=("drift",),
        styled=True,
        for_forges=False,
    ),
    Format(
        "json",
        "the plan document",
        "json",
        "plan_json:render_plan_json",
        commands=("plan", "drift"),
        for_forges=False,
    ),
    Format("json", "a summary for programs", "json", "report_json:render_report_json", commands=("report",)),
    Format("markdown", "a comment on a pull request", "md", "comment:render_comment"),
    Format("step-summary", "a GitHub step summary", "md", "comment:render_step_summary"),
    Format("html", "one self-contained page", "html", "html:render_html"),
    Format("sarif", "findings for code scanning", "sarif", "sarif:render_sarif"),
    Format("junit", "a test report", "xml", "junit:render_junit", extra="review"),
    Format("github", "GitHub annotations", "txt", "github_annotations:render_risks"),
    Format("codequality", "a GitLab Code Quality report", "json", "gitlab_artifacts:render_code_quality"),
    Format("terraform", "a GitLab Terraform report", "json", "gitlab_artifacts:render_terraform"),
)


def formats_of(command: str) -> Mapping[str, Format]:
    """What `--format` of a command takes, by name, in the order of help."""
    return {one.name: one for one in FORMATS if command in one.commands}


def markdown() -> str:
    """The table in docs/output.md."""
    return "\n".join(_table())


def _table() -> Iterator[str]:
    yield from ("| `--format` | shows a plan as | commands | file | extra |", "|---|---|---|---|---|")
    for one in FORMATS:
        extra = f"`{one.extra}`" if one.extra else ""
        commands = ", ".join(f"`{command}`" for command in one.commands)
        yield f"| `{one.name}` | {one.about} | {commands} | `.{one.extension}` | {extra} |"

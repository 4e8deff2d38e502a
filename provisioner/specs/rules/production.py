"""What production records by is what was tried before: pinned, locked, and written to a real console."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.lock import WRITTEN_BY
from provisioner.specs.layout import LOCK
from provisioner.specs.rules.rule import ApplicationCheck, ComparingCheck, Reasons, Rule, Specs, Violation, within

_PIN = "/recording/template"


def _has_a_template(environment: Environment, app: Application) -> Reasons:
    if environment.production and app.records and app.value(_PIN) is None:
        message = (
            f"{app.name} records by settings of its own, which no other environment has tried; "
            "move them into a template and pin its version, recording.template: NAME@v1"
        )
        yield _PIN, message


def _pins(specs: Specs) -> Iterator[tuple[Application, str]]:
    """Every version that an application of a production environment records by."""
    for environment in specs.environments:
        for app in environment.applications if environment.production else ():
            for pin in app.templates:
                yield app, pin


def _is_unedited(specs: Specs) -> Iterator[Violation]:
    for app, pin in _pins(specs):
        locked, version = specs.locked.get(pin), specs.templates[pin]
        if locked and locked.text != version.text:
            message = (
                f"{pin} was edited after production pinned it ({locked.where}): production would change without "
                "having been promoted; undo the edit, or make it a new version and pin that"
            )
            yield Violation(app, _PIN, message, version.where)


def _is_locked(specs: Specs) -> Iterator[Violation]:
    for app, pin in _pins(specs):
        if pin not in specs.locked:
            message = f"{pin} is not in {LOCK}, so that an edit of it would go unnoticed; `{WRITTEN_BY}` adds it"
            yield Violation(app, _PIN, message)


def _console_is_real(specs: Specs) -> Iterator[Violation]:
    for environment in specs.environments:
        if environment.production and environment.console.driver == "embedded":
            message = "console.driver is embedded: plans and writes of this production environment reach a simulator"
            yield Violation(environment, "/console/driver", f"{message}, nothing real is read or written")


RULES = (
    Rule(
        "REC072",
        "Production records by a pinned template",
        Severity.LOW,
        "Policy: promotion moves template versions; what stands in one file only cannot be tried elsewhere first.",
        within(_has_a_template),
        waivable=True,
    ),
    Rule(
        "REC073",
        "A pinned version is never edited",
        Severity.ERROR,
        f"Policy: {LOCK} holds the digest of every version that production has pinned.",
        ApplicationCheck(_is_unedited),
    ),
    Rule(
        "REC074",
        "Every version that production pins is locked",
        Severity.LOW,
        f"Policy: {LOCK} holds the digest of every version that production has pinned.",
        ApplicationCheck(_is_locked),
    ),
    Rule(
        "REC075",
        "Production has a real console",
        Severity.INFO,
        "The embedded console is a simulator inside the calling process.",
        ComparingCheck(_console_is_real),
    ),
)

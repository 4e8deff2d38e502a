"""Rules that a team brings in a package of its own, by the entry point group `trtc_recording.rules`.

An entry point names one `Rule` or a sequence of them; `examples/02-custom-rule` is such a package.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.application import Application
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ApplicationCheck, Check, Rule, Specs, Violation

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "trtc_recording.rules"
_SEVERITIES = (Severity.ERROR, Severity.MEDIUM, Severity.LOW, Severity.INFO)  # HIGH is for consequences of a change
_ID = re.compile(r"(?!REC)[A-Z][A-Z0-9-]{1,30}[0-9]")


def team_rules(taken: Collection[str]) -> tuple[Rule, ...]:
    """The rules of every installed package, by entry point. `taken` are ids that they must not use.

    Raises ProvisionerError where a package cannot be loaded or brings something that is no rule: to go on
    without it would be to skip a check that a team relies on.
    """
    from importlib.metadata import entry_points  # 20 ms that only checking rules costs

    rules: dict[str, Rule] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        for rule in _load(entry):
            if rule.id in rules or rule.id in taken:
                raise _broken(entry, f"the id {rule.id} is taken already")
            rules[rule.id] = rule
    return tuple(rules.values())


def _load(entry: EntryPoint) -> Iterator[Rule]:
    try:
        loaded = entry.load()
    except (Exception, SystemExit) as error:  # anything may happen while somebody else's module is imported
        raise _broken(entry, f"cannot be loaded: {type(error).__name__}: {error}") from error
    for rule in [loaded] if isinstance(loaded, Rule) else loaded if isinstance(loaded, (list, tuple)) else [None]:
        if not isinstance(rule, Rule) or rule.check is None:
            raise _broken(entry, "names no Rule with a check, nor a sequence of such")
        if not _ID.fullmatch(rule.id):
            raise _broken(entry, f'the id "{rule.id}" takes capitals, digits and -, a digit last, and not REC first')
        if rule.severity not in _SEVERITIES:
            raise _broken(entry, f"{rule.id}: severity takes Severity.ERROR, MEDIUM, LOW or INFO")
        yield replace(rule, check=_guarded(rule, rule.check, entry))


def _guarded(rule: Rule, check: Check, entry: EntryPoint) -> Check:
    """`check`, whose mistakes are told as the package's own."""

    def check_all(specs: Specs) -> Iterable[Violation]:
        violations: list[Any] = []
        try:
            violations = [Violation(*violation) for violation in check(specs)]
        except Exception as error:
            raise _broken(entry, f"{rule.id} failed: {type(error).__name__}: {error}") from error
        for subject, path, message, _where in violations:
            if not (
                isinstance(subject, (Application, Environment)) and isinstance(path, str) and isinstance(message, str)
            ):
                raise _broken(entry, f"{rule.id} yields something that is no (subject, path, message)")
        return violations

    return ApplicationCheck(check_all) if isinstance(check, ApplicationCheck) else check_all


def _broken(entry: EntryPoint, what: str) -> ProvisionerError:
    package = entry.dist.name if entry.dist else entry.value
    return ProvisionerError(
        f"the rules of {package} ({entry.name} = {entry.value}): {what}",
        fix="Repair the package or uninstall it; --debug shows the traceback.",
    )

"""One resource before the gate: when Check sees it, in a preview, and at the moment of the write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.console.calls.opening import declared
from provisioner.console.port import Observed
from provisioner.foundation.errors import ConflictError
from provisioner.provider import gate
from provisioner.provider.environment import PlannedEnvironment
from provisioner.provider.gate import RefusedError
from provisioner.provider.properties import Inputs, property_path
from provisioner.reconcile.apply.apply import Reviewed
from provisioner.reconcile.plan.diff import Diff, diff
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE

Tell = Callable[[str, str], None]


class ResourceGate:
    """The gate for the resource `name` of any program."""

    def __init__(self, name: str, served: PlannedEnvironment) -> None:
        self.name = name
        self._served = served

    def check(self, olds: Mapping[str, Value], news: Inputs, tell: Tell) -> list[str]:
        """A sentence for each reason why `news` must not be carried out over `olds`, the console as just refreshed.

        Without `olds` only the rules are asked: Create looks at the console itself. What stops nothing is told.
        Raises ValueError.
        """
        if missing := _missing(news):
            return missing
        if unserved := self._unserved(news):
            return [unserved]
        app, spec = self._application(news)
        if not spec and not any(map(news.waits_for, _DECISIVE)):
            found = gate.rule_findings(app, self._served.environment, self._served.today, news)
            if errors := gate.stops(found):
                return list(map(gate.sentence, errors))
            _tell_all(found, tell)
        if not olds or olds == news.values or news.unknown:
            return []
        observed = self._as_refreshed(app.sdk_app_id, olds)
        differences = diff(news.values, observed)
        if differences.differences and (outside := self._served.not_reviewed(app.sdk_app_id)):
            return [f"{app.name}: {outside}"]
        if refused := self._refused(app, observed, differences):
            return [refused]
        if not spec:
            _tell_all(gate.change_findings(app, self._served.environment, observed, differences), tell)
        return []

    def _unserved(self, news: Inputs) -> str:
        """Why the webhook of calls that the resource has cannot be set; '' where it can, or there is none."""
        if not any(path.startswith("/calls/") for path in news.values):
            return ""
        if news.values.get("/sdkAppId") in declared(self._served.environment):
            return ""
        return f"{self.name}: calls is set by specs: write calls into the application's spec, or leave it out here"

    def preview(self, news: Inputs, observed: Observed, tell: Tell) -> None:
        """Raises RefusedError where a create of `news` would be refused."""
        if news.unknown:
            return
        app, spec = self._application(news)
        differences = diff(news.values, observed)
        self._stop(self._refused(app, observed, differences))
        if not spec:
            _tell_all(gate.change_findings(app, self._served.environment, observed, differences), tell)

    def review(self, news: Inputs, before: Mapping[str, Value] | None) -> Reviewed:
        """What the write asks once it has read the console; `before` is what this run's preview showed."""
        app, _ = self._application(news)

        def check(found: Diff, observed: Observed) -> None:
            moved = [d.path for d in found.differences if before is not None and d.before != before.get(d.path)]
            if moved:
                raise ConflictError(
                    f"SDKAppId {observed.sdk_app_id}: the console changed at {', '.join(moved)} since it was shown; "
                    "nothing was written",
                    fix="Run preview again and review what differs now.",
                )
            self._stop(self._refused(app, observed, found))

        return check

    def as_specified(self, news: Inputs) -> Application | None:
        """The application whose spec says exactly what the resource says."""
        sdk_app_id = news.values.get("/sdkAppId")
        described = self._served.described(sdk_app_id) if isinstance(sdk_app_id, int) else None
        return described.application if described and not news.unknown and described.says == news.values else None

    def _application(self, news: Inputs) -> tuple[Application, bool]:
        """The resource as an application, and whether that is its spec's."""
        app = self.as_specified(news)
        return (app, True) if app else (gate.declared(self.name, self._served.environment, news), False)

    def _refused(self, app: Application, observed: Observed, found: Diff) -> str:
        if not found.differences:
            return ""
        against = self._served.over_limit(observed.sdk_app_id)
        against += gate.change_refusals(app, self._served.environment, observed, found, self._served.today)
        return gate.refused_text(app, against)

    def _stop(self, refused: str) -> None:
        if refused:
            raise RefusedError(f"Refused; nothing was written:\n{refused}")

    def _as_refreshed(self, sdk_app_id: int, olds: Mapping[str, Value]) -> Observed:
        """The console as Read saw it, perhaps in another process of this run."""
        try:
            generation = self._served.generation(sdk_app_id)
        except KeyError:
            generation = "old"  # the write looks for itself: here it is given the benefit of the doubt
        return Observed(sdk_app_id, self.name, generation, {path: olds.get(path) for path in CONSOLE_WIRE})


_DECISIVE = ("/recording/enabled", "/recording/mode")
"""What decides which rules concern an application."""


def _tell_all(findings: list[Finding], tell: Tell) -> None:
    for finding in findings:
        tell("warning" if finding.severity is Severity.MEDIUM else "info", gate.sentence(finding))


def _missing(news: Inputs) -> list[str]:
    needed = (path for path in ("/sdkAppId", *_DECISIVE) if path not in news.values and not news.waits_for(path))
    return [f"{property_path(path)} is missing" for path in needed]

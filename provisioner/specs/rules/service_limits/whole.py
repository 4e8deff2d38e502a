"""An application as a whole: nothing is missing, nothing is there in vain, and nobody else has its id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from provisioner.recording.application import Application
from provisioner.recording.field import Field, Mode
from provisioner.recording.fields import SETTINGS, find, missing, pattern
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.specs.rules.rule import ComparingCheck, Reasons, Rule, Specs, Violation, each


def _settings_are_complete(app: Application) -> Reasons:
    for path, field in _missing(tuple(app.leaves)):
        known = f"{field.about} {field.disputed}".rstrip()
        if not path.startswith(SETTINGS):
            yield path, f"{app.name} needs {short(path)}, in its own file. {known}"
        elif app.records:
            yield path, f"{app.name} needs recording.settings.{short(path)}, here or in its template. {known}"


# Most applications hold the same leaves as another one, and these two questions are about nothing else.


@lru_cache(maxsize=1 << 10)
def _missing(paths: tuple[str, ...]) -> tuple[tuple[str, Field], ...]:
    return tuple(missing(paths))


@lru_cache(maxsize=1 << 10)
def _foreign(paths: tuple[str, ...], mode: str) -> tuple[tuple[str, Field], ...]:
    """Leaves whose fields the mode does not have."""
    fields = ((path, find(path)) for path in paths)
    return tuple((path, field) for path, field in fields if field and Mode(mode) not in field.modes)


def _modes_have_the_field(app: Application) -> Reasons:
    told = set()
    for path, field in _foreign(tuple(app.leaves), app.mode):
        if not app.written(path):
            continue
        setting = pattern(path).partition("/*")[0]  # of a whole collection one word is enough
        if setting not in told:
            told.add(setting)
            yield (
                path,
                f"{short(setting)} does not exist in {app.mode} mode ({field.source}); "
                "remove it, or start recordings over REST with recording.mode: manual",
            )


def _ids_are_unique(specs: Specs) -> Iterator[Violation]:
    for environment in specs.environments:
        first: dict[int, Application] = {}
        for app in environment.applications:
            other = first.setdefault(app.sdk_app_id, app)
            if other is not app:
                message = f"sdkAppId {app.sdk_app_id} is {other.name}'s already ({other.origin('/sdkAppId')})"
                yield Violation(app, "/sdkAppId", message)


RULES = (
    Rule(
        "REC012",
        "Everything without a safe default is written out",
        Severity.ERROR,
        "Sources disagree on the default idle time: 5 s (TUICallKit cloud recording) or 30 s (API reference); a pane's "
        "or a watermark's place has no default at all (MixLayout, WaterMark).",
        each(_settings_are_complete),
    ),
    Rule(
        "REC039",
        "One SDKAppId has one file",
        Severity.ERROR,
        "Two files would undo each other's settings at every apply.",
        ComparingCheck(_ids_are_unique, places=("/sdkAppId",)),
    ),
    Rule(
        "REC040",
        "A setting exists in the application's mode",
        Severity.ERROR,
        "The console's template has no place for what only CreateCloudRecording takes (API reference, McuRecordParams; "
        "on-cloud recording guide): an automatic recording would go on without it.",
        each(_modes_have_the_field),
    ),
)

"""One resource at the three moments: Check, the preview of a create, and the write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from provisioner.console.port import Observed
from provisioner.foundation.errors import ConflictError
from provisioner.provider import gate
from provisioner.provider.configuration import read
from provisioner.provider.environment import PlannedEnvironment
from provisioner.provider.gate import RefusedError
from provisioner.provider.properties import Inputs, said
from provisioner.provider.resource_gate import ResourceGate
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.findings import Severity
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment
from provisioner.specs.keys.limits import ChangeLimits
from provisioner.specs.rules.rule import Rule, Specs, Violation
from provisioner.specs.workspace import Workspace
from tests.conftest import ROOT
from tests.days import LATER
from tests.project import Project
from tests.reconcile.typed import PlainLeaves

CALL = 20001001
SHOWN = Observed(CALL, "call", "new", {"/recording/enabled": True, "/recording/mode": "auto"})
SPEC = "environments/dev/apps/video-call.yaml"

Told = list[tuple[str, str]]


@pytest.fixture
def served(project: Project) -> Iterator[PlannedEnvironment]:
    opened = PlannedEnvironment(read({"environment": "dev"}), project.root)
    yield opened
    opened.close()


def stopping(**intent: object) -> Inputs:
    values: dict[str, Value] = {"/sdkAppId": CALL, "/recording/enabled": True, "/recording/mode": "manual"}
    return Inputs(values, intent=intent)


def specified(project: Project, *edit: str) -> Inputs:
    """What the spec of video-call says as a resource, after an edit."""
    project.edit(SPEC, *edit)
    app = next(app for app in project.environment("dev").applications if app.name == "video-call")
    return Inputs(said(app.values))


def ask(served: PlannedEnvironment, news: Inputs, told: Told) -> None:
    ResourceGate("call", served).preview(news, SHOWN, lambda *message: told.append(message))


def test_the_preview_of_a_create_refuses_what_the_write_would(served: PlannedEnvironment) -> None:
    told: Told = []
    with pytest.raises(RefusedError, match=r"(?s)nothing was written:.*recording\.mode: stop-recording"):
        ask(served, stopping(), told)
    ask(served, stopping(**{"stop-recording": {"reason": "moved", "expires": LATER}}), told)
    assert told == []


def test_the_preview_of_a_create_judges_nothing_that_is_not_known_yet(served: PlannedEnvironment) -> None:
    news = stopping()
    ask(served, Inputs(news.values, unknown=frozenset({"/recording/settings"})), [])


def test_the_preview_of_a_create_tells_what_stops_nothing(served: PlannedEnvironment) -> None:
    news = Inputs({**stopping().values, "/recording/mode": "auto"})
    told: Told = []
    manual = Observed(CALL, "call", "new", {"/recording/enabled": True, "/recording/mode": "manual"})
    ResourceGate("call", served).preview(news, manual, lambda *message: told.append(message))
    assert [(severity, text.split(": ")[1]) for severity, text in told] == [("warning", "start-recording")]


def test_a_resource_of_a_spec_is_refused_at_every_moment_too(project: Project, served: PlannedEnvironment) -> None:
    """The plan as a whole was judged before; this is the second line, and it names the spec's line."""
    news = specified(project, "mode: auto ", "mode: manual ")
    judged = ResourceGate("video-call", served)
    assert judged.as_specified(news)
    with pytest.raises(RefusedError, match=rf"{SPEC}:9:9: video-call: stop-recording"):
        judged.preview(news, SHOWN, lambda *_: None)
    with pytest.raises(RefusedError, match="stop-recording"):
        judged.review(news, None)(diff(news.values, SHOWN), SHOWN)
    (reason,) = judged.check({**news.values, "/recording/mode": "auto"}, news, lambda *_: None)
    assert "stop-recording" in reason


def test_the_write_asks_again_what_the_console_shows_by_then(served: PlannedEnvironment) -> None:
    news = stopping(**{"stop-recording": {"reason": "moved", "expires": LATER}})
    found = diff(news.values, SHOWN)
    review = ResourceGate("call", served).review
    review(news, None)(found, SHOWN)
    review(news, {"/recording/mode": "auto"})(found, SHOWN)
    with pytest.raises(ConflictError, match="the console changed at /recording/mode since it was shown"):
        review(news, {"/recording/mode": "manual"})(found, SHOWN)
    with pytest.raises(RefusedError, match="stop-recording"):
        review(stopping(), None)(found, SHOWN)


def test_what_the_reviewed_plan_is_not_about_is_not_written_whatever_else_may_be(
    project: Project, served: PlannedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = specified(project, "expectedParticipants: 2", "expectedParticipants: 3")
    monkeypatch.setattr(served, "not_reviewed", lambda sdk_app_id: f"{sdk_app_id} was not reviewed")
    check = ResourceGate("video-call", served).check
    olds = {**news.values, "/recording/mode": "manual"}
    assert check(olds, news, lambda *_: None) == [f"video-call: {CALL} was not reviewed"]
    ours = {**news.values, "/owner": "@acme/others"}  # nothing of it stands in a console
    assert check(ours, news, lambda *_: None) == []


class Known(PlannedEnvironment):
    """Specs that are read already, and no console: nothing here asks one."""

    def __init__(self, environment: Environment, generation: str = "") -> None:
        super().__init__(read({"environment": "dev"}), Path(), lambda: datetime(2026, 1, 31, tzinfo=UTC))
        self._known = environment
        self._generations = {CALL: generation} if generation else {}

    @property
    def environment(self) -> Environment:
        return self._known


@pytest.fixture(scope="module")
def dev() -> Environment:
    return Workspace(ROOT).environment("dev")


MEANT = {"stop-recording": {"reason": "moved", "expires": "2026-01-31"}}
ENABLED, MODE = "/recording/enabled", "/recording/mode"
IDLE = "/recording/settings/maxIdleTime"
LIVE: dict[str, Value] = {"/sdkAppId": CALL, ENABLED: True, MODE: "auto"}


def automatic(**settings: Value) -> dict[str, Value]:
    """A resource of no spec that the rules have nothing to say against."""
    kept: dict[str, Value] = {"media": "audio-video", "formats": ("mp4",), "mixed/maxUsers": 8, "storage/vendor": "vod"}
    kept["maxIdleTime"] = Quantity.parse("60s", Dimension.TIME)
    kept["storage/vod/subAppId"] = 1500000010
    kept["storage/vod/retention"] = Quantity.parse("7d", Dimension.TIME)
    wanted = {name.replace("_", "/"): value for name, value in settings.items()}
    values = {f"/recording/settings/{name}": value for name, value in {**kept, **wanted}.items()}
    return {**LIVE, **with_defaults_of(values)}


def with_defaults_of(values: dict[str, Value]) -> dict[str, Value]:
    return dict(Inputs({**LIVE, **values}).completed().values)


def checked(
    environment: Environment, olds: Mapping[str, Value], news: Inputs, generation: str = ""
) -> tuple[list[str], Told]:
    """Reasons against it, and what was told."""
    told: Told = []
    served = Known(environment, generation)
    return ResourceGate("call", served).check(olds, news, lambda *message: told.append(message)), told


def test_what_a_resource_needs_is_told_at_once(dev: Environment) -> None:
    missing = ["sdkAppId is missing", "recording.enabled is missing", "recording.mode is missing"]
    assert checked(dev, {}, Inputs({})) == (missing, [])
    waiting = Inputs({ENABLED: True}, unknown=frozenset({"/sdkAppId"}))
    assert checked(dev, {}, waiting) == (missing[2:], [])


def test_a_rule_that_is_broken_stops_it(dev: Environment) -> None:
    crowd = automatic(mixed_maxUsers=9)
    ((reason,), told) = checked(dev, {}, Inputs(crowd))
    assert reason.startswith("recording.settings.mixed.maxUsers: REC031: mixed.maxUsers is 9")
    assert told == []
    for unknown in (MODE, ENABLED, "/recording"):  # nobody knows yet which rules concern it
        values = {path: value for path, value in crowd.items() if not path.startswith(unknown)}
        assert checked(dev, {}, Inputs(values, unknown=frozenset({unknown}))) == ([], [])


def test_what_stops_nothing_is_told_once(dev: Environment) -> None:
    slow = automatic(maxIdleTime=Quantity.parse("11m", Dimension.TIME))
    reasons, told = checked(dev, {}, Inputs(slow))
    assert reasons == []
    assert [(severity, text.split(": ")[:2]) for severity, text in told] == [
        ("info", ["recording.settings.maxIdleTime", "REC063"])
    ]
    as_spec = replace(dev.applications[0], leaves=PlainLeaves(slow))
    specs = replace(dev, applications=(as_spec,))
    assert checked(specs, {}, Inputs(said(slow))) == ([], [])  # told with its spec


def test_a_change_of_what_the_console_shows_is_judged(dev: Environment) -> None:
    stop = stopping()
    ((reason,), told) = checked(dev, LIVE, stop, "new")
    assert reason.startswith("recording.mode: stop-recording: ")
    assert told == []
    for olds in ({}, stop.values):
        assert checked(dev, olds, stop, "new") == ([], [])
    waiting = Inputs(stop.values, unknown=frozenset({"/recording/settings"}))
    assert checked(dev, LIVE, waiting, "new") == ([], [])
    assert checked(dev, LIVE, Inputs(stop.values, intent=MEANT), "new") == ([], [])


def test_what_a_change_does_is_told_where_no_spec_tells_it(dev: Environment) -> None:
    live = {**LIVE, MODE: "manual"}
    reasons, told = checked(dev, live, Inputs(automatic()), "new")
    assert reasons == []
    assert [(how, text.split(": ")[:2]) for how, text in told] == [
        ("warning", ["recording.mode", "start-recording"]),
        ("info", ["recording.mode", "REC092"]),
    ]
    as_spec = replace(dev, applications=(replace(dev.applications[0], leaves=PlainLeaves(automatic())),))
    assert checked(as_spec, live, Inputs(said(automatic())), "new") == ([], [])


def test_a_recording_type_that_nobody_looked_at_is_taken_for_the_one_that_can_be_switched_off(
    dev: Environment,
) -> None:
    off = Inputs({**LIVE, ENABLED: False, MODE: "manual"}, intent=MEANT)
    assert checked(dev, LIVE, off) == ([], [])
    ((reason,), _) = checked(dev, LIVE, off, "new")
    assert reason.startswith("recording.enabled: REC091: ")


def test_only_a_spec_sets_the_webhook_of_calls(dev: Environment) -> None:
    url = {"/calls/webhook/url": "https://a.example/x"}
    told = "call: calls is set by specs: write calls into the application's spec, or leave it out here"
    assert checked(dev, {}, Inputs({**automatic(), **url})) == ([told], [])
    declared = replace(dev, applications=(replace(dev.applications[0], leaves=PlainLeaves({**automatic(), **url})),))
    assert checked(declared, {}, Inputs({**automatic(), **url})) == ([], [])
    other = Inputs({**automatic(), **url, "/sdkAppId": 7})
    assert checked(declared, {}, other) == ([told], [])


def test_a_resource_is_as_specified_only_in_every_value(dev: Environment) -> None:
    app = next(app for app in dev.applications if app.sdk_app_id == CALL)
    asked = ResourceGate("call", Known(dev)).as_specified
    values = said(app.values)
    assert asked(Inputs(values)) == app
    assert asked(Inputs({**values, MODE: "manual"})) is None
    assert asked(Inputs(values, unknown=frozenset({IDLE}))) is None
    for number in (7, "x", True):
        assert asked(Inputs({**values, "/sdkAppId": number})) is None
    assert asked(Inputs({path: value for path, value in values.items() if path != "/sdkAppId"})) is None


def test_a_write_is_refused_where_the_console_moved_since_the_preview(dev: Environment) -> None:
    news = Inputs({**LIVE, MODE: "manual", ENABLED: False}, intent=MEANT)
    console = Observed(CALL, "call", "old", {ENABLED: True, MODE: "auto"})
    review = ResourceGate("call", Known(dev)).review
    found = diff(news.values, console)
    review(news, {ENABLED: True, MODE: "auto"})(found, console)
    with pytest.raises(ConflictError) as refused:
        review(news, {})(found, console)
    assert refused.value.what == (
        f"SDKAppId {CALL}: the console changed at /recording/enabled since it was shown; nothing was written"
    )
    assert refused.value.fix == "Run preview again and review what differs now."


def test_more_changes_than_a_program_may_make_are_refused(dev: Environment) -> None:
    served = Known(replace(dev, limits=ChangeLimits(applications=0)))
    served.has_specs = False
    told: Told = []
    manual = Observed(CALL, "call", "new", {ENABLED: True, MODE: "manual"})
    with pytest.raises(RefusedError) as refused:
        ResourceGate("call", served).preview(Inputs(automatic()), manual, lambda *message: told.append(message))
    assert refused.value.what.startswith(
        "Refused; nothing was written:\nlimits.maxChanges: max-changes: 1 applications would change, at most 0.\n"
    )
    assert told == []
    same = Observed(CALL, "call", "new", {ENABLED: True, MODE: "auto"})
    ResourceGate("call", served).preview(Inputs(LIVE), same, lambda *message: told.append(message))  # no change


def test_all_that_stands_against_a_preview_is_told(dev: Environment) -> None:
    seen = Observed(CALL, "call", "new", {ENABLED: True, MODE: "auto"})
    for values, words in (({MODE: "manual"}, "stop-recording"), ({ENABLED: False}, "REC091")):
        with pytest.raises(RefusedError, match=f"(?s)^Refused; nothing was written:\n.*{words}"):
            ResourceGate("call", Known(dev)).preview(Inputs({**LIVE, **values}), seen, lambda *_: None)
    told: Told = []
    as_spec = replace(dev, applications=(replace(dev.applications[0], leaves=PlainLeaves(automatic())),))
    manual = Observed(CALL, "call", "new", {ENABLED: True, MODE: "manual"})
    ResourceGate("call", Known(as_spec)).preview(
        Inputs(said(automatic())), manual, lambda *message: told.append(message)
    )
    assert told == []


def test_only_what_differs_asks_for_a_review(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    served = Known(dev, "new")
    monkeypatch.setattr(served, "not_reviewed", lambda number: f"{number} was not reviewed")
    check = ResourceGate("call", served).check
    news = Inputs(automatic())
    assert check({**news.values, MODE: "manual"}, news, lambda *_: None) == [f"call: {CALL} was not reviewed"]
    assert check({**news.values, "/owner": "@acme/others"}, news, lambda *_: None) == []


def test_the_limit_counts_applications(dev: Environment) -> None:
    """Whichever of the moments saw them."""
    one, other = Inputs(automatic()), Inputs({**automatic(), "/sdkAppId": 7})
    told = "limits.maxChanges: max-changes: 2 applications would change, at most 1."

    def reasons(served: Known, news: Inputs) -> list[str]:
        return ResourceGate("call", served).check({**news.values, MODE: "manual"}, news, lambda *_: None)

    for first in ("check", "preview"):
        served = Known(replace(dev, limits=ChangeLimits(applications=1)))
        served.has_specs = False
        if first == "check":
            assert reasons(served, one) == []
        manual = Observed(CALL, "call", "new", {ENABLED: True, MODE: "manual"})
        ResourceGate("call", served).preview(one, manual, lambda *_: None)
        assert reasons(served, one) == []
        ((reason,)) = reasons(served, other)
        assert reason.startswith(told)


def test_rules_are_asked_about_the_day(dev: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A team's own may care: a change freeze, say."""
    days: list[date] = []

    def asked(specs: Specs) -> list[Violation]:
        days.append(specs.today)
        return []

    monkeypatch.setattr(gate, "_rules", lambda: (Rule("ACME1", "A freeze", Severity.ERROR, "", asked),))
    assert checked(dev, {}, Inputs(automatic())) == ([], [])
    assert days == [date(2026, 1, 31)]

"""One resource at the three moments: Check, the preview of a create, and the write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.console.port import Observed
from provisioner.foundation.errors import ConflictError
from provisioner.provider.configuration import read
from provisioner.provider.environment import PlannedEnvironment
from provisioner.provider.gate import RefusedError
from provisioner.provider.properties import Inputs, said
from provisioner.provider.resource_gate import ResourceGate
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.value_types import Value
from tests.days import LATER
from tests.project import Project

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

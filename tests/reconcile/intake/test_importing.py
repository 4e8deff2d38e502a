"""A whole account into specs: afterwards nothing differs, nobody shares a file, and the rule about templates holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.console.port import ListedApplication, Observed
from provisioner.reconcile.intake.importing import Candidate, Import, import_applications
from provisioner.reconcile.intake.unmanaged import spec_names
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.fields import SETTINGS
from provisioner.recording.value_types import Value
from provisioner.specs.workspace import Workspace
from tests.conftest import ROOT
from tests.profiles import examples
from tests.project import Project
from tests.reconcile.consoles import observed, said

CALL: dict[str, Any] = {
    "media": "audio-video",
    "formats": ["mp4"],
    "maxIdleTime": "5s",
    "maxFileDuration": "2h",
    "mixed": {
        "maxUsers": 8,
        "layout": {"kind": "grid"},
        "video": {"width": 1280, "height": 720, "bitrate": "1200kbps"},
    },
    "storage": {"vendor": "vod", "vod": {"subAppId": 1500000010, "retention": "7d"}},
}
ON: dict[str, Value] = {"/recording/enabled": True, "/recording/mode": "auto"}


def candidate(sdk_app_id: int, name: str, values: Mapping[str, Value]) -> Candidate:
    return Candidate(ListedApplication(sdk_app_id, name), seen(sdk_app_id, values), name, "@acme/platform")


def seen(sdk_app_id: int, values: Mapping[str, Value]) -> Observed:
    shown = observed(values)
    return Observed(sdk_app_id, "x", "new", shown.fields)


def automatic(**changed: Any) -> dict[str, Value]:
    return {**ON, **said({**CALL, **changed})}


def imported(root: Path, *candidates: Candidate, share: int = 2, contract: str | None = None) -> Import:
    return import_applications(Workspace(root), "dev", candidates, share=share, contract=contract)


def pins(done: Import) -> dict[str, tuple[str | None, int]]:
    return {one.candidate.name: (one.template, len(one.adoption.adopted)) for one in done.applications}


def test_an_existing_version_that_says_the_same_is_pinned(project: Project) -> None:
    done = imported(project.root, candidate(1, "a", automatic()), candidate(2, "b", automatic(maxIdleTime="30s")))
    assert pins(done) == {"a": ("call@v1", 0), "b": ("call@v1", 1)}
    assert done.templates == {}


def test_what_several_record_by_alike_becomes_a_template(project: Project) -> None:
    audio = {"media": "audio", "formats": ["aac"], "mixed": None, "single": {"streams": "main"}}
    chosen = [candidate(number, f"a{number}", automatic(**audio)) for number in (1, 2, 3)]
    done = imported(project.root, *chosen, candidate(4, "b", automatic(**{**audio, "maxIdleTime": "30s"})))
    assert done.templates == {"single-audio@v1": 4}
    assert pins(done)["b"] == ("single-audio@v1", 1)
    assert b"What 4 applications of dev recorded by" in done.documents["templates/single-audio/v1.yaml"]
    assert next(iter(done.documents)) == "templates/single-audio/v1.yaml"  # before any file that pins it


def test_how_many_must_share_is_the_callers_choice(project: Project) -> None:
    single = {"mixed": None, "single": {"streams": "main"}, "media": "audio", "formats": ["aac"], "maxIdleTime": "1m"}
    alone = candidate(1, "a", automatic(**single))
    assert pins(imported(project.root, alone))["a"][0] is None
    assert imported(project.root, alone, share=1).templates == {"single-audio@v1": 1}


def test_what_backends_record_by_is_asked_for(project: Project) -> None:
    manual = candidate(1, "a", {"/recording/enabled": True, "/recording/mode": "manual"})
    (left,) = imported(project.root, manual).left_out
    assert "pass --contract NAME@vN" in left.reason
    assert pins(imported(project.root, manual, contract="call@v1")) == {"a": ("call@v1", 0)}


def test_what_would_be_no_valid_spec_is_left_out_and_the_rest_is_not(project: Project) -> None:
    broken = automatic(formats=["mp4", "aac"])
    done = imported(project.root, candidate(1, "a", automatic()), candidate(2, "b", broken), candidate(3, "c", broken))
    assert list(pins(done)) == ["a"]
    assert done.templates == {}
    assert [left.listed.name for left in done.left_out] == ["b", "c"]
    assert "mp4" in done.left_out[0].reason


def test_what_cannot_be_read_is_said_in_the_file(project: Project) -> None:
    hidden = automatic(callback={"url": "https://a.example/", "keyRef": "env:KEY"})
    (one,) = imported(project.root, candidate(1, "a", hidden)).applications
    assert "# Cannot verify, so not said here: callback.keyRef: hidden\n" in one.adoption.draft.text
    assert "KEY" not in one.adoption.draft.text


@pytest.mark.parametrize(
    ("called", "names"),
    [
        (["Ünïcode  Call!"], ["unicode-call"]),
        (["日本", "", "-", "\u202e"], ["app-1", "app-2", "app-3", "app-4"]),
        (["Web inar", "web-inar", "WEB_INAR"], ["web-inar-1", "web-inar", "web-inar-3"]),
        (["x", "x"], ["x-1", "x-2"]),
        (["taken", "../../etc/passwd"], ["taken-1", "etc-passwd"]),
        (["app-2", ""], ["app-2", "app-2-2"]),
        (["a" * 300], ["a" * 50]),
    ],
)
def test_names_are_made_safe_and_stay_apart(called: list[str], names: list[str]) -> None:
    listed = [ListedApplication(number, name) for number, name in enumerate(called, 1)]
    assert list(spec_names(listed, ["taken"]).values()) == names


@st.composite
def accounts(draw: st.DrawFn) -> list[tuple[str, dict[str, Value]]]:
    """Applications with any names, recorded by a few settings in any combination, legal or not."""
    variations = st.fixed_dictionaries(
        {},
        optional={
            "maxIdleTime": st.sampled_from(["5s", "30s"]),
            "media": st.sampled_from(["audio-video", "audio"]),
            "formats": st.sampled_from([["mp4"], ["mp4", "hls"], ["mp4", "aac"]]),
            "mixed": st.sampled_from([None, {"maxUsers": 4}]),
            "single": st.sampled_from([None, {"streams": "main"}]),
            "storage": st.sampled_from([None, {"vendor": "cos", "cos": {"region": "ap-x", "bucket": "b-1"}}]),
            "callback": st.just({"url": "https://a.example/", "keyRef": "env:KEY"}),
        },
    )
    switches = st.fixed_dictionaries(
        {"/recording/enabled": st.booleans(), "/recording/mode": st.sampled_from(["auto", "auto", "manual"])}
    )
    one = st.tuples(st.text(max_size=8), st.builds(lambda s, v: {**automatic(**v), **s}, switches, variations))
    return draw(st.lists(one, max_size=6))


@settings(max_examples=examples(10))
@given(accounts(), st.integers(1, 3))
def test_after_an_import_nothing_differs(account: list[tuple[str, dict[str, Value]]], share: int) -> None:
    listed = [ListedApplication(30000000 + number, name) for number, (name, _) in enumerate(account)]
    names = spec_names(listed, ["video-call", "classroom", "support-desk"])
    candidates = [
        Candidate(entry, seen(entry.sdk_app_id, values), names[entry.sdk_app_id], "@acme/platform")
        for entry, (_, values) in zip(listed, account, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        for below in ("environments", "templates"):
            shutil.copytree(ROOT / below, Path(folder) / below)
        done = imported(Path(folder), *candidates, share=share, contract="call@v1")
        assert not [file for file in done.documents if (Path(folder) / file).exists()]
        after = Workspace(Path(folder)).drafted(done.documents).environment("dev")
        assert {len(set(names.values()))} == {len(candidates)}
        assert len(done.applications) + len(done.left_out) == len(candidates)
        values = {app.sdk_app_id: app.values for app in after.applications}
        for one in done.applications:
            shown = one.candidate.observed
            assert diff(values[shown.sdk_app_id], shown).differences == ()
        assert imported(Path(folder), *candidates, share=share, contract="call@v1").documents == done.documents
        assert f"{SETTINGS}/callback/keyRef" not in {path for held in values.values() for path in held}

"""Adopting: the spec says what the console shows, with as few words as that takes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.console.port import Observed
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.intake.adopt import Adoption, adopt
from provisioner.reconcile.plan.diff import diff
from provisioner.recording.application import Layer
from provisioner.recording.document import nest
from provisioner.recording.exclusive_storage import STORAGE, VENDOR
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.value_types import Value
from provisioner.specs.documents.patch import read_patch
from provisioner.specs.editing.spec_editor import Draft
from provisioner.specs.yaml.canonical import dump
from provisioner.specs.yaml.reader import read
from tests.profiles import examples
from tests.reconcile.consoles import SHOWN, observed, said
from tests.values import wire_values

TEMPLATED = tuple(path for path in SHOWN if path.startswith(SETTINGS) and Mode.AUTO in FIELDS[path].modes)
HEAD = "# head\napiVersion: recording/v1   # one\n\n"
TAIL = "\n# between\nowner: '@acme/calls'   # quoted\n# tail\n"


def draft(
    own: dict[str, Any], template: dict[str, Any] | None = None, environment: dict[str, Any] | None = None
) -> Draft:
    """An application's file with comments, above a template and an environment."""
    weaker = [
        read_patch(read(dump(settings).encode(), file), layer, file, SETTINGS)[0]
        for settings, layer, file in (
            (template, Layer.TEMPLATE, "templates/call/v1.yaml"),
            (environment, Layer.ENVIRONMENT, "environments/dev/environment.yaml"),
        )
        if settings is not None
    ]
    return Draft("environments/dev/apps/call.yaml", f"{HEAD}{dump({'recording': own})}{TAIL}", tuple(weaker))


def auto(**settings: Any) -> dict[str, Any]:
    return {"enabled": True, "mode": "auto", **({"settings": settings} if settings else {})}


def shows(**settings: Any) -> Observed:
    return observed({"/recording/enabled": True, "/recording/mode": "auto", **said(settings)})


def hows(adoption: Adoption) -> dict[str, str]:
    return {one.path.removeprefix(SETTINGS + "/"): one.how for one in adoption.adopted}


def test_a_value_that_no_layer_says_becomes_an_override() -> None:
    adoption = adopt(draft(auto(media="audio"), {"maxIdleTime": "5s"}), shows(media="audio", maxIdleTime="30s"))
    assert hows(adoption) == {"maxIdleTime": "override"}
    assert adoption.draft.text == f"{HEAD}{dump({'recording': auto(media='audio', maxIdleTime='30s')})}{TAIL}"


def test_an_override_goes_where_a_weaker_layer_says_the_same() -> None:
    spec = draft(auto(media="audio", maxIdleTime="30s"), {"maxIdleTime": "5s"})
    adoption = adopt(spec, shows(media="audio", maxIdleTime="5s"))
    assert hows(adoption) == {"maxIdleTime": "inherited"}
    assert adoption.draft.text == f"{HEAD}{dump({'recording': auto(media='audio')})}{TAIL}"


def test_the_last_override_takes_its_blocks_with_it() -> None:
    spec = draft(
        auto(storage={"vod": {"retention": "30d"}}), None, {"storage": {"vendor": "vod", "vod": {"retention": "7d"}}}
    )
    adoption = adopt(spec, shows(storage={"vendor": "vod", "vod": {"retention": "7d"}}))
    assert adoption.draft.text == f"{HEAD}{dump({'recording': auto()})}{TAIL}"


def test_what_the_console_lacks_is_null_only_where_a_weaker_layer_sets_it() -> None:
    spec = draft(auto(mixed={"layout": {"background": "#FFFFFF"}}), {"mixed": {"layout": {"bigPicture": "teacher"}}})
    adoption = adopt(spec, shows(mixed={"maxUsers": 8}))
    assert hows(adoption) == {"mixed/layout/bigPicture": "deleted", "mixed/layout/background": "inherited"}
    assert adoption.draft.own.says[f"{SETTINGS}/mixed/layout/bigPicture"] is None
    assert f"{SETTINGS}/mixed/layout/background" not in adoption.draft.own.says


def test_a_whole_block_that_the_console_lacks_is_one_null() -> None:
    spec = draft(auto(), {"mixed": {"maxUsers": 8, "video": {"fps": 15}}})
    adoption = adopt(spec, shows(single={"streams": "main"}))
    assert "mixed: null" in adoption.draft.text
    assert not diff(adoption.draft.values, shows(single={"streams": "main"})).differences


def test_a_block_of_ones_own_that_the_console_lacks_is_simply_gone() -> None:
    adoption = adopt(draft(auto(media="audio", mixed={"maxUsers": 8})), shows(media="audio"))
    assert adoption.draft.text == f"{HEAD}{dump({'recording': auto(media='audio')})}{TAIL}"


def test_a_deletion_that_the_console_does_not_share_is_taken_back() -> None:
    spec = draft(auto(mixed=None), {"mixed": {"maxUsers": 6, "layout": {"bigPicture": "teacher"}}})
    assert adopt(spec, shows(mixed={"maxUsers": 6, "layout": {"bigPicture": "teacher"}})).draft.text == (
        f"{HEAD}{dump({'recording': auto()})}{TAIL}"
    )
    found = shows(mixed={"maxUsers": 4})
    assert not diff(adopt(spec, found).draft.values, found).differences


def test_what_cannot_be_read_is_left_alone_and_told() -> None:
    spec = draft(auto(callback={"url": "https://a.example/", "keyRef": "env:KEY"}))
    found = shows(callback={"url": "https://b.example/", "keyRef": "env:OTHER"})
    adoption = adopt(spec, found)
    assert hows(adoption) == {"callback/url": "override"}
    assert [field.path for field in adoption.unverified] == [f"{SETTINGS}/callback/keyRef"]
    assert "keyRef: env:KEY" in adoption.draft.text


def test_a_manual_application_keeps_the_contract_of_its_backend() -> None:
    spec = draft({"enabled": True, "mode": "auto", "settings": {"maxIdleTime": "5s"}})
    found = observed({"/recording/enabled": True, "/recording/mode": "manual"})
    adoption = adopt(spec, found)
    assert adoption.stops_recording
    assert [one.path for one in adoption.adopted] == ["/recording/mode"]
    assert adoption.draft.text == spec.text.replace("mode: auto", "mode: manual")


def test_automatic_mode_brings_its_template_along() -> None:
    spec = draft({"enabled": True, "mode": "manual", "settings": {"maxIdleTime": "5s"}})
    adoption = adopt(spec, shows(maxIdleTime="30s", media="audio"))
    assert not adoption.stops_recording
    assert hows(adoption) == {"/recording/mode": "override", "media": "override", "maxIdleTime": "override"}


def test_only_the_paths_that_are_asked_for_are_adopted() -> None:
    spec = draft(auto(maxIdleTime="5s", media="audio"))
    adoption = adopt(spec, shows(maxIdleTime="30s", media="video"), {f"{SETTINGS}/media"})
    assert adoption.draft.text == spec.text.replace("media: audio", "media: video")


def test_files_moved_elsewhere_leave_no_second_storage() -> None:
    spec = draft(auto(storage={"vendor": "vod", "vod": {"subAppId": 5, "retention": "7d"}}))
    found = shows(storage={"vendor": "cos", "cos": {"region": "ap-x", "bucket": "b-1"}})
    adoption = adopt(spec, found)
    assert "vod" not in adoption.draft.text
    assert not diff(adoption.draft.values, found).differences


@st.composite
def held(draw: st.DrawFn) -> dict[str, Value]:
    """What some console could hold: any values at any of its fields, and always a template."""
    chosen = {f"{SETTINGS}/maxIdleTime", *draw(st.sets(st.sampled_from(TEMPLATED), max_size=14))}
    held: dict[str, Value] = {
        "/recording/enabled": draw(st.booleans()),
        "/recording/mode": draw(st.sampled_from(["auto", "auto", "manual"])),
        **{path: draw(wire_values(path)) for path in TEMPLATED if path in chosen},
    }
    storage = [path.split("/")[4] for path in held if path.startswith(f"{STORAGE}/") and path != VENDOR]
    held.pop(VENDOR, None)
    return {**held, VENDOR: storage[0]} if storage else held


@st.composite
def patches(draw: st.DrawFn) -> dict[str, Any]:
    """Settings that some file sets, deletes, or mentions as empty blocks."""
    document: dict[str, Any] = nest(draw(held()))["recording"].get("settings", {})
    for path in draw(st.lists(st.sampled_from(TEMPLATED), max_size=4)):
        keys = path.removeprefix(SETTINGS + "/").split("/")
        *blocks, last = keys[: draw(st.integers(1, len(keys)))]
        node = document
        for block in blocks:
            if not isinstance(node.get(block), dict):
                node[block] = {}
            node = node[block]
        node[last] = draw(st.sampled_from([None, {}])) if len(blocks) + 1 < len(keys) else None
    return document


def test_a_leaf_whose_default_would_come_back_is_refused_by_itself() -> None:
    spec = draft(auto(), {"mixed": {"maxUsers": 4, "video": {"fps": 30}}})
    with pytest.raises(ProvisionerError, match="cannot say what the console shows at") as refused:
        adopt(spec, shows(single={"streams": "main"}), {f"{SETTINGS}/mixed/maxUsers"})
    assert "adopt its whole block" in str(refused.value)


@settings(max_examples=examples(40))
@given(
    own=patches(), mode=st.sampled_from(["auto", "manual"]), template=patches(), environment=patches(), console=held()
)
def test_after_adopting_nothing_differs(
    own: dict[str, Any], mode: str, template: dict[str, Any], environment: dict[str, Any], console: dict[str, Value]
) -> None:
    spec = draft({"enabled": True, "mode": mode, "settings": own}, template, environment)
    found = observed(console)
    adoption = adopt(spec, found)
    assert diff(adoption.draft.values, found).differences == ()
    assert adopt(adoption.draft, found) == Adoption(adoption.draft, (), adoption.unverified)
    assert adoption.draft.text.startswith(HEAD)
    assert adoption.draft.text.endswith(TAIL)
    before, after = spec.values, adoption.draft.values
    assert {path for path in SHOWN if before.get(path) != after.get(path)} == {one.path for one in adoption.adopted}


@settings(max_examples=examples(25))
@given(
    own=patches(), template=patches(), console=held(), only=st.sets(st.sampled_from(TEMPLATED), min_size=1, max_size=3)
)
def test_single_paths_are_adopted_or_refused(
    own: dict[str, Any], template: dict[str, Any], console: dict[str, Value], only: set[str]
) -> None:
    spec = draft({"enabled": True, "mode": "auto", "settings": own}, template)
    found = observed(console)
    with suppress(ProvisionerError):  # a default holds there beside other settings
        adoption = adopt(spec, found, only)
        assert not [one for one in diff(adoption.draft.values, found).differences if one.path in only]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_and_line_ends_stay_byte_for_byte(newline: str) -> None:
    text = newline.join(
        [
            "recording:  # what",
            "  # above",
            "  enabled: true",
            "  mode: 'auto'      # in quotes",
            "  settings:",
            "    media:   audio  # odd blanks",
            "    # below media",
            "    maxIdleTime: 5s # short",
            "",
        ]
    )
    adoption = adopt(Draft("a.yaml", text, ()), shows(media="audio", maxIdleTime="30s"))
    assert adoption.draft.text == text.replace("maxIdleTime: 5s #", "maxIdleTime: 30s #")

"""What an expression may say, where it is wrong, and that it cannot run away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.value_types import Value
from provisioner.specs.policies.cel_types import cel_document
from provisioner.specs.policies.expression import MAX_LENGTH, Expression, ExpressionError, Mention, Ruling, compiled
from tests.values import documents

VALUES: dict[str, Value] = {
    "/name": "live",
    "/sdkAppId": 1400000001,
    "/recording/enabled": True,
    f"{SETTINGS}/maxIdleTime": Quantity.parse("30s", Dimension.TIME),
    f"{SETTINGS}/formats": ("mp4", "hls"),
    f"{SETTINGS}/mixed/video/bitrate": Quantity.parse("1200kbps", Dimension.BITRATE),
    f"{SETTINGS}/mixed/audio/sampleRate": Quantity.parse("44.1kHz", Dimension.FREQUENCY),
    f"{SETTINGS}/mixed/layout/panes/left/width": 320,
    f"{SETTINGS}/storage/vod/retention": Quantity.parse("forever", Dimension.TIME),
}


def judged(text: str, **documents: dict[str, Value]) -> Ruling:
    known = {"app": VALUES, **documents}
    return compiled(text).judge({name: cel_document(values) for name, values in known.items()})


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('app.settings.maxIdleTime >= duration("10s")', True),
        ('app.settings.maxIdleTime == duration("0.5m")', True),
        ('app.settings.maxIdleTime < duration("30s")', False),
        ("app.settings.storage.vod.retention == forever", True),
        ("app.settings.storage.vod.retention > days(3650)", True),
        ("days(90) == duration('2160h')", True),
        ("app.settings.mixed.video.bitrate == 1200000", True),
        ("app.settings.mixed.audio.sampleRate == 44100", True),
        ("app.recording.settings.maxIdleTime == app.settings.maxIdleTime", True),
        ('"hls" in app.settings.formats && size(app.settings.formats) == 2', True),
        ("app.settings.formats.all(f, f.startsWith('m'))", False),
        ("app.settings.mixed.layout.panes.all(n, app.settings.mixed.layout.panes[n].width > 300)", True),
        ("app.settings.mixed.layout.panes.left.width == 320", True),
        ("has(app.settings.callback)", False),
        ('!has(app.settings.callback) || app.settings.callback.url.startsWith("https://")', True),
        ("!has(base.name)", True),
        ("app.sdkAppId == 1400000001 && app.recording.enabled", True),
    ],
)
def test_what_holds(text: str, holds: bool) -> None:
    assert judged(text) == Ruling(holds)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('app.settings.callback.url.startsWith("h")', "callback is not there; ask has() first"),
        ("app.settings.maxFileDuration <= duration('1h')", "maxFileDuration is not there; ask has() first"),
        ("base.settings.maxIdleTime <= app.settings.maxIdleTime", "settings is not there; ask has() first"),
        ("1 / (size(app.settings.formats) - 2) == 1", "divide by zero"),
        ('app.settings.formats[9] == "mp4"', "Index error: index=9 size=2"),
    ],
)
def test_what_is_not_there_is_never_taken_for_zero(text: str, reason: str) -> None:
    assert judged(text) == Ruling(False, reason)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("app.settings.maxIdelTime >= duration('10s')", "maxIdelTime", 'settings has no "maxIdelTime" (did you mean'),
        ("has(app.settings.callbak)", "callbak", 'settings has no "callbak" (did you mean "callback"?)'),
        ("app.recordin.enabled", "recordin", 'the application has no "recordin" (did you mean "recording"?)'),
        ("app.settings.mixed.layout.panes.all(n, app.settings.mixed.layout.panes[n].wdth > 2)", "wdth", '"width"?)'),
        ("true &&\n  app.settings.mixed.x == 1", "x ", 'settings.mixed has no "x"'),
        ("app.settings.maxIdleTime >= 10", ">=", ">= does not take duration, int"),
        ("app.settings.mixed.video.bitrate < duration('1s')", "<", "< does not take int, duration"),
        ("app.name == 3", "==", "== does not take string, int"),
        ("app.settings.storage.vod.retention >= duration('90d')", "(", "it takes h, m and s; write days(90)"),
        ("app.name", "app", "takes what is true or false, and this is of type string"),
        ("appl.name == 'a'", "appl", 'there is no "appl" (did you mean "app"?)'),
        ("now() > 3", "now", 'there is no "now"'),
        ("1 +", "", "is no CEL: mismatched input '<EOF>'"),
        ("app.name.matches('(')", "('", "matches() takes a regular expression (RE2)"),
        ("dyn(app).nme == 'a'", "(app", "dyn() has no place here"),
        ("type(app) == type(base)", "(app", "type() has no place here"),
        ("spec.application{name: 'a'} == app", "", "builds a document (application)"),
        (" \n", "", "is empty"),
    ],
)
def test_mistakes_are_told_at_their_character(text: str, at: str, message: str) -> None:
    with pytest.raises(ExpressionError) as told:
        compiled(text)
    assert message in str(told.value)
    assert text[told.value.offset :].startswith(at)


BOMBS = {
    "a loop in a loop": "app.settings.formats.all(a, app.settings.formats.exists(b, a == b))",
    "a loop over a loop": "[[1]]" + ".map(x, x + x)" * 40 + " == []",
    "doubling text": '["aa"]' + ".map(x, x + x)" * 40 + ' == ["a"]',
    "depth": "(" * 500 + "true" + ")" * 500,
    "a long sum": "+".join(["1"] * 500) + " == 500",
    "length": "true || " * 400 + "true",
    "lists in lists": "[" * 900 + "]" * 900 + " == []",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_could_run_away_is_refused(bomb: str) -> None:
    with pytest.raises(ExpressionError, match=r"make (two|several) policies"):
        compiled(bomb)


def test_one_loop_over_as_much_as_fits_ends() -> None:
    """The library's own budget of 10,000 steps is never reached; this is the dearest form that passes."""
    ones = ",".join(["'a'"] * 450)
    text = f"[{ones}].all(x, ('{'y' * 100}' + x).matches('(y*)*z(y|z){{50}}'))"
    assert len(text) <= MAX_LENGTH
    assert judged(text) == Ruling(False)


def test_mentions_are_paths_of_the_effective_document() -> None:
    text = "has(app.settings.callback) && base.recording.settings.media == console.settings.media && base.name == ''"
    assert compiled(text).mentions == (
        Mention("app", f"{SETTINGS}/callback"),
        Mention("base", f"{SETTINGS}/media"),
        Mention("console", f"{SETTINGS}/media"),
        Mention("base", "/name"),
    )


def test_expressions_of_one_text_are_equal() -> None:
    assert compiled("app.name == 'a'") == compiled("app.name == 'a'")
    assert isinstance(compiled("true"), Expression)


@pytest.mark.parametrize("path", [path for path in FIELDS if "*" not in path])
def test_every_field_of_the_table_can_be_named(path: str) -> None:
    assert compiled(f"has(app{path.replace('/', '.')})").mentions == (Mention("app", path),)


@given(documents(""))
def test_any_legal_document_can_be_judged(values: dict[str, Value]) -> None:
    for path in values:
        chosen = "".join(
            f'["{part}"]' if part[0].isdigit() or "-" in part else f".{part}" for part in path.split("/")[1:]
        )
        assert compiled(f"has(app{chosen})" if "[" not in chosen else "has(app.settings)").judge(
            {"app": cel_document(values)}
        ) == Ruling(True)


@given(st.text(max_size=200))
def test_any_text_is_judged_or_refused(text: str) -> None:
    refused: list[ExpressionError] = []
    try:
        compiled(text).judge({})
    except ExpressionError as told:
        refused.append(told)
    assert all(0 <= told.offset <= len(text) and "\n" not in str(told) for told in refused)

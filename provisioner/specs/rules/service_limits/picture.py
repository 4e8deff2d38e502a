"""The mixed picture: its layout, what is drawn on it, and its size."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.field import Mode
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.limits import MANUAL_MIX_LIMIT, MAX_PIXELS, MOST_WATERMARKS
from provisioner.recording.paths import short
from provisioner.specs.rules.rule import Reasons, Rule, each

_LAYOUT = "mixed/layout"
_KIND = f"{SETTINGS}/{_LAYOUT}/kind"
_PRESETS = ("grid", "screen-share", "floating")


def _layout_is_a_preset(app: Application) -> Reasons:
    if app.automatic and app.value(_KIND) == "custom":
        yield _KIND, f"mixed.layout.kind custom exists in manual mode only; take {', '.join(_PRESETS)}"


def _big_picture_has_a_tile(app: Application) -> Reasons:
    kind = app.value(_KIND)
    if app.setting(f"{_LAYOUT}/bigPicture") is not None and kind not in ("screen-share", "floating"):
        message = f"mixed.layout.bigPicture has no large tile to fill in the layout {kind}"
        yield f"{SETTINGS}/{_LAYOUT}/bigPicture", message


def _picture_fits(app: Application) -> Reasons:
    width, height = app.setting("mixed/video/width"), app.setting("mixed/video/height")
    if isinstance(width, int) and isinstance(height, int) and width * height > MAX_PIXELS:
        message = f"mixed.video is {width} by {height}; width times height is at most 1920 by 1080"
        yield f"{SETTINGS}/mixed/video/width", message


def _over_rest(app: Application) -> bool:
    """Elsewhere there are no panes, watermarks and so on, which REC034 and REC040 tell."""
    return app.mode == Mode.MANUAL.value


def _panes_make_the_custom_layout(app: Application) -> Reasons:
    if not _over_rest(app):
        return
    kind, panes = app.value(_KIND), app.members(f"{_LAYOUT}/panes")
    if kind == "custom" and not panes:
        yield _KIND, "mixed.layout.kind custom shows nobody without mixed.layout.panes"
    elif panes and kind != "custom":
        message = f"mixed.layout.panes count in the layout custom only, and mixed.layout.kind is {kind}"
        yield _pane(panes[0]), message
    elif len(panes) > MANUAL_MIX_LIMIT:
        yield _pane(panes[-1]), f"mixed.layout.panes has {len(panes)} panes; a custom layout has {MANUAL_MIX_LIMIT}"


def _pane(name: str) -> str:
    return f"{SETTINGS}/{_LAYOUT}/panes/{name}/top"


def _settings_act_on_something(app: Application) -> Reasons:
    if not _over_rest(app):
        return
    kind = app.value(_KIND)
    placed = app.setting(f"{_LAYOUT}/placeholders") is True
    checks = [
        ("bigPictureStream", app.setting(f"{_LAYOUT}/bigPicture") is not None, "mixed.layout.bigPicture"),
        ("bigPictureSide", kind == "screen-share", "the layout screen-share"),
        ("renderMode", kind in _PRESETS, "a preset layout; in a custom one each pane has its own"),
        ("hideAudioOnly", kind in _PRESETS, "a preset layout"),
        ("backgroundImageRenderMode", app.setting(f"{_LAYOUT}/backgroundImage") is not None, "backgroundImage"),
        ("placeholderImage", placed, "mixed.layout.placeholders: true"),
        *(
            (f"panes/{pane}/placeholderImage", placed, "mixed.layout.placeholders: true")
            for pane in app.members(f"{_LAYOUT}/panes")
        ),
    ]
    for name, there, needed in checks:
        path = f"{SETTINGS}/{_LAYOUT}/{name}"
        if app.written(path) and not there:
            yield path, f"{short(path)} does nothing without {needed}"


def _drawings_lie_on_the_canvas(app: Application) -> Reasons:
    for block in _rectangles(app) if _over_rest(app) else ():
        for start, size in (("left", "width"), ("top", "height")):
            at, extent = app.setting(f"{block}/{start}"), app.setting(f"{block}/{size}")
            canvas = app.setting(f"mixed/video/{size}")
            if isinstance(at, int) and isinstance(extent, int) and isinstance(canvas, int) and at + extent > canvas:
                path = f"{SETTINGS}/{block}/{size}"
                yield (
                    path,
                    f"{short(path)} {extent} from {start} {at} leaves the canvas: mixed.video.{size} is {canvas}",
                )


def _rectangles(app: Application) -> Iterator[str]:
    for pane in app.members(f"{_LAYOUT}/panes"):
        yield f"{_LAYOUT}/panes/{pane}"
    for mark in app.members(f"{_LAYOUT}/watermarks"):
        yield from (f"{_LAYOUT}/watermarks/{mark}/{what}" for what in ("image", "text"))


def _watermarks_are_one_thing(app: Application) -> Reasons:
    marks = app.members(f"{_LAYOUT}/watermarks") if _over_rest(app) else []
    paths = [f"{_LAYOUT}/watermarks/{mark}" for mark in marks]
    for path in paths:
        what = app.members(path)
        if len(what) > 1:
            first = next(leaf for leaf in app.leaves if leaf.startswith(f"{SETTINGS}/{path}/{what[-1]}/"))
            yield first, f"{short(path)} is {' and '.join(what)}; a watermark is one of them"
    if len(marks) > MOST_WATERMARKS:
        first = next(leaf for leaf in app.leaves if leaf.startswith(f"{SETTINGS}/{paths[-1]}/"))
        yield first, f"mixed.layout.watermarks has {len(marks)} watermarks; a picture takes {MOST_WATERMARKS}"


RULES = (
    Rule(
        "REC034",
        "An automatic recording takes a preset layout",
        Severity.ERROR,
        "The template has three presets; custom exists over REST only (on-cloud recording guide).",
        each(_layout_is_a_preset),
    ),
    Rule(
        "REC035",
        "A big picture needs a layout with a large tile",
        Severity.ERROR,
        "Only screen share and floating have one (MixLayoutParams).",
        each(_big_picture_has_a_tile),
    ),
    Rule(
        "REC036",
        "The picture fits",
        Severity.ERROR,
        "Width times height is at most 1920 by 1080 (VideoParams).",
        each(_picture_fits),
    ),
    Rule(
        "REC044",
        "Panes make the custom layout",
        Severity.ERROR,
        "MixLayoutList, of at most 25, counts with MixLayoutMode 4 only (MixLayoutParams).",
        each(_panes_make_the_custom_layout),
    ),
    Rule(
        "REC045",
        "A layout's setting acts on something",
        Severity.ERROR,
        "Some members of MixLayoutParams count in certain layouts only, or together with another (MixLayoutParams).",
        each(_settings_act_on_something),
    ),
    Rule(
        "REC046",
        "What is drawn lies on the canvas",
        Severity.ERROR,
        "Left plus width and top plus height stay within the canvas (MixLayout, WaterMarkImage).",
        each(_drawings_lie_on_the_canvas),
    ),
    Rule(
        "REC047",
        "A watermark is an image, a text or a timestamp",
        Severity.ERROR,
        "WaterMarkType names one of the three; a picture takes at most 25 (WaterMark, MixLayoutParams).",
        each(_watermarks_are_one_thing),
    ),
)

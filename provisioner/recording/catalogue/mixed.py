"""The mixed file: who is in it, how the picture is laid out, how it is encoded. Moves on promotion."""

from __future__ import annotations

from dataclasses import replace

from provisioner.recording.catalogue.codecs import (
    BITS_PER_SECOND,
    FLAG_CODE,
    FONT_CODE,
    PLACE_CODE,
    RENDER_MODE_CODE,
    SAMPLE_RATE_CODE,
    SECONDS,
    STREAM_CODE,
    TRUTH,
    ZONE_CODE,
)
from provisioner.recording.catalogue.recorded import video_of_a_user
from provisioner.recording.catalogue.vocabulary import (
    COLOUR,
    IMAGE,
    LINE,
    RENDER_MODE,
    STREAM,
    USER,
    bitrate,
    seconds,
    time,
)
from provisioner.recording.field import MANUAL_ONLY, Field
from provisioner.recording.limits import LONGEST_SIDE, MANUAL_MIX_LIMIT, TIME_ZONES
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.sources import API, GUIDE, ON_CLOUD
from provisioner.recording.value_types import Amount, Flag, Whole, Word
from provisioner.recording.wire_codecs import Number, String, Wire, numbered

_LAYOUT = f"{API}: MixLayoutParams"
_PANE = f"{API}: MixLayout"
_IMAGE = f"{API}: WaterMarkImage"
_TEXT = f"{API}: WaterMarkChar"
_TIMESTAMP = f"{API}: WaterMarkTimestamp"
_VIDEO = f"{API}: VideoParams"
_AUDIO = f"{API}: AudioParams"

_FONT = Word(("tencent", "source-han-sans"))
_FONT_DISPUTED = "The API description of the international site lacks it."
_ZONES = tuple(f"UTC{hours:+d}" for hours in TIME_ZONES)
_PLACES = ("top-left", "top-right", "bottom-left", "bottom-right", "top-center", "bottom-center", "center")


def _rectangle(block: str, what: str, most: int, owner: str, disputed: str = "") -> tuple[Field, ...]:
    """Where something stands on the canvas, by members of the public class `owner`."""
    canvas = "in pixels of mixed.video"
    return tuple(
        Field(
            f"{block}/{side}",
            Whole(0, most),
            f"{about}, {canvas}.",
            f"{API}: {owner}",
            required=True,
            disputed=disputed,
            wire=Wire(f"{owner}.{side.capitalize()}", Number()),
        )
        for side, about in (
            ("top", f"Distance of {what}'s upper edge from the canvas's"),
            ("left", f"Distance of {what}'s left edge from the canvas's"),
            ("width", f"Width of {what}"),
            ("height", f"Height of {what}"),
        )
    )


_PICTURE = (
    Field(
        "/mixed/layout/kind",
        Word(("grid", "screen-share", "floating", "custom")),
        "How the mixed picture is laid out. custom, with panes, is for manual mode only.",
        f"{_LAYOUT}; {ON_CLOUD}",
        default="grid",
        wire=Wire("MixLayoutParams.MixLayoutMode", numbered("floating", "screen-share", "grid", "custom", start=1)),
    ),
    Field(
        "/mixed/layout/bigPicture",
        USER,
        "Who fills the large tile; screen-share and floating only. An automatic recording takes a UserId prefix: "
        "nobody who fits leaves the tile empty, and of several the first to enter has it. Over REST it is one UserId.",
        f"{_LAYOUT}; {ON_CLOUD}",
        wire=Wire("MixLayoutParams.MaxResolutionUserId", String()),
    ),
    Field(
        "/mixed/layout/background",
        COLOUR,
        "Background colour.",
        f"{_LAYOUT}; {ON_CLOUD}",
        default="#000000",
        wire=Wire("MixLayoutParams.BackGroundColor", String()),
    ),
)

_REST_PICTURE = (
    Field(
        "/mixed/layout/bigPictureStream",
        STREAM,
        "Which stream of bigPicture's user fills the large tile: the camera (main) or the shared screen (aux).",
        _LAYOUT,
        default="main",
        wire=Wire("MixLayoutParams.MediaId", STREAM_CODE),
    ),
    Field(
        "/mixed/layout/bigPictureSide",
        Word(("left", "right")),
        "On which side the large tile stands; screen-share only.",
        _LAYOUT,
        default="left",
        wire=Wire("MixLayoutParams.MaxResolutionUserAlign", numbered("left", "right")),
    ),
    Field(
        "/mixed/layout/renderMode",
        RENDER_MODE,
        "How a picture of other proportions fills its tile: stretch distorts, crop cuts, letterbox leaves bars, "
        "smart-stretch cuts at most a fifth. Not in a custom layout, where each pane has its own.",
        _LAYOUT,
        wire=Wire("MixLayoutParams.RenderMode", RENDER_MODE_CODE),
    ),
    Field(
        "/mixed/layout/hideAudioOnly",
        Flag(),
        "Whether users who send no video take no tile. Not in a custom layout.",
        _LAYOUT,
        default=False,
        wire=Wire("MixLayoutParams.PureAudioDisableLayout", TRUTH),
    ),
    Field(
        "/mixed/layout/backgroundImage",
        IMAGE,
        "Background image of at most 2K and 5 MB.",
        _LAYOUT,
        wire=Wire("MixLayoutParams.BackgroundImageUrl", String()),
    ),
    Field(
        "/mixed/layout/backgroundImageRenderMode",
        RENDER_MODE,
        "How backgroundImage fills a canvas of other proportions.",
        _LAYOUT,
        wire=Wire("MixLayoutParams.BackgroundImageRenderMode", RENDER_MODE_CODE),
    ),
    Field(
        "/mixed/layout/placeholders",
        Flag(),
        "Whether a placeholder image stands in for a user who sends neither audio nor video.",
        _LAYOUT,
        default=False,
        wire=Wire("MixLayoutParams.PlaceHolderMode", FLAG_CODE),
    ),
    Field(
        "/mixed/layout/placeholderImage",
        IMAGE,
        "Placeholder image of at most 2K and 5 MB, for every tile that has none of its own; needs placeholders.",
        _LAYOUT,
        wire=Wire("MixLayoutParams.DefaultSubBackgroundImage", String()),
    ),
)

_PANES = (
    *_rectangle("/mixed/layout/panes/*", "the pane", LONGEST_SIDE, "MixLayout"),
    Field(
        "/mixed/layout/panes/*/user",
        USER,
        "Whose picture it shows. Panes without a user are filled by who enters first, in the order of their names.",
        _PANE,
        wire=Wire("MixLayout.UserId", String()),
    ),
    Field(
        "/mixed/layout/panes/*/stream",
        STREAM,
        "Which of the user's streams: the camera (main) or the shared screen (aux).",
        _PANE,
        default="main",
        wire=Wire("MixLayout.MediaId", STREAM_CODE),
    ),
    Field(
        "/mixed/layout/panes/*/renderMode",
        RENDER_MODE,
        "How a picture of other proportions fills the pane.",
        _PANE,
        default="crop",
        wire=Wire("MixLayout.RenderMode", RENDER_MODE_CODE),
    ),
    Field(
        "/mixed/layout/panes/*/transparency",
        Whole(0, 255),
        "From 0, opaque, to 255, invisible. The API calls it Alpha, which elsewhere counts the other way.",
        _PANE,
        default=0,
        wire=Wire("MixLayout.Alpha", Number()),
    ),
    Field(
        "/mixed/layout/panes/*/layer",
        Whole(0, MANUAL_MIX_LIMIT - 1),
        "Which pane covers which: the higher one.",
        _PANE,
        default=0,
        disputed=f"No page states a range; {MANUAL_MIX_LIMIT} panes need no more.",
        wire=Wire("MixLayout.ImageLayer", Number()),
    ),
    Field(
        "/mixed/layout/panes/*/placeholderImage",
        IMAGE,
        "Placeholder image of at most 2K and 5 MB; needs placeholders.",
        _PANE,
        wire=Wire("MixLayout.SubBackgroundImage", String()),
    ),
)

_WATERMARKS = (
    Field(
        "/mixed/layout/watermarks/*/image/url",
        IMAGE,
        "The picture, of at most 5 MB.",
        _IMAGE,
        required=True,
        wire=Wire("WaterMarkImage.WaterMarkUrl", String()),
    ),
    *_rectangle(
        "/mixed/layout/watermarks/*/image",
        "the watermark",
        2560,
        "WaterMarkImage",
        f"The page says up to 2560, but a canvas has at most {LONGEST_SIDE} pixels a side; the canvas decides.",
    ),
    Field(
        "/mixed/layout/watermarks/*/text/content",
        LINE,
        "The words.",
        _TEXT,
        required=True,
        wire=Wire("WaterMarkChar.Chars", String()),
    ),
    *_rectangle("/mixed/layout/watermarks/*/text", "the watermark", LONGEST_SIDE, "WaterMarkChar"),
    Field(
        "/mixed/layout/watermarks/*/text/fontSize",
        Whole(1, LONGEST_SIDE),
        "Size of the letters, in pixels.",
        _TEXT,
        default=14,
        disputed="No page states a range; this one is the canvas's.",
        wire=Wire("WaterMarkChar.FontSize", Number()),
    ),
    Field(
        "/mixed/layout/watermarks/*/text/fontColor",
        COLOUR,
        "Colour of the letters.",
        _TEXT,
        default="#FFFFFF",
        disputed="No page states how a colour is written here; it is written like the background's.",
        wire=Wire("WaterMarkChar.FontColor", String()),
    ),
    Field(
        "/mixed/layout/watermarks/*/text/background",
        COLOUR,
        "Colour behind the letters; none without it.",
        _TEXT,
        wire=Wire("WaterMarkChar.BackGroundColor", String()),
    ),
    Field(
        "/mixed/layout/watermarks/*/text/font",
        _FONT,
        "Font.",
        _TEXT,
        default="tencent",
        disputed=_FONT_DISPUTED,
        wire=Wire("WaterMarkChar.Font", FONT_CODE),
    ),
    Field(
        "/mixed/layout/watermarks/*/timestamp/position",
        Word(_PLACES),
        "Where the time of day stands.",
        _TIMESTAMP,
        required=True,
        wire=Wire("WaterMarkTimestamp.Pos", PLACE_CODE),
    ),
    Field(
        "/mixed/layout/watermarks/*/timestamp/timeZone",
        Word(_ZONES),
        "In which time zone, by its hours east of UTC.",
        _TIMESTAMP,
        default="UTC+8",
        disputed="No page states a range; the API describes a number without a sign, so there is nothing west of UTC.",
        wire=Wire("WaterMarkTimestamp.TimeZone", ZONE_CODE),
    ),
    Field(
        "/mixed/layout/watermarks/*/timestamp/font",
        _FONT,
        "Font.",
        _TIMESTAMP,
        default="tencent",
        disputed=_FONT_DISPUTED,
        wire=Wire("WaterMarkTimestamp.Font", FONT_CODE),
    ),
)

_ENCODING = (
    *(
        Field(
            f"/mixed/video/{side}",
            Whole(16, LONGEST_SIDE),
            f"Picture {side} in pixels; width times height is at most 1920 by 1080.",
            _VIDEO,
            default=default,
            disputed="No page states a lower bound; 16 is this tool's.",
            wire=Wire(f"VideoParams.{side.capitalize()}", Number()),
        )
        for side, default in (("width", 360), ("height", 640))
    ),
    Field(
        "/mixed/video/fps", Whole(1, 60), "Frames a second.", _VIDEO, default=15, wire=Wire("VideoParams.Fps", Number())
    ),
    Field(
        "/mixed/video/bitrate",
        bitrate("64kbps", "8192kbps"),
        "Video bit rate.",
        _VIDEO,
        default=Quantity(Dimension.BITRATE, 550_000),
        wire=Wire("VideoParams.BitRate", BITS_PER_SECOND),
    ),
    Field(
        "/mixed/video/gop",
        time("1s", "60s"),
        "Time between key frames.",
        _VIDEO,
        default=seconds(10),
        disputed="No page states a range; this one is this tool's.",
        wire=Wire("VideoParams.Gop", SECONDS),
    ),
    Field(
        "/mixed/audio/sampleRate",
        Amount(Dimension.FREQUENCY, "16kHz", "48kHz", choices=("48kHz", "44.1kHz", "16kHz")),
        "Audio sample rate.",
        _AUDIO,
        default=Quantity(Dimension.FREQUENCY, 48_000),
        wire=Wire("AudioParams.SampleRate", SAMPLE_RATE_CODE),
    ),
    Field(
        "/mixed/audio/channels",
        Whole(1, 2),
        "1 mono, 2 stereo.",
        _AUDIO,
        default=2,
        wire=Wire("AudioParams.Channel", Number()),
    ),
    Field(
        "/mixed/audio/bitrate",
        bitrate("32kbps", "128kbps"),
        "Audio bit rate.",
        _AUDIO,
        default=Quantity(Dimension.BITRATE, 64_000),
        wire=Wire("AudioParams.BitRate", BITS_PER_SECOND),
    ),
)

MIXED = (
    Field(
        "/mixed/maxUsers",
        Whole(1, MANUAL_MIX_LIMIT),
        "How many users' streams one mixed file shows: at most 8 by the automatic template, 25 by REST. The "
        "streams of users beyond it are not recorded.",
        GUIDE,
        default=8,
        disputed=f"Over REST the limit is 25 ({API}), or 24 in some pages.",
        wire=Wire("console: streams in the mix", Number()),
    ),
    *video_of_a_user(
        "/mixed", MANUAL_ONLY, "No page says that the console's template has it for a mixed recording; REST calls do."
    ),
    *_PICTURE,
    *(replace(field, modes=MANUAL_ONLY) for field in (*_REST_PICTURE, *_PANES, *_WATERMARKS)),
    *_ENCODING,
)

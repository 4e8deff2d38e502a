"""How settings look on the public wire: one entry a field, its public name and its codec.

The names are those of the public REST API, `Class.Member`; its McuRecordParams maps its members to the console
template's fields. What only the console has is called `console: …`. The shape of the console's own requests is not
public: that is a binding's business (`console/`), which refers to these codecs. What a storage has stands with it, in
`storages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.limits import TIME_ZONES
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.storages import STORAGES, VENDOR_CODES
from provisioner.recording.wire_codecs import Codes, Count, Number, String, TextList, Wire, WordList, numbered

_FLAG = Codes({False: 0, True: 1})
_TRUTH = Codes({False: False, True: True})
_SECONDS = Count(Dimension.TIME)
_MINUTES = Count(Dimension.TIME, 60)
_HOURS = Count(Dimension.TIME, 3600)
_BPS = Count(Dimension.BITRATE)
_HERTZ = {"48kHz": 1, "44.1kHz": 2, "16kHz": 3}
_STREAM = numbered("main", "aux")
_RENDER_MODE = numbered("stretch", "crop", "letterbox", "smart-stretch")
_FONT = Codes({"tencent": "Tencent", "source-han-sans": "SourceHanSans"})
_PLACE = numbered("top-left", "top-right", "bottom-left", "bottom-right", "top-center", "bottom-center", "center")
_ZONE = Codes({f"UTC{hours:+d}": hours for hours in TIME_ZONES})

_COS_FORMATS = Codes({("hls",): 0, ("mp4", "hls"): 1, ("hls", "aac"): 2, ("mp4",): 3, ("aac",): 4})
_VOD_FORMATS = Codes({("mp4",): 0, ("hls",): 1, ("aac",): 2, ("mp4", "hls"): 3, ("hls", "aac"): 4})

_RECORDED = {
    "media": Wire("RecordParams.StreamType", numbered("audio-video", "audio", "video")),
    "formats": Wire(
        "McuRecordParams.RecordFormat",
        WordList(("mp4", "hls", "aac")),
        rest=(Wire("RecordParams.OutputFormat", _COS_FORMATS), Wire("TencentVod.MediaType", _VOD_FORMATS)),
    ),
    "maxIdleTime": Wire("RecordParams.MaxIdleTime", _SECONDS),
    "maxFileDuration": Wire("RecordParams.MaxMediaFileDuration", _MINUTES),
    "fileNamePrefix": Wire(
        "McuRecordParams.UserDefineRecordPrefix", String(), rest=(Wire("TencentVod.UserDefineRecordId", String()),)
    ),
    "resourceExpiry": Wire("CreateCloudRecordingRequest.ResourceExpiredHour", _HOURS),
    "subscribe/mixRobot": Wire("RecordParams.SubscribeAbility", _FLAG),
    "subscribe/audio/allow": Wire("SubscribeStreamUserIds.SubscribeAudioUserIds", TextList()),
    "subscribe/audio/block": Wire("SubscribeStreamUserIds.UnSubscribeAudioUserIds", TextList()),
    "subscribe/video/allow": Wire("SubscribeStreamUserIds.SubscribeVideoUserIds", TextList()),
    "subscribe/video/block": Wire("SubscribeStreamUserIds.UnSubscribeVideoUserIds", TextList()),
    "single/merge": Wire("RecordParams.AvMerge", _FLAG),
    **{
        f"{block}/{name}": wire
        for block in ("single", "mixed")
        for name, wire in (
            ("streams", Wire("RecordParams.MediaId", numbered("main-and-aux", "main", "aux"))),
            ("fill", Wire("RecordParams.FillType", numbered("last-frame", "black"))),
        )
    },
}

_MIXED = {
    "maxUsers": Wire("console: streams in the mix", Number()),
    "video/width": Wire("VideoParams.Width", Number()),
    "video/height": Wire("VideoParams.Height", Number()),
    "video/fps": Wire("VideoParams.Fps", Number()),
    "video/bitrate": Wire("VideoParams.BitRate", _BPS),
    "video/gop": Wire("VideoParams.Gop", _SECONDS),
    "audio/sampleRate": Wire(
        "AudioParams.SampleRate",
        Codes({Quantity.parse(t, Dimension.FREQUENCY): code for t, code in _HERTZ.items()}),
    ),
    "audio/channels": Wire("AudioParams.Channel", Number()),
    "audio/bitrate": Wire("AudioParams.BitRate", _BPS),
}

_LAYOUT = {
    "kind": Wire("MixLayoutParams.MixLayoutMode", numbered("floating", "screen-share", "grid", "custom", start=1)),
    "bigPicture": Wire("MixLayoutParams.MaxResolutionUserId", String()),
    "background": Wire("MixLayoutParams.BackGroundColor", String()),
    "bigPictureStream": Wire("MixLayoutParams.MediaId", _STREAM),
    "bigPictureSide": Wire("MixLayoutParams.MaxResolutionUserAlign", numbered("left", "right")),
    "renderMode": Wire("MixLayoutParams.RenderMode", _RENDER_MODE),
    "hideAudioOnly": Wire("MixLayoutParams.PureAudioDisableLayout", _TRUTH),
    "backgroundImage": Wire("MixLayoutParams.BackgroundImageUrl", String()),
    "backgroundImageRenderMode": Wire("MixLayoutParams.BackgroundImageRenderMode", _RENDER_MODE),
    "placeholders": Wire("MixLayoutParams.PlaceHolderMode", _FLAG),
    "placeholderImage": Wire("MixLayoutParams.DefaultSubBackgroundImage", String()),
}


def _rectangle(owner: str) -> dict[str, Wire]:
    return {side: Wire(f"{owner}.{side.capitalize()}", Number()) for side in ("top", "left", "width", "height")}


_PANE = {
    **_rectangle("MixLayout"),
    "user": Wire("MixLayout.UserId", String()),
    "stream": Wire("MixLayout.MediaId", _STREAM),
    "renderMode": Wire("MixLayout.RenderMode", _RENDER_MODE),
    "transparency": Wire("MixLayout.Alpha", Number()),
    "layer": Wire("MixLayout.ImageLayer", Number()),
    "placeholderImage": Wire("MixLayout.SubBackgroundImage", String()),
}

_WATERMARK = {
    "image": {"url": Wire("WaterMarkImage.WaterMarkUrl", String()), **_rectangle("WaterMarkImage")},
    "text": {
        "content": Wire("WaterMarkChar.Chars", String()),
        **_rectangle("WaterMarkChar"),
        "fontSize": Wire("WaterMarkChar.FontSize", Number()),
        "fontColor": Wire("WaterMarkChar.FontColor", String()),
        "background": Wire("WaterMarkChar.BackGroundColor", String()),
        "font": Wire("WaterMarkChar.Font", _FONT),
    },
    "timestamp": {
        "position": Wire("WaterMarkTimestamp.Pos", _PLACE),
        "timeZone": Wire("WaterMarkTimestamp.TimeZone", _ZONE),
        "font": Wire("WaterMarkTimestamp.Font", _FONT),
    },
}


def _below(block: str, entries: Mapping[str, Wire]) -> dict[str, Wire]:
    return {f"{SETTINGS}{block}/{name}": wire for name, wire in entries.items()}


WIRE: Mapping[str, Wire] = MappingProxyType(
    {
        "/recording/enabled": Wire("console: recording switch", _FLAG),
        "/recording/mode": Wire("console: recording mode", Codes({"auto": "auto", "manual": "manual"})),
        **_below("", _RECORDED),
        **_below("/mixed", _MIXED),
        **_below("/mixed/layout", _LAYOUT),
        **_below("/mixed/layout/panes/*", _PANE),
        **{
            path: wire
            for what, entries in _WATERMARK.items()
            for path, wire in _below(f"/mixed/layout/watermarks/*/{what}", entries).items()
        },
        f"{SETTINGS}/storage/vendor": Wire("CloudStorage.Vendor", Codes(VENDOR_CODES)),
        **{
            path: wire
            for storage in STORAGES.values()
            for path, wire in _below(f"/storage/{storage.word}", storage.wire).items()
        },
        **_below(
            "/callback",
            {
                "url": Wire("console: callback address", String()),
                "keyRef": Wire("console: callback key", String()),
            },
        ),
    }
)
"""The wire entry of every field that the service knows, by its path in the field table."""

CONSOLE_WIRE: Mapping[str, Wire] = MappingProxyType(
    {path: wire for path, wire in WIRE.items() if Mode.AUTO in FIELDS[path].modes}
)
"""Of these, what the console's template may hold: what only REST calls know stands in no console."""

"""How settings look on the public wire: one entry a field, its public name and its codec.

The names are those of the public REST API, whose documentation maps each to the console template's field. The
shape of the console's own requests is not public: that is a binding's business (`console/`), which refers to
these codecs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from provisioner.recording.fields import SETTINGS
from provisioner.recording.kinds import Value
from provisioner.recording.quantities import Dimension, Quantity


class Codec(Protocol):
    """Between a value and its JSON form on the wire; `decode` raises ValueError on anything unforeseen."""

    def encode(self, value: Value) -> Any: ...

    def decode(self, wire: Any) -> Value: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number as it is."""

    def encode(self, value: Value) -> Any:
        return value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, int) and not isinstance(wire, bool):
            return wire
        raise ValueError(f"is no whole number: {wire!r}")


@dataclass(frozen=True, slots=True)
class String:
    """Text as it is."""

    def encode(self, value: Value) -> Any:
        return value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, str):
            return wire
        raise ValueError(f"is no text: {wire!r}")


@dataclass(frozen=True, slots=True)
class Codes:
    """A closed vocabulary: `words` maps spec words (or flags, or numbers) to codes."""

    words: Mapping[Value, Any]

    def encode(self, value: Value) -> Any:
        if value not in self.words:
            raise ValueError(f"has no code for {value}")
        return self.words[value]

    def decode(self, wire: Any) -> Value:
        for word, code in self.words.items():
            if code == wire and type(code) is type(wire):
                return word
        raise ValueError(f"is no known code: {wire!r}")


@dataclass(frozen=True, slots=True)
class WordList:
    """A set of words as a list, in the vocabulary's order."""

    order: tuple[str, ...]

    def encode(self, value: Value) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list) and set(wire) <= set(self.order):
            return tuple(word for word in self.order if word in wire)
        raise ValueError(f"is no list of {', '.join(self.order)}: {wire!r}")


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity as a whole number of `unit` base units; `forever` is the number that means for ever."""

    dimension: Dimension
    unit: int = 1
    forever: int | None = None

    def encode(self, value: Value) -> Any:
        assert isinstance(value, Quantity)
        return self.forever if value.amount is None else value.amount // self.unit

    def decode(self, wire: Any) -> Value:
        if not isinstance(wire, int) or isinstance(wire, bool):
            raise ValueError(f"is no whole number: {wire!r}")
        forever = self.forever is not None and wire == self.forever
        return Quantity(self.dimension, None if forever else wire * self.unit)


@dataclass(frozen=True, slots=True)
class Folders:
    """A path as the list of its folders."""

    def encode(self, value: Value) -> Any:
        return str(value).split("/")

    def decode(self, wire: Any) -> Value:
        if isinstance(wire, list) and wire and all(isinstance(part, str) for part in wire):
            return "/".join(wire)
        raise ValueError(f"is no list of folders: {wire!r}")


@dataclass(frozen=True, slots=True)
class Wire:
    """A field's public name and codec."""

    name: str
    codec: Codec


_FLAG = Codes({False: 0, True: 1})
_SECONDS = Count(Dimension.TIME)
_MINUTES = Count(Dimension.TIME, 60)
_BPS = Count(Dimension.BITRATE)
_HERTZ = {"48kHz": 1, "44.1kHz": 2, "16kHz": 3}

_SETTINGS = {
    "media": Wire("McuRecordParams.StreamType", Codes({"audio-video": 0, "audio": 1, "video": 2})),
    "formats": Wire("McuRecordParams.RecordFormat", WordList(("mp4", "hls", "aac"))),
    "maxIdleTime": Wire("RecordParams.MaxIdleTime", _SECONDS),
    "maxFileDuration": Wire("RecordParams.MaxMediaFileDuration", _MINUTES),
    "fileNamePrefix": Wire("McuRecordParams.UserDefineRecordPrefix", String()),
    "mixed/maxUsers": Wire("console: streams in the mix", Number()),
    "mixed/layout/kind": Wire(
        "MixLayoutParams.MixLayoutMode", Codes({"floating": 1, "screen-share": 2, "grid": 3, "custom": 4})
    ),
    "mixed/layout/bigPicture": Wire("MixLayoutParams.MaxResolutionUserId", String()),
    "mixed/layout/background": Wire("MixLayoutParams.BackGroundColor", String()),
    "mixed/video/width": Wire("VideoParams.Width", Number()),
    "mixed/video/height": Wire("VideoParams.Height", Number()),
    "mixed/video/fps": Wire("VideoParams.Fps", Number()),
    "mixed/video/bitrate": Wire("VideoParams.BitRate", _BPS),
    "mixed/video/gop": Wire("VideoParams.Gop", _SECONDS),
    "mixed/audio/sampleRate": Wire(
        "AudioParams.SampleRate",
        Codes({Quantity.parse(t, Dimension.FREQUENCY): code for t, code in _HERTZ.items()}),
    ),
    "mixed/audio/channels": Wire("AudioParams.Channel", Number()),
    "mixed/audio/bitrate": Wire("AudioParams.BitRate", _BPS),
    "single/merge": Wire("RecordParams.AvMerge", _FLAG),
    "single/streams": Wire("RecordParams.MediaId", Codes({"main-and-aux": 0, "main": 1, "aux": 2})),
    "single/fill": Wire("RecordParams.FillType", Codes({"last-frame": 0, "black": 1})),
    "storage/vendor": Wire("CloudStorage.Vendor", Codes({"cos": 0, "s3": 1})),
    "storage/vod/subAppId": Wire("TencentVod.SubAppId", Number()),
    "storage/vod/retention": Wire("TencentVod.ExpireTime", Count(Dimension.TIME, 1, forever=0)),
    "storage/vod/procedure": Wire("TencentVod.Procedure", String()),
    "storage/vod/classId": Wire("TencentVod.ClassId", Number()),
    "storage/vod/region": Wire("TencentVod.StorageRegion", String()),
    **{
        f"storage/{vendor}/{name}": Wire(f"CloudStorage.{public}", codec)
        for vendor in ("cos", "s3")
        for name, public, codec in (
            ("region", "Region", String()),
            ("bucket", "Bucket", String()),
            ("prefix", "FileNamePrefix", Folders()),
            ("accessKeyRef", "AccessKey", String()),
            ("secretKeyRef", "SecretKey", String()),
        )
    },
    "callback/url": Wire("console: callback address", String()),
    "callback/keyRef": Wire("console: callback key", String()),
}

WIRE: Mapping[str, Wire] = MappingProxyType(
    {
        "/recording/enabled": Wire("console: recording switch", _FLAG),
        "/recording/mode": Wire("console: recording mode", Codes({"auto": "auto", "manual": "manual"})),
        **{f"{SETTINGS}/{name}": wire for name, wire in _SETTINGS.items()},
    }
)
"""The wire entry of every field that the service knows, by path."""

"""Codecs that several entries share: between values and the public wire's numbers and codes."""

from __future__ import annotations

from provisioner.recording.limits import TIME_ZONES
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.wire_codecs import Codes, Count, numbered

FLAG_CODE = Codes({False: 0, True: 1})
TRUTH = Codes({False: False, True: True})
SECONDS = Count(Dimension.TIME)
MINUTES = Count(Dimension.TIME, 60)
HOURS = Count(Dimension.TIME, 3600)
BITS_PER_SECOND = Count(Dimension.BITRATE)
SAMPLE_RATE_CODE = Codes(
    {Quantity.parse(rate, Dimension.FREQUENCY): code for rate, code in {"48kHz": 1, "44.1kHz": 2, "16kHz": 3}.items()}
)
STREAM_CODE = numbered("main", "aux")
RENDER_MODE_CODE = numbered("stretch", "crop", "letterbox", "smart-stretch")
FONT_CODE = Codes({"tencent": "Tencent", "source-han-sans": "SourceHanSans"})
PLACE_CODE = numbered("top-left", "top-right", "bottom-left", "bottom-right", "top-center", "bottom-center", "center")
ZONE_CODE = Codes({f"UTC{hours:+d}": hours for hours in TIME_ZONES})

COS_FORMATS = Codes({("hls",): 0, ("mp4", "hls"): 1, ("hls", "aac"): 2, ("mp4",): 3, ("aac",): 4})
"""RecordParams' OutputFormat, for buckets."""

VOD_FORMATS = Codes({("mp4",): 0, ("hls",): 1, ("aac",): 2, ("mp4", "hls"): 3, ("hls", "aac"): 4})
"""TencentVod's MediaType."""

"""Limits of the service that fields, rules and the diff rest on, each with its source."""

from __future__ import annotations

from datetime import timedelta

AUTOMATIC_MIX_LIMIT = 8
"""Users in an automatic (global) mix; the last user's stream beyond is not recorded (TUICallKit cloud recording)."""

MANUAL_MIX_LIMIT = 25
"""Streams of one recording task started over REST, and panes of a custom layout (on-cloud recording guide, API
reference: MixLayoutParams; some pages say 24)."""

MOST_WATERMARKS = 25
"""Watermarks of one mixed picture (API reference: MixLayoutParams)."""

MOST_SUBSCRIPTIONS = 32
"""Entries of one subscription list (API reference: SubscribeStreamUserIds)."""

LONGEST_SIDE = 1920
"""Width or height of a mixed picture, in pixels (API reference: VideoParams)."""

MAX_PIXELS = 1920 * 1080
"""Width times height of a mixed picture (API reference: VideoParams)."""

TIME_ZONES = range(15)
"""Hours east of UTC that a watermark's clock may show (API reference: WaterMarkTimestamp, whose number has no sign)."""

EFFECT_WINDOW = timedelta(minutes=10)
"""A change takes effect for rooms created 5 (Chinese pages) to 10 (international pages) minutes later."""

"""Limits of the service that rules and the diff rest on, each with its source."""

from __future__ import annotations

from datetime import timedelta

AUTOMATIC_MIX_LIMIT = 8
"""Users in an automatic (global) mix; the last user's stream beyond is not recorded (TUICallKit cloud recording)."""

MANUAL_MIX_LIMIT = 25
"""Streams of one recording task started over REST (on-cloud recording guide; some pages say 24)."""

MAX_PIXELS = 1920 * 1080
"""Width times height of a mixed picture (VideoParams)."""

SAMPLE_RATES = ("48kHz", "44.1kHz", "16kHz")
"""Sample rates of a mixed file (AudioParams)."""

EFFECT_WINDOW = timedelta(minutes=10)
"""A change holds for rooms created 5 (Chinese pages) to 10 (international pages) minutes later; the longer is safe."""

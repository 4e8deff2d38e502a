"""What people should know of the mappings that hold the leaves, by path below `/recording/settings`."""

from __future__ import annotations

from provisioner.recording.limits import MANUAL_MIX_LIMIT, MOST_WATERMARKS
from provisioner.recording.storages import STORAGES

MANUAL = "How the controller carries out recordings over REST; without it the business backend does. Manual mode only."
"""Of `/recording/manual`."""

BLOCKS = {
    "/subscribe": "Whose streams a recording over REST subscribes to; manual mode only.",
    "/subscribe/audio": "Whose audio is recorded: allow or block, never both.",
    "/subscribe/video": "Whose video is recorded: allow or block, never both.",
    "/single": "One file for each user and stream.",
    "/mixed": "One file for the whole room. An empty block is a mixed recording by its defaults.",
    "/mixed/layout": "How the mixed picture is laid out.",
    "/mixed/layout/panes": f"The tiles of a custom layout, by name; at most {MANUAL_MIX_LIMIT}, manual mode only.",
    "/mixed/layout/panes/*": "One tile.",
    "/mixed/layout/watermarks": f"What lies over the picture, by name; at most {MOST_WATERMARKS}, manual mode only.",
    "/mixed/layout/watermarks/*": "One watermark: image, text or timestamp.",
    "/mixed/layout/watermarks/*/image": "A picture.",
    "/mixed/layout/watermarks/*/text": "Words.",
    "/mixed/layout/watermarks/*/timestamp": "The time of day.",
    "/mixed/video": "How the mixed picture is encoded.",
    "/mixed/audio": "How the mixed sound is encoded.",
    "/storage": "Where files go. One file names one storage; after merging only the block that vendor names counts.",
    **{f"/storage/{storage.word}": storage.about for storage in STORAGES.values()},
    "/callback": "Where recording events go.",
}

CALLS = {
    "/calls": "TUICallKit's calls: who is told of them.",
    "/calls/webhook": "Where events of calls go, set as a whole. Out of the specs, it stays as the service has it.",
}
"""Of the effective document."""

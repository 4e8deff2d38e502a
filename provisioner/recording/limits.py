"""Every number of the service, once, with its source: fields, rules, clients, archive and simulator read it here.

What this tool chose for itself (how often to try again, how long to wait) stands where it is used.
"""

from __future__ import annotations

from datetime import timedelta

AUTOMATIC_MIX_LIMIT = 8
"""Users in an automatic (global) mix; streams beyond them are not recorded (TUICallKit cloud recording)."""

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

CALLS_PER_SECOND = 20
"""Of each action, for all callers of an account (on-cloud recording guide, API reference)."""

USAGE_CALLS_PER_SECOND = 5
"""Of DescribeRecordingUsage and DescribeRecordStatistic (API reference)."""

ANSWER_WITHIN = timedelta(seconds=6)
"""After which the service itself gives a call up (on-cloud recording guide)."""

BACK_OFF = (timedelta(seconds=3), timedelta(seconds=6), timedelta(seconds=12))
"""Pauses after InternalError before the next call (on-cloud recording guide)."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far a request's timestamp may be off (Cloud API 3.0: AuthFailure.SignatureExpire)."""

LONGEST_CALLBACK_URL = 2083
"""Characters of an address that events go to (callback guide; TUICallKit webhooks)."""

LONGEST_CALLBACK_KEY = 32
"""Letters and digits of the key that signs events (callback guide)."""

CONCURRENT_TASKS = 100
"""Recording tasks of an application at once (on-cloud recording guide)."""

TASK_HOURS, USUAL_TASK_HOURS = range(6, 721), 72
"""Hours for which a task can be asked for and stopped, and how many by default (API reference:
CreateCloudRecording)."""

LONGEST_ROOM_ID = 64
"""Bytes of a room's name (API reference: CreateCloudRecording)."""

LARGEST_ROOM_NUMBER = 2**32 - 1
"""Of a room that has a number: RoomIdType 1 is an unsigned 32-bit integer (API reference: CreateCloudRecording)."""

LISTED_APPLICATIONS = 100
"""Of DescribeAppStatList's page at most [inferred: no page states it]."""

USAGE_DAYS = 31
"""Of one DescribeRecordingUsage or DescribeRecordStatistic, both ends included (API reference)."""

SEARCH_WINDOW = 5000
"""Offset and Limit of SearchMedia together (VOD API reference)."""

SEARCH_PAGE = 10
"""Limit of SearchMedia where a call says none (VOD API reference)."""

SEARCH_VALUES = 10
"""Entries of NamePrefixes, TrtcSdkAppIds and TrtcRoomIds (VOD API reference: SearchMedia)."""

LONGEST_NAME_PREFIX = 100
"""Characters of an entry of NamePrefixes (VOD API reference: SearchMedia)."""

AUDIT_PAGE = 50
"""Events of one page of CloudAudit's DescribeEvents at most (CloudAudit API reference)."""

AUDIT_SPAN, AUDIT_BACK = timedelta(days=30), timedelta(days=90)
"""One DescribeEvents covers less than the one and reaches back as far as the other (CloudAudit API reference)."""

AUDIT_NAMES = 10
"""Event names that one query takes (CloudAudit guide, 1021/40499)."""

AUDIT_REGIONS = frozenset({"ap-guangzhou", "ap-hongkong", "ap-seoul", "ap-singapore", "ap-tokyo", "eu-frankfurt"})
"""Where DescribeEvents can be called (CloudAudit API reference)."""

ROOMS_BACK, ROOMS_SPAN, ROOMS_PAGE = timedelta(days=14), timedelta(hours=24), 100
"""Of DescribeRoomInfo: how far back rooms are known, how much time one call covers, and rooms of one page (API
reference; the smaller subscriptions reach back 7 days)."""

CALL_CONFIG_CALLS_PER_SECOND = 200
"""Of TUICallKit's get_callback and set_callback (trtc.io/document/68937)."""

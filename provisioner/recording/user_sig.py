"""UserSig and PrivateMapKey: how a user, such as a recording robot, proves itself to TRTC. Made locally, of a secret.

The format is TLSSigAPIv2's, whose official package has seen no release since 2019 and knows no PrivateMapKey; the tests
hold this module against what it makes.
"""

from __future__ import annotations

import base64
import hmac
import json
import struct
import zlib

from provisioner.recording.limits import LARGEST_ROOM_NUMBER

ROBOT_SECONDS = 60 * 86_400
"""How long a recording robot's UserSig is good: twice the longest task that can be asked for, because a task records on
after it has expired, and fails over only with a UserSig that still holds."""

_EVERYTHING = 255
"""Every privilege of a room: to create and enter it, to send and receive sound, picture and substream."""

_URL_SAFE = str.maketrans("+/=", "*-_")


def user_sig(sdk_app_id: int, key: str, user: str, *, now: int, seconds: int) -> str:
    """The UserSig of `user`, good for `seconds` from epoch second `now`; `key` is the application's SDKSecretKey."""
    return _signed(_claims(sdk_app_id, user, now, seconds), key)


def private_map_key(sdk_app_id: int, key: str, user: str, room: str, numbered: bool, *, now: int, seconds: int) -> str:
    """The PrivateMapKey with which `user` may do everything in `room`. Raises ValueError for a number that is none.

    Its layout is that of the server-side samples of TRTC: version, account, application, room number, expiry,
    privileges, account type, and the room's name.
    """
    account, name = user.encode(), room.encode()
    number = int(room) if numbered else 0
    if not 0 <= number <= LARGEST_ROOM_NUMBER:
        raise ValueError(f"no room number: {number}")
    buffer = struct.pack(">BH", 0 if numbered else 1, len(account)) + account
    buffer += struct.pack(">IIIII", sdk_app_id, number, now + seconds, _EVERYTHING, 0)
    if not numbered:
        buffer += struct.pack(">H", len(name)) + name
    claims = _claims(sdk_app_id, user, now, seconds)
    return _signed({**claims, "TLS.userbuf": base64.b64encode(buffer).decode()}, key)


def _claims(sdk_app_id: int, user: str, now: int, seconds: int) -> dict[str, str | int]:
    return {
        "TLS.ver": "2.0",
        "TLS.identifier": user,
        "TLS.sdkappid": sdk_app_id,
        "TLS.expire": seconds,
        "TLS.time": now,
    }


def _signed(claims: dict[str, str | int], key: str) -> str:
    names = ("identifier", "sdkappid", "time", "expire", "userbuf")
    lines = "".join(f"TLS.{name}:{claims[f'TLS.{name}']}\n" for name in names if f"TLS.{name}" in claims)
    signature = base64.b64encode(hmac.digest(key.encode(), lines.encode(), "sha256")).decode()
    document = json.dumps({**claims, "TLS.sig": signature}).encode()
    return base64.b64encode(zlib.compress(document)).decode().translate(_URL_SAFE)

"""Held against what Tencent's own tls-sig-api-v2 1.1 made of the same key, user, time and buffer."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from provisioner.recording.user_sig import private_map_key, user_sig

APP, NOW, DAY = 1400000000, 1_700_000_000, 86_400
KEY = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"  # the one of Tencent's own samples

USER_SIG = (
    "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkilKTdQ1hUsUp2YkFBZkpQAlDEwMogMqlVhRkFqUCZSzMTOCCJZm5ICFD"
    "czTFxZnpIMPz8gpy800iXXIsK0LNzEtD8w0MCgr0nSryw-WNtfPDM1JLy0LS3H0qHU0MbJVqAc2fMaQ_"
)
NUMBERED = "0000057265632d3153724e000000126765554280000000ff00000000"
OF_NUMBER = (
    "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkilKTdQ1hUsUp2YkFBZkpQAlDEwMogMqlVhRkFqUCZSzMTOCCJZm5ICFD"
    "czTFpcWpRUmlaSALHB0d3ZJzw7J8QtxCkrNNgFzH4CijsLDAfBDTRd8RDGxt4W7ITAdpC-P0d801t-QrCkv3N-cJzIjw8DD2SjKp"
    "inANyQtJcQr1scgOSAzKCTP3i7RVqgUAzzJB4Q__"
)
NAMED = "0100057265632d3153724e000000000065554280000000ff000000000004726f6f6d"
OF_NAME = (
    "eJxdjssKglAQhl9FzrpMzS4GLkzzhhGmGLXzcozJToo3iujd85aL-tXwfTPM-0au5dA1ztGGQhzNoAnVEYjwo4QYepHjcMr*VBEl"
    "fpZB1AiWZ4YMDj8zyHFj1kt*hCWQFrGrv*WqwHlQxe0DyZbUkHg3y1XdMOGlLprn2Wk7KLMeSLuQCHVgi*LYBa7t*fZoZaVxupsm"
    "5*w1mSjpAioZjAsW0jr2df2sHuYO*7LsVESfLw05RQw_"
)


def claims(signature: str) -> dict[str, str | int]:
    plain = signature.translate(str.maketrans("*-_", "+/="))
    found: dict[str, str | int] = json.loads(zlib.decompress(base64.b64decode(plain)))
    return found


def same(made: str, theirs: str) -> None:
    """zlib's bytes are not promised to stay; what it packs is."""
    assert claims(made) == claims(theirs)
    assert not set(made) & set("+/=")


def test_a_user_sig() -> None:
    same(user_sig(APP, KEY, "rec-1", now=NOW, seconds=DAY), USER_SIG)


def test_a_private_map_key_of_a_numbered_room() -> None:
    made = private_map_key(APP, KEY, "rec-1", "4711", True, now=NOW, seconds=DAY)
    same(made, OF_NUMBER)
    assert base64.b64decode(str(claims(made)["TLS.userbuf"])).hex() == NUMBERED


def test_a_private_map_key_of_a_named_room() -> None:
    made = private_map_key(APP, KEY, "rec-1", "room", False, now=NOW, seconds=DAY)
    same(made, OF_NAME)
    assert base64.b64decode(str(claims(made)["TLS.userbuf"])).hex() == NAMED


@pytest.mark.parametrize("room", ["4294967296", "-1", "room", ""])
def test_no_private_map_key_for_a_number_that_is_none(room: str) -> None:
    with pytest.raises(ValueError, match=r"room number|invalid literal"):
        private_map_key(APP, KEY, "rec-1", room, True, now=NOW, seconds=DAY)

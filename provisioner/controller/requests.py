"""What backends send, read strictly: a wrong key is told, not ignored."""

from __future__ import annotations

from typing import Any

from provisioner.controller.events import NotAnEventError, read_moment, read_text, room_id
from provisioner.controller.intake import AnnouncedCall

_LONGEST_CALL, _LONGEST_NAME = 128, 63


def read_call(document: Any, *, whole: bool = True) -> tuple[str, AnnouncedCall]:
    """The application's name and the call; without `whole`, only application and room. Raises NotAnEventError."""
    keys = {"application", "room", "call", "beganAt"} if whole else {"application", "room"}
    if not isinstance(document, dict):
        raise NotAnEventError("is no JSON object")
    if document.keys() - keys:
        raise NotAnEventError(f"has other keys than {', '.join(sorted(keys))}")
    name = read_text(document.get("application"), "application", _LONGEST_NAME)
    room = room_id(document.get("room"))
    if not whole:
        return name, AnnouncedCall(room, "")
    call = read_text(document.get("call"), "call", _LONGEST_CALL)
    began = document.get("beganAt")
    return name, AnnouncedCall(room, call, None if began is None else read_moment(began, "beganAt"))

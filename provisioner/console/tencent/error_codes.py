"""What Tencent Cloud's error codes mean for whoever asked; without the SDK, because views of plans need no more."""

from __future__ import annotations

from provisioner.console.port import ConsoleError

_NOT_ALLOWED = ("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation")


def forbidden(error: ConsoleError) -> bool:
    """Whether the caller is known and may not do this."""
    return error.code.startswith(_NOT_ALLOWED)


def unanswered(error: ConsoleError) -> bool:
    """Whether the service itself never answered."""
    return error.code in ("ClientNetworkError", "ServerNetworkError")

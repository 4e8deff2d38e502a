"""Who made an application differ, as typed values of the plan document."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.reconcile.plan.document import Document


@dataclass(frozen=True, slots=True)
class NamedCall:
    """One call that may have made a difference; `at` is RFC 3339, None where the audit log tells no time.

    `certain` says whether the log names this application.
    """

    who: str
    at: str | None
    address: str
    action: str
    via: str
    certain: bool


@dataclass(frozen=True, slots=True)
class ChangedByView:
    """Who made an application differ, newest call first; `doubt` says what cannot be verified, empty where nothing."""

    calls: tuple[NamedCall, ...]
    more: int
    doubt: str


def read_changed_by(told: Document | None) -> ChangedByView | None:
    """The view of an application's `changedBy`; None where nobody asked."""
    if told is None:
        return None
    calls = tuple(
        NamedCall(call["who"], call["at"], call["address"], call["action"], call["via"], call["certain"])
        for call in told["calls"]
    )
    return ChangedByView(calls, told["more"], told["cannotVerify"] or "")

"""Asks CloudAudit's DescribeEvents (2019-03-19), page by page; what it cannot say is said, never left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from provisioner.console.audit.audit_event import AuditEvent, described
from provisioner.console.audit.audit_trail import KNOWN_ACTIONS, LISTED_ACTIONS, AuditTrail, in_order
from provisioner.console.port import ConsoleError
from provisioner.console.service_client import open_service
from provisioner.console.tencent.binding import Binding, load
from provisioner.console.tencent.client import Patience, TencentClient
from provisioner.console.tencent.error_codes import forbidden
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.limits import AUDIT_BACK, AUDIT_NAMES, AUDIT_PAGE, AUDIT_REGIONS, AUDIT_SPAN
from provisioner.recording.sites import SITES
from provisioner.specs.documents.environment import Environment

SERVICE, VERSION, ACTION = "cloudaudit", "2019-03-19", "DescribeEvents"
PERMISSION = f"name/{SERVICE}:{ACTION}"
"""As access management calls it; granted as a whole, never on single resources."""

_MOST_EVENTS = 10_000
_MARGIN = timedelta(minutes=1)
"""Kept from the ends of what the log answers for, so that a clock that differs asks for nothing beyond."""

_IMPATIENT = Patience(refusals=3)


class CloudAudit:
    """The audit log of one account, as far as `actions` go."""

    def __init__(self, client: TencentClient, needed: Sequence[str], site: str, clock: Clock) -> None:
        """`needed` are the actions that write this console by its binding; others that are known are asked for too."""
        self._client = client
        self.needed = tuple(dict.fromkeys(needed))
        self.actions = tuple(dict.fromkeys([*self.needed, *KNOWN_ACTIONS]))
        self._site = site
        self.now = clock

    def trail(self, since: datetime) -> AuditTrail:
        """What happened from `since` until now. Never raises for what the log does: the trail says what is missing."""
        until = self.now()
        earliest = until - AUDIT_BACK + _MARGIN
        reach = "" if since >= earliest else f"CloudAudit reaches back {AUDIT_BACK.days} days only"
        found: dict[object, AuditEvent] = {}
        try:
            for event in self._events(max(since, earliest), until):
                found[event.id or event] = event
                if len(found) > _MOST_EVENTS:
                    reach = f"CloudAudit has more than {_MOST_EVENTS:,} entries since {timestamp(since)}"
                    break
        except ConsoleError as error:
            reach = _words(error)
        unlisted = tuple(name for name in self.needed if name not in LISTED_ACTIONS[self._site])
        return AuditTrail(since, until, self.actions, in_order(found.values()), reach, unlisted)

    def shows(self, request_id: str, at: datetime) -> bool:
        """Whether the log has the call with that id, made about `at`: then it keeps such actions here.

        Raises ConsoleError.
        """
        start, end = at - timedelta(hours=1), min(at + timedelta(hours=1), self.now())
        if start < self.now() - AUDIT_BACK + _MARGIN or end < start:
            return False
        page = self._ask(start, end, [("RequestId", request_id)], 0)
        return any(described(entry).request_id == request_id for entry in page["Events"])

    def _events(self, since: datetime, until: datetime) -> Iterator[AuditEvent]:
        for first in range(0, len(self.actions), AUDIT_NAMES):
            names, start = self.actions[first : first + AUDIT_NAMES], since
            while start <= until:
                end = min(until, start + AUDIT_SPAN - _MARGIN)
                yield from (event for event in self._pages(start, end, names) if event.action in names)
                start = end + timedelta(seconds=1)

    def _pages(self, start: datetime, end: datetime, names: Iterable[str]) -> Iterator[AuditEvent]:
        token = 0
        for _ in range(_MOST_EVENTS):
            page = self._ask(start, end, [("EventName", name) for name in names], token)
            yield from map(described, page["Events"])
            if page["ListOver"]:
                return
            following = page["NextToken"]
            if following == token or not page["Events"]:
                raise _unexpected("a page without an end brings nothing new")
            token = following
        raise _unexpected("its pages have no end")

    def _ask(self, start: datetime, end: datetime, wanted: Sequence[tuple[str, str]], token: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "StartTime": int(start.timestamp()),
            "EndTime": int(end.timestamp()) + 1,
            "MaxResults": AUDIT_PAGE,
            "LookupAttributes": [{"AttributeKey": key, "AttributeValue": value} for key, value in wanted],
            **({"NextToken": token} if token else {}),
        }
        return _checked(self._client.read(ACTION, body))


def writing(environment: Environment, root: Path) -> Callable[[str, str], bool]:
    """Whether an action may write the field at a path: by the binding, or because nothing is known of the action.

    Raises ProvisionerError for a binding that is none.
    """
    writes = _binding(environment, root).writes
    known = {write.action for write in writes}

    def may_write(action: str, path: str) -> bool:
        return action not in known or any(write.action == action and write.concerns(path) for write in writes)

    return may_write


def _binding(environment: Environment, root: Path) -> Binding:
    return load("default" if environment.console.driver == "embedded" else environment.console.binding, root)


@contextmanager
def open_audit(environment: Environment, root: Path, variables: Mapping[str, str]) -> Iterator[CloudAudit]:
    """The audit log of an environment's account. Raises ProvisionerError where nobody can even ask.

    An embedded console's log goes by the console's clock, which may have been wound forward.
    """
    region = environment.region if environment.region in AUDIT_REGIONS else SITES[environment.site].region
    needed = [write.action for write in _binding(environment, root).writes]
    opened = open_service(
        environment, root, variables, SERVICE, VERSION, region=region, patience=_IMPATIENT, back_off=()
    )
    with opened as client:
        yield CloudAudit(client, needed, environment.site, audit_clock(environment, root))


def unanswered_trail(since: datetime, why: str) -> AuditTrail:
    """What is known where nobody could be asked."""
    return AuditTrail(since, system_clock(), KNOWN_ACTIONS, unanswered=why)


def trail_of(environment: Environment, root: Path, variables: Mapping[str, str], since: datetime) -> AuditTrail:
    """The trail since `since`, also where nobody can ask: then it says why."""
    try:
        with open_audit(environment, root, variables) as audit:
            return audit.trail(since)
    except ProvisionerError as error:
        return unanswered_trail(since, error.what)


def audit_clock(environment: Environment, root: Path) -> Clock:
    """The clock by which an environment's audit log tells time; a simulated one may have been wound forward."""
    if environment.console.driver != "embedded":
        return system_clock
    from provisioner.console.embedded.state_file import console_time

    ahead = console_time(root, environment).now - system_clock()
    return lambda: system_clock() + ahead


def _checked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with Events, ListOver and NextToken of their types. Raises ConsoleError."""
    events, over, token = answer.get("Events"), answer.get("ListOver"), answer.get("NextToken")
    events = [] if events is None else events
    if not isinstance(events, list) or not all(isinstance(entry, dict) for entry in events):
        raise _unexpected("it has no Events")
    if not isinstance(over, bool):
        raise _unexpected("it does not say whether the list is over")
    if not over and (not isinstance(token, int) or isinstance(token, bool)):
        raise _unexpected("it has no NextToken")
    return {"Events": events, "ListOver": over, "NextToken": token}


def _unexpected(why: str) -> ConsoleError:
    return ConsoleError(
        "UnexpectedAnswer", f"CloudAudit's answer is not what the API reference says: {why}", action=ACTION
    )


def _words(error: ConsoleError) -> str:
    if forbidden(error):
        return f"the access policy lacks {PERMISSION}"
    return f"CloudAudit cannot be asked ({error.what})"

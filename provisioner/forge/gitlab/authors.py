"""Who wrote and who pushed the commits of a merge request, as far as GitLab tells.

Source: REST "Get single merge request commits", "List users" (a search by address finds public ones), "Get a list of
visible events for a project". GitLab itself can leave out whoever added commits; `doctor --forge` looks whether it
does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

_COAUTHOR = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>", re.IGNORECASE | re.MULTILINE)
_NO_REPLY = re.compile(r"(?:\d+-)?([\w.-]+)@users\.noreply\..+")
_BEFORE = timedelta(days=30)
"""A branch may be older than its merge request."""


def written_by(client: Any, request: Any) -> frozenset[str]:
    """Accounts of authors, co-authors and committers, in lower case, where their addresses are known."""
    addresses = {address.casefold() for commit in request.commits() for address in _addresses(commit)}
    return frozenset(name for address in sorted(addresses) for name in _accounts(client, address))


def _addresses(commit: Any) -> Iterator[str]:
    yield from (getattr(commit, key, None) or "" for key in ("author_email", "committer_email"))
    yield from _COAUTHOR.findall(getattr(commit, "message", None) or "")


def _accounts(client: Any, address: str) -> Iterator[str]:
    if hidden := _NO_REPLY.fullmatch(address):
        yield hidden[1]
    elif "@" in address:
        yield from (str(user.username).casefold() for user in client.users.list(search=address, iterator=True))


def pushed_by(client: Any, request: Any) -> frozenset[str]:
    """Accounts that pushed to the branch, in lower case."""
    since = datetime.fromisoformat(request.created_at) - _BEFORE
    source = client.projects.get(request.source_project_id, lazy=True)
    pushes = source.events.list(action="pushed", after=since.date().isoformat(), iterator=True)
    names = (push.author_username for push in pushes if (push.push_data or {}).get("ref") == request.source_branch)
    return frozenset(str(name).casefold() for name in names)

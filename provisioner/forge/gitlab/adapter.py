"""GitLab through python-gitlab.

Source of paths and answers: GitLab's REST API reference. An approval does not say of which commit it is: the merge
request's versions do, by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

import gitlab
from gitlab.exceptions import GitlabError
from requests import Session
from requests.adapters import HTTPAdapter

from provisioner.forge.api_errors import reached, refusal
from provisioner.forge.context import Context, Tokens
from provisioner.forge.gitlab.authors import pushed_by, written_by
from provisioner.forge.gitlab.settings import GitLabSettings, examine
from provisioner.forge.port import (
    Change,
    ForgeError,
    Note,
    Notes,
    NotFound,
    Opinion,
    Review,
    SettingCheck,
    State,
    Status,
)
from provisioner.forge.retry import TIMEOUT, Patient, policy
from provisioner.foundation.text_safety import Secret

_PAGE = 100
_API = "/api/v4"
_STATES = {State.PENDING: "pending", State.SUCCESS: "success", State.FAILURE: "failed"}
_APPROVED = "approved this merge request"
_ROLES = {"developer": 30, "maintainer": 40, "owner": 50}


class _Client(gitlab.Gitlab):
    """python-gitlab without retries of its own, which know no end: those of the connection count."""

    def http_request(self, *arguments: Any, **options: Any) -> Any:
        return super().http_request(*arguments, **{**options, "obey_rate_limit": False})


class GitLab:
    """A project on GitLab."""

    def __init__(self, context: Context, tokens: Tokens) -> None:
        self.context = context
        self._tokens = tokens
        self._project = self._client(tokens.own, creates=True).projects.get(context.project, lazy=True)

    def change(self, number: int) -> Change:
        with self.speaking():
            return _change(self._project.mergerequests.get(number).attributes)

    def change_of(self, commit: str) -> Change | None:
        with self.speaking():
            requests: Any = self._project.commits.get(commit, lazy=True).merge_requests(get_all=True)
            for request in requests:
                by_merge = [request.get(key) for key in ("merge_commit_sha", "squash_commit_sha", "sha")]
                if request["state"] == "merged" and commit in by_merge:
                    return _change(request)
        return None

    def comments(self, number: int) -> Notes:
        return _Comments(self, self._project.mergerequests.get(number, lazy=True))

    def issues(self, title: str) -> Notes:
        return _Issues(self, self._project, title)

    def set_status(self, commit: str, status: Status) -> None:
        wanted = {
            "state": _STATES[status.state],
            "name": status.name,
            "description": status.about,
            "target_url": self.context.run,
        }
        try:
            with self.speaking():
                project = self._client(self._tokens.own, creates=False).projects.get(self.context.project, lazy=True)
                project.commits.get(commit, lazy=True).statuses.create(wanted)
        except ForgeError as error:
            if "Cannot transition status" not in error.what:  # it stands as it should already
                raise

    def default_branch(self) -> str:
        with self.speaking():
            return str(self._client(self._tokens.own, creates=False).projects.get(self.context.project).default_branch)

    def holds(self, branch: str, commit: str) -> bool:
        try:
            with self.speaking():
                base: Any = self._project.repository_merge_base([commit, branch])
                return bool(base["id"] == commit)
        except NotFound:
            return False

    def authors(self, number: int) -> frozenset[str]:
        with self.speaking():
            client = self._client(self._tokens.own, creates=False)
            request = self._project.mergerequests.get(number)
            return written_by(client, request) | pushed_by(client, request)

    def settings(self, environment: str) -> Sequence[SettingCheck]:
        branch = self.default_branch()
        return examine(
            GitLabSettings(self.speaking, self._client(self._tokens.own, creates=False), self.context.project),
            branch,
            environment,
        )

    def reviews(self, number: int) -> Sequence[Review]:
        with self.speaking():
            request = self._project.mergerequests.get(number, lazy=True)
            approvals = request.approvals.get().approved_by
            versions = [_moment(version, "head_commit_sha") for version in request.diffs.list(iterator=True)]
            noted = {
                _username(note.author): note.created_at
                for note in request.notes.list(iterator=True, sort="asc", order_by="created_at")
                if note.system and note.body == _APPROVED
            }
        return [_review(approval, versions, noted) for approval in approvals]

    def members(self, owner: str) -> frozenset[str]:
        name = owner.removeprefix("@")
        if name == owner:
            raise ForgeError(f"GitLab matches no account with the address {owner}", fix="Write @name in CODEOWNERS.")
        if name.startswith("@"):
            return self._with_role(name.removeprefix("@"))
        alone = frozenset({name.casefold()} if "/" not in name else ())
        try:
            with self.speaking():
                group = self._client(self._tokens.teams, creates=False).groups.get(name, lazy=True)
                return alone | _names(group.members.list(iterator=True))
        except NotFound:
            if not alone:
                raise
            return alone  # people and groups share one name space: this is a person

    def _with_role(self, role: str) -> frozenset[str]:
        level = _ROLES.get(role.removesuffix("s"))
        if level is None:
            raise ForgeError(f"GitLab has no role @@{role}", fix=f"Roles: {', '.join(_ROLES)}.")
        with self.speaking():
            members = self._project.members.list(iterator=True)
            return _names(member for member in members if member.access_level == level)

    @cached_property
    def me(self) -> int:
        """The account of the token."""
        with self.speaking():
            client = self._client(self._tokens.own, creates=False)
            client.auth()
            assert client.user is not None
            return int(client.user.id)

    def _client(self, token: Secret, *, creates: bool) -> _Client:
        session = Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=Patient(**policy(creates=creates))))
        return _Client(
            self.context.api.removesuffix(_API),
            private_token=token.reveal(),
            timeout=TIMEOUT,
            per_page=_PAGE,
            session=session,
            keep_base_url=True,  # a proxy's host in `next` is none that the token goes to
        )

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Every call to the library stands in this: its errors become ours."""
        with reached("GitLab"):
            try:
                yield
            except GitlabError as error:
                raise refusal("GitLab", error.response_code or 0, error.error_message, self._tokens) from None


class _Comments:
    """Notes of a merge request."""

    def __init__(self, forge: GitLab, request: Any) -> None:
        self._forge = forge
        self._request = request

    def mine(self) -> list[Note]:
        me = self._forge.me
        with self._forge.speaking():
            notes = self._request.notes.list(iterator=True, sort="asc", order_by="created_at")
            return [self._note(note.attributes) for note in notes if note.author["id"] == me and not note.system]

    def create(self, body: str) -> Note:
        with self._forge.speaking():
            return self._note(self._request.notes.create({"body": body}).attributes)

    def update(self, note: Note, body: str) -> None:
        with self._forge.speaking():
            self._request.notes.update(note.id, {"body": body})

    def remove(self, note: Note) -> None:
        with self._forge.speaking():
            self._request.notes.delete(note.id)

    def _note(self, note: dict[str, Any]) -> Note:
        return Note(
            note["id"],
            note["body"],
            f"{self._forge.context.page}/-/merge_requests/{self._request.iid}#note_{note['id']}",
        )


class _Issues:
    """Open issues of a project."""

    def __init__(self, forge: GitLab, project: Any, title: str) -> None:
        self._forge = forge
        self._project = project
        self._title = title

    def mine(self) -> list[Note]:
        with self._forge.speaking():
            found = self._project.issues.list(
                iterator=True, state="opened", scope="created_by_me", order_by="created_at", sort="asc"
            )
            return [_issue(issue.attributes) for issue in found]

    def create(self, body: str) -> Note:
        with self._forge.speaking():
            return _issue(self._project.issues.create({"title": self._title, "description": body}).attributes)

    def update(self, note: Note, body: str) -> None:
        with self._forge.speaking():
            self._project.issues.update(note.id, {"title": self._title, "description": body})

    def remove(self, note: Note) -> None:
        with self._forge.speaking():
            self._project.issues.update(note.id, {"state_event": "close"})


def _issue(issue: dict[str, Any]) -> Note:
    return Note(issue["iid"], issue["description"] or "", issue["web_url"])


def _change(request: dict[str, Any]) -> Change:
    return Change(request["iid"], _username(request.get("author")), request.get("sha") or "", request["target_branch"])


def _username(account: dict[str, Any] | None) -> str:
    """'' for an account that is no more."""
    return str((account or {}).get("username") or "")


def _names(members: Any) -> frozenset[str]:
    """Whom GitLab takes for an owner: direct members who may push, never those inherited from a group above, nor
    accounts that are blocked or waiting (Code Owners)."""
    return frozenset(
        member.username.casefold()
        for member in members
        if member.state == "active" and member.access_level >= _ROLES["developer"]
    )


def _moment(entry: Any, key: str) -> tuple[datetime, str]:
    return datetime.fromisoformat(entry.created_at), getattr(entry, key, None) or ""


def _review(approval: dict[str, Any], versions: Sequence[tuple[datetime, str]], noted: dict[str, str]) -> Review:
    """An approval with its time, which older versions of GitLab only note in the request's history."""
    name = _username(approval.get("user"))
    when = approval.get("approved_at") or noted.get(name)
    if when is None:
        raise ForgeError(f"GitLab does not say when {name} approved", fix="Ask for the approval anew.")
    at = datetime.fromisoformat(when)
    seen = max((version for version in versions if version[0] <= at), default=None)
    return Review(name, Opinion.FOR, commit=seen[1] if seen else "", at=at)

"""GitHub through PyGithub.

Source of paths and answers: GitHub's REST API reference; of an installation token's name: GraphQL `viewer`, because
`GET /user` is closed to the token of a workflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from github import Auth, Github, GithubException, RateLimitExceededException
from github.GithubException import RateLimitExceededExceedsMaxWait
from github.GithubRetry import GithubRetry
from github.Issue import Issue
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest
from github.Repository import Repository

from provisioner.forge.api_errors import reached, refusal
from provisioner.forge.context import Context, Tokens
from provisioner.forge.github.authors import pushed_by, written_by
from provisioner.forge.github.settings import GitHubSettings, examine
from provisioner.forge.port import Change, ForgeError, Note, Notes, NotFound, Opinion, Review, SettingCheck, Status
from provisioner.forge.retry import LONGEST_WAIT, TIMEOUT, Patient, policy, too_long
from provisioner.foundation.text_safety import Secret

_PAGE = 100
_OPINIONS = {"APPROVED": Opinion.FOR, "CHANGES_REQUESTED": Opinion.AGAINST}
_NEVER = datetime.min.replace(tzinfo=UTC)  # before any plan was shown
_NO_OPINION = ("COMMENTED", "PENDING")  # what was said before still stands


class _PatientWithGitHub(Patient, GithubRetry):
    """GitHub says "later" with 403 too, by a header or in words: GithubRetry reads both."""

    refused = Patient.refused | {403}


class GitHub:
    """A repository on GitHub."""

    def __init__(self, context: Context, tokens: Tokens) -> None:
        self.context = context
        self._tokens = tokens
        self._repository: Repository = self._client(tokens.own, creates=True).get_repo(context.project)

    def change(self, number: int) -> Change:
        with self.speaking():
            return _change(self._repository.get_pull(number))

    def change_of(self, commit: str) -> Change | None:
        with self.speaking():
            pulls = list(self._repository.get_commit(commit).get_pulls())
            merged = [pull for pull in pulls if pull.merge_commit_sha == commit and pull.merged_at is not None]
            return _change(merged[0]) if merged else None

    def comments(self, number: int) -> Notes:
        return _Comments(self, self._repository.get_issue(number))

    def issues(self, title: str) -> Notes:
        return _Issues(self, self._repository, title)

    def set_status(self, commit: str, status: Status) -> None:
        with self.speaking():
            repository = self._client(self._tokens.own, creates=False).get_repo(self.context.project)
            repository.get_commit(commit).create_status(
                state=status.state.value, target_url=self.context.run, description=status.about, context=status.name
            )

    def default_branch(self) -> str:
        with self.speaking():
            return self._repository.default_branch

    def holds(self, branch: str, commit: str) -> bool:
        try:
            with self.speaking():
                return self._repository.compare(commit, branch).behind_by == 0
        except NotFound:
            return False

    def authors(self, number: int) -> frozenset[str]:
        with self.speaking():
            pull = self._repository.get_pull(number)
            requester = self._client(self._tokens.own, creates=False).requester
            home: Repository | None = pull.head.repo  # the library's types know no null
            # A fork that is gone tells nothing of its pushes; its commits still name their authors.
            pushers = frozenset() if home is None else pushed_by(requester, home.full_name, pull.head.ref)
            return pushers | written_by(requester, self.context.project, number)

    def settings(self, environment: str) -> Sequence[SettingCheck]:
        with self.speaking():
            requester = self._client(self._tokens.own, creates=False).requester
        return examine(
            GitHubSettings(self.speaking, requester, self.context.project), self.default_branch(), environment
        )

    def reviews(self, number: int) -> Sequence[Review]:
        last: dict[str, Review] = {}
        with self.speaking():
            for review in self._repository.get_pull(number).get_reviews():
                if review.state in _NO_OPINION:
                    continue
                name = _login(review)
                opinion = _OPINIONS.get(review.state, Opinion.WITHDRAWN)  # DISMISSED, or what GitHub may add
                at: datetime | None = review.submitted_at  # the library's types know no null
                last[name] = Review(name, opinion, review.commit_id or "", _NEVER if at is None else at)
        return list(last.values())

    def members(self, owner: str) -> frozenset[str]:
        name = owner.removeprefix("@")
        if name == owner:
            raise ForgeError(f"GitHub matches no account with the address {owner}", fix="Write @name in CODEOWNERS.")
        organization, _, team = name.partition("/")
        if not team:
            return frozenset({name.casefold()})
        with self.speaking():
            found = (
                self._client(self._tokens.teams, creates=False).get_organization(organization).get_team_by_slug(team)
            )
            return frozenset(member.login.casefold() for member in found.get_members())

    @cached_property
    def me(self) -> str:
        """The account of the token."""
        with self.speaking():
            requester = self._client(self._tokens.own, creates=False).requester
            _, answer = requester.graphql_query("query { viewer { login } }", {})
            return str(answer["data"]["viewer"]["login"])

    def _client(self, token: Secret, *, creates: bool) -> Github:
        return Github(
            base_url=self.context.api,
            auth=Auth.Token(token.reveal()),
            timeout=TIMEOUT,
            per_page=_PAGE,
            retry=_PatientWithGitHub(max_rate_limit_wait=LONGEST_WAIT, **policy(creates=creates)),
            seconds_between_requests=None,  # a job makes a handful of calls
            seconds_between_writes=None,
            lazy=True,
        )

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Every call to the library stands in this: its errors become ours."""
        with reached("GitHub"):
            try:
                yield
            except RateLimitExceededExceedsMaxWait as error:
                raise too_long(error.wait or LONGEST_WAIT) from None
            except GithubException as error:
                said = error.data.get("message") if isinstance(error.data, dict) else error.message
                status = 429 if isinstance(error, RateLimitExceededException) else error.status
                raise refusal("GitHub", status, said, self._tokens) from None


class _Comments:
    """Comments of a pull request, which the API counts among the issues."""

    def __init__(self, forge: GitHub, issue: Issue) -> None:
        self._forge = forge
        self._issue = issue

    def mine(self) -> list[Note]:
        me = self._forge.me
        with self._forge.speaking():
            return [_note(comment) for comment in self._issue.get_comments() if _login(comment) == me]

    def create(self, body: str) -> Note:
        with self._forge.speaking():
            return _note(self._issue.create_comment(body))

    def update(self, note: Note, body: str) -> None:
        with self._forge.speaking():
            self._issue.get_comment(note.id).edit(body)

    def remove(self, note: Note) -> None:
        with self._forge.speaking():
            self._issue.get_comment(note.id).delete()


class _Issues:
    """Open issues of a repository."""

    def __init__(self, forge: GitHub, repository: Repository, title: str) -> None:
        self._forge = forge
        self._repository = repository
        self._title = title

    def mine(self) -> list[Note]:
        me = self._forge.me
        with self._forge.speaking():
            issues = self._repository.get_issues(state="open", sort="created", direction="asc")
            return [_note(issue) for issue in issues if issue.pull_request is None and _login(issue) == me]

    def create(self, body: str) -> Note:
        with self._forge.speaking():
            return _note(self._repository.create_issue(self._title, body))

    def update(self, note: Note, body: str) -> None:
        with self._forge.speaking():
            self._repository.get_issue(note.id).edit(title=self._title, body=body)

    def remove(self, note: Note) -> None:
        with self._forge.speaking():
            self._repository.get_issue(note.id).edit(state="closed")


def _note(entry: Issue | IssueComment) -> Note:
    number = entry.number if isinstance(entry, Issue) else entry.id
    return Note(number, entry.body or "", entry.html_url)


def _change(pull: PullRequest) -> Change:
    return Change(pull.number, _login(pull), pull.head.sha, pull.base.ref)


def _login(entry: Any) -> str:
    """Who wrote it; '' for an account that is no more."""
    return str(getattr(entry.user, "login", ""))

"""What must be set on GitLab so that approvals cannot be passed by.

Source: REST "Protected branches", "Merge request approvals: get configuration", "Get single project" and "Protected
environments"; a Maintainer's token reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from provisioner.forge.port import ForgeError, NotFound, SettingCheck, SettingResult

_MAINTAINER = "Ask with a token of a Maintainer, scope api."
_NOBODY = 0
"""The access level that nobody has."""


@dataclass(frozen=True, slots=True)
class GitLabSettings:
    """How a project's settings are read; `speaking` makes the library's errors ours."""

    speaking: Callable[[], AbstractContextManager[None]]
    client: Any
    project: str

    def get(self, path: str = "") -> Any:
        """The answer; None where there is none. Raises ForgeError where it may not be read."""
        try:
            with self.speaking():
                return self.client.http_get(f"/projects/{self.project}{path}")
        except NotFound:
            return None


def examine(settings: GitLabSettings, branch: str, environment: str) -> Sequence[SettingCheck]:
    """Every check, in the order of docs/review.md; what may not be read is told once for each page."""
    found: list[SettingCheck] = []
    for name, look in (
        ("branch", _branch),
        ("approvals", _approvals),
        ("merging", _merging),
        ("environment", _environment),
    ):
        try:
            found += look(settings, branch, environment)
        except ForgeError as error:
            found.append(SettingCheck(name, SettingResult.UNKNOWN, error.what, _MAINTAINER))
    return found


def _check(name: str, good: bool, detail: str, missing: str, fix: str) -> SettingCheck:
    if good:
        return SettingCheck(name, SettingResult.OK, detail)
    return SettingCheck(name, SettingResult.MISSING, missing, fix)


def _branch(settings: GitLabSettings, branch: str, _environment: str) -> Iterator[SettingCheck]:
    where = f"Settings, Repository, Protected branches, {branch}"
    rule = settings.get(f"/protected_branches/{quote(branch, safe='')}")
    yield _check("branch", rule is not None, "protected", f"{branch} is not protected", f"{where}: protect it.")
    if rule is None:
        return
    closed = all(level.get("access_level") == _NOBODY for level in rule.get("push_access_levels", ()))
    yield _check("pushes", closed, "by nobody", "may go past a merge request", f"{where}: allowed to push: no one.")
    forced = bool(rule.get("allow_force_push"))
    yield _check("force pushes", not forced, "blocked", "allowed", f"{where}: do not allow force pushes.")
    owners = bool(rule.get("code_owner_approval_required"))
    yield _check("code owners", owners, "must approve", "need not approve", f"{where}: require Code Owner approval.")


def _approvals(settings: GitLabSettings, _branch: str, _environment: str) -> Iterator[SettingCheck]:
    where = "Settings, Merge requests, Approvals"
    known = settings.get("/approvals") or {}
    reset = bool(known.get("reset_approvals_on_push"))
    yield _check("new pushes", reset, "remove approvals", "keep approvals", f"{where}: remove all approvals on a push.")
    author = not known.get("merge_requests_author_approval", True)
    yield _check("authors", author, "do not approve", "may approve", f"{where}: prevent approval by the author.")
    committers = bool(known.get("merge_requests_disable_committers_approval"))
    fix = f"{where}: prevent approvals by users who add commits."
    yield _check("committers", committers, "do not approve", "may approve", fix)


def _merging(settings: GitLabSettings, _branch: str, _environment: str) -> Iterator[SettingCheck]:
    known = settings.get() or {}
    green = bool(known.get("only_allow_merge_if_pipeline_succeeds"))
    fix = "Settings, Merge requests, Merge checks: pipelines must succeed."
    yield _check("statuses", green, "required", "not required", fix)
    straight = known.get("merge_method") in ("ff", "rebase_merge")
    fix = "Settings, Merge requests: fast-forward merge, or merge commit with semi-linear history."
    yield _check("up to date", straight, "required before merging", "not required", fix)


def _environment(settings: GitLabSettings, _branch: str, environment: str) -> Iterator[SettingCheck]:
    rule = settings.get(f"/protected_environments/{quote(environment, safe='')}")
    fix = f"Settings, CI/CD, Protected environments: protect {environment}."
    yield _check(f"environment {environment}", rule is not None, "protected", "is not protected", fix)

"""What must be set on GitHub so that approvals cannot be passed by: rules of the branch, and of environments.

Source: REST "Get rules for a branch" (rulesets; any reader may ask), "Get branch protection" and "Get an environment"
(which only administrators may read), "Get default workflow permissions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from github.Requester import Requester

from provisioner.forge.port import ForgeError, NotFound, SettingCheck, SettingResult

_ADMINISTRATION = "Ask with a token that may read the repository's administration."


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """How a repository's settings are read; `speaking` makes the library's errors ours."""

    speaking: Callable[[], AbstractContextManager[None]]
    requester: Requester
    project: str

    def get(self, *path: str) -> Any:
        """The answer; None where there is none. Raises ForgeError where it may not be read."""
        try:
            with self.speaking():
                return self.requester.requestJsonAndCheck("GET", "/".join(("/repos", self.project, *path)))[1]
        except NotFound:
            return None


@dataclass(frozen=True, slots=True)
class _Branch:
    """What holds for the branch, of rulesets and of its protection together."""

    reviews: int
    owners: bool
    stale: bool
    last_push: bool
    statuses: frozenset[str]
    strict: bool
    forced: bool
    unread: str


def examine(settings: GitHubSettings, branch: str, environment: str) -> Sequence[SettingCheck]:
    """Every check, in the order of docs/review.md."""
    return [
        *_branch_checks(_branch(settings, branch), branch, environment),
        *_environment(settings, branch, environment),
    ]


def _branch(settings: GitHubSettings, branch: str) -> _Branch:
    rules = settings.get(f"rules/branches/{branch}") or []
    try:
        classic, unread = settings.get(f"branches/{branch}/protection") or {}, ""
    except ForgeError as error:
        classic, unread = {}, error.what
    asked = [rule.get("parameters") or {} for rule in rules if rule["type"] == "pull_request"]
    checked = [rule.get("parameters") or {} for rule in rules if rule["type"] == "required_status_checks"]
    reviews, statuses = classic.get("required_pull_request_reviews"), classic.get("required_status_checks") or {}
    named = [one["context"] for each in checked for one in each.get("required_status_checks", ())]
    protected = bool(classic) and not (classic.get("allow_force_pushes") or {}).get("enabled")
    return _Branch(
        max(
            [each.get("required_approving_review_count", 0) for each in asked]
            + ([reviews.get("required_approving_review_count", 0)] if reviews else []),
            default=-1,
        ),
        any(each.get("require_code_owner_review") for each in asked)
        or bool((reviews or {}).get("require_code_owner_reviews")),
        any(each.get("dismiss_stale_reviews_on_push") for each in asked)
        or bool((reviews or {}).get("dismiss_stale_reviews")),
        any(each.get("require_last_push_approval") for each in asked)
        or bool((reviews or {}).get("require_last_push_approval")),
        frozenset([*named, *statuses.get("contexts", ())]),
        any(each.get("strict_required_status_checks_policy") for each in checked) or bool(statuses.get("strict")),
        not (protected or any(rule["type"] == "non_fast_forward" for rule in rules)),
        unread,
    )


def _branch_checks(found: _Branch, branch: str, environment: str) -> Iterator[SettingCheck]:
    def check(name: str, good: bool, detail: str, fix: str) -> SettingCheck:
        if good:
            return SettingCheck(name, SettingResult.OK, detail)
        if found.unread:  # protection of the older kind may say it, and nobody here can tell
            return SettingCheck(name, SettingResult.UNKNOWN, f"rulesets do not, {found.unread}", _ADMINISTRATION)
        return SettingCheck(name, SettingResult.MISSING, f"not for {branch}", fix)

    where = f"Settings, Rules, a ruleset for {branch}"
    yield check("pull requests", found.reviews >= 0, "required", f"{where}: require a pull request before merging.")
    yield check("code owners", found.owners, "must review", f"{where}: require review from Code Owners.")
    yield check("new pushes", found.stale, "dismiss approvals", f"{where}: dismiss stale approvals on new commits.")
    yield check(
        "last push", found.last_push, "approved by somebody else", f"{where}: require approval of the last push."
    )
    for status in (f"trtc-recording/{environment}", f"trtc-recording/{environment}/approvals"):
        fix = f"{where}: require the status check {status}."
        yield check(f"status {status}", status in found.statuses, "required", fix)
    yield check("up to date", found.strict, "required before merging", f"{where}: require branches to be up to date.")
    yield check("force pushes", not found.forced, "blocked", f"{where}: block force pushes.")


def _environment(settings: GitHubSettings, branch: str, environment: str) -> Iterator[SettingCheck]:
    where = f"Settings, Environments, {environment}"
    try:
        known = settings.get("environments", environment)
        default = settings.get("actions/permissions/workflow")
    except ForgeError as error:
        yield SettingCheck(f"environment {environment}", SettingResult.UNKNOWN, error.what, _ADMINISTRATION)
        return
    if known is None:
        yield SettingCheck(f"environment {environment}", SettingResult.MISSING, "there is none", f"{where}: make it.")
    else:
        limited = _limited(settings, known, branch, environment)
        fix = f"{where}: limit deployments to the branch {branch}."
        yield SettingCheck(
            f"environment {environment}",
            SettingResult.OK if limited else SettingResult.MISSING,
            f"only from {branch}" if limited else "any branch may use it and its role that writes",
            "" if limited else fix,
        )
    if default is not None:
        approves = bool(default.get("can_approve_pull_request_reviews"))
        yield SettingCheck(
            "jobs",
            SettingResult.MISSING if approves else SettingResult.OK,
            "may approve pull requests" if approves else "may not approve pull requests",
            "Settings, Actions, General: do not let GitHub Actions approve pull requests." if approves else "",
        )


def _limited(settings: GitHubSettings, known: dict[str, Any], branch: str, environment: str) -> bool:
    """Whether only the branch may deploy. Any protected branch is too many: another one may be weaker."""
    policy = known.get("deployment_branch_policy") or {}
    if not policy.get("custom_branch_policies"):
        return False
    answer = settings.get("environments", environment, "deployment-branch-policies") or {}
    return [one["name"] for one in answer.get("branch_policies", ())] == [branch]

"""Policies as they are read: of the work tree, of a commit, and of the last commit that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.foundation import git
from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.change import ApprovalAsk, GuardrailChange, Guardrails, ShiftDirection
from provisioner.reconcile.guardrails.files import FILES, named_files, records_folder
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.reconcile.guardrails.registry import compare
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.codeowners.owners import owners_at, read_owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import checked_out
from provisioner.specs.layout import ENVIRONMENTS, TEMPLATES, environment_file, stack_file
from provisioner.specs.workspace import Workspace, told

_MOST = 25
"""How many commits are looked at for the last one that can be read."""


@dataclass(frozen=True, slots=True)
class BasePolicy:
    """What the base protects by. `commit` is where that was read, '' where nothing of it can be.

    `partial` is what else holds where the base itself is `broken`, which says what is to be mended there.
    """

    policy: GuardrailPolicy
    commit: str
    partial: tuple[GuardrailPolicy, ...] = ()
    broken: str = ""

    @property
    def policies(self) -> tuple[GuardrailPolicy, ...]:
        """All that is known: whatever the strictest of them asks for holds."""
        return (self.policy, *self.partial)


def guardrails(workspace: Workspace, environment: Environment, base: str) -> Guardrails:
    """What the work tree, of which `environment` was read, does to the guardrails of a commit. Raises GitError."""
    known = base_policy(workspace, base, environment)
    head = work_tree(workspace, environment, known.policy, base)
    found = [change for policy in known.policies for change in compare(policy, head)]
    if not known.commit:
        found.insert(0, _unreadable(environment.name, known.broken))
    return Guardrails(known.commit, known.broken, tuple(dict.fromkeys(found)))


def _unreadable(name: str, broken: str) -> GuardrailChange:
    """Nobody knows whom to ask, so nobody can approve."""
    where = Location(environment_file(name))
    asks = (ApprovalAsk((), 1, where),)
    return GuardrailChange(
        "base-unreadable",
        "GuardrailPolicy of the base",
        ShiftDirection.WEAKENED,
        Severity.HIGH,
        broken,
        None,
        (),
        where,
        asks,
    )


def base_policy(workspace: Workspace, commit: str, environment: Environment) -> BasePolicy:
    """What protects an environment as of a commit, else as of the last one on its branch that can be read.

    An environment that no commit of the branch had is new: its policy is what the commit has for all.
    """

    def history() -> Iterator[CommitPolicy]:
        yield _read(workspace, commit, environment)
        touched = [f"{ENVIRONMENTS}/{environment.name}", TEMPLATES]
        for earlier in git.first_parents(workspace.root, commit, touched, _MOST):
            if earlier != commit:
                yield _read(workspace, earlier, environment)

    return strictest_known(history())


@dataclass(frozen=True, slots=True)
class CommitPolicy:
    """The policy of one commit, and what is `wrong` with the environment's files; `there`: it has the environment."""

    commit: str
    there: bool
    policy: GuardrailPolicy
    wrong: tuple[Finding, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether all that protects the environment is known."""
        return self.policy.environment is not None and not self.wrong


def strictest_known(history: Iterator[CommitPolicy]) -> BasePolicy:
    """The policy of the first commit of `history`, which runs backwards, else of the first that can be read.

    CODEOWNERS and all that environments share are read from the base as well, whatever is wrong with the environment:
    what came with the commits that broke it was shown to nobody.
    """
    base = next(history)
    policy, name = base.policy, base.policy.name
    if base.readable:
        return BasePolicy(policy, base.commit)
    broken = "\n".join(told(base.wrong)) if base.there else f"it has no environment {name}"
    for earlier in history:
        own = earlier.policy.environment
        if earlier.readable and own is not None:
            before = replace(policy, environments={**policy.environments, name: own}, names=policy.names | {name})
            known = (earlier.policy, *([policy] if policy.environment else []))
            return BasePolicy(before, earlier.commit, known, broken)
    return BasePolicy(policy, "", broken=broken) if base.there else BasePolicy(policy, base.commit)


def _read(workspace: Workspace, commit: str, environment: Environment) -> CommitPolicy:
    root, name = workspace.root, environment.name
    with checked_out(root, commit, workspace.clock, workspace.cache) as base:
        names = base.environment_names()
        own, findings = base.readable(name) if name in names else (None, [])
        known = {app.sdk_app_id for app in own.applications} if own else set()
        # Only an application that is new here may have come from another environment.
        came = {app.sdk_app_id for app in environment.applications} - known
        look = base.unjudged if came else base.without_applications
        read = {other: look(other) if other != name else own for other in names}
        policy = GuardrailPolicy(
            name,
            {other: each for other, each in read.items() if each is not None},
            frozenset(names),
            owners_at(root, commit),
            base.locked_digests(),
        )
    files = _files(root, [policy], _of_commit(commit))
    return CommitPolicy(commit, name in names, replace(policy, files=files), tuple(findings))


def work_tree(workspace: Workspace, environment: Environment, base: GuardrailPolicy, commit: str) -> GuardrailPolicy:
    """The policy of the work tree; `base` names files that the environment's console was described by."""
    root = workspace.root
    policy = GuardrailPolicy(
        environment.name,
        {environment.name: environment},
        frozenset(workspace.environment_names()),
        read_owners(root),
        workspace.locked_digests(),
    )
    ids = _files(root, [base, policy], lambda folder, paths: git.work_tree_ids(folder, commit, paths))
    return replace(policy, files=ids)


_Ids = Callable[[Path, list[str]], dict[str, str]]


def _of_commit(commit: str) -> _Ids:
    return lambda folder, paths: git.file_ids(folder, commit, paths)


def _files(root: Path, policies: Iterable[GuardrailPolicy], ids: _Ids) -> dict[str, str]:
    """What identifies the content of every protected file."""
    own: list[str] = []
    top: list[str] = []
    for path in (path for each in FILES for path in each.paths):
        (top if path.startswith("/") else own).append(path.removeprefix("/"))
    for policy in policies:
        own += [*named_files(policy), records_folder(policy.name), stack_file(policy.name)]
    found = ids(root, own)
    found.update({f"/{path}": each for path, each in ids(git.place_of(root).top, top).items()})
    return {path: each for path, each in sorted(found.items()) if not path.endswith("/CODEOWNERS")}

"""Guardrails that are files: what jobs run, the tool, policies of the organisation, the lock, records of promotions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.guardrail import Guardrail, Shift
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.specs.layout import LOCK, PROMOTION_FILE, SIGNERS, stack_file


@dataclass(frozen=True, slots=True)
class ProtectedFiles:
    """Files at or below `paths`, which begin at the project's folder, or with a slash in front at the repository's
    root. `added` says whether a file that is new weakens what was there."""

    id: str
    title: str
    attack: str
    paths: tuple[str, ...]
    added: bool = True

    def holds(self, path: str) -> bool:
        """Whether a file is one of them."""
        return any(path == each or path.startswith(f"{each}/") for each in self.paths)

    def compare(self, base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
        """One shift for what was edited or deleted, one for what is new."""
        was, now = ({p: each for p, each in side.files.items() if self.holds(p)} for side in (base, head))
        edited = [path for path, content in was.items() if now.get(path, "") != content]
        new = [path for path in now if path not in was]
        if edited:
            told = tuple(path for path in edited if path in now)
            after = _listed("changed", told, [path for path in edited if path not in now])
            yield Shift(True, _listed("as at the base", edited), after, tuple(edited), _at(edited[0]))
        if new:
            files = tuple(new)
            yield Shift(self.added, None, _listed("new", files), files, _at(new[0]))

    def guardrail(self) -> Guardrail:
        """The entry of the registry."""
        return Guardrail(self.id, self.title, self.attack, self.compare, _OWNERS)


_OWNERS = "owners of the file"
_ITS = "owners of its `environment.yaml`"


def _at(path: str) -> Location:
    return Location(path)


_FEW = 5


def _listed(word: str, paths: Sequence[str], gone: Sequence[str] = ()) -> str:
    groups = [(word, paths), ("deleted", gone)]
    return "; ".join(f"{name}: {_few(some)}" for name, some in groups if some)


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
    return ", ".join(path.removeprefix("/") for path in paths[:_FEW]) + more


WORKFLOWS = ProtectedFiles(
    "workflows",
    "What jobs run",
    "have the job say that all is well",
    (
        "/.github/workflows",
        "/.github/actions",
        "/.gitlab-ci.yml",
        "/.gitlab",
        ".ci",
        "Makefile",
    ),
)
TOOL = ProtectedFiles(
    "tool",
    "The tool of this checkout",
    "have the tool look away",
    ("provisioner", "requirements", "requirements.txt", "pyproject.toml", "__main__.py", "Pulumi.yaml"),
)
POLICIES = ProtectedFiles("policies", "Policies", "drop a policy of the organisation", ("policies",), added=False)
ALLOWED_SIGNERS = ProtectedFiles("signers", "Who may sign plans", "sign for others", (SIGNERS,), added=False)
FILES = (WORKFLOWS, TOOL, POLICIES, ALLOWED_SIGNERS)


def _named(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    """Files that the console is described by, where they hold something else now."""
    environment = base.environment
    for path in _names(base):
        if environment and path in base.files and base.files[path] != head.files.get(path):
            after = _listed("changed", [path] if path in head.files else [], [path] if path not in head.files else [])
            yield Shift(True, f"as at the base: {path}", after, (path,), _at(path), environment)


def _names(policy: GuardrailPolicy) -> list[str]:
    environment = policy.environment
    if environment is None:
        return []
    console = environment.console
    return [path for path in (console.binding, console.page, console.ca_file) if path]


def named_files(policy: GuardrailPolicy) -> list[str]:
    """Files of the project that an environment's console is described by, and what shipped ones are called."""
    return [path for path in _names(policy) if not path.startswith("/") and ".." not in path.split("/")]


def records_folder(environment: str) -> str:
    """Where an environment's promotion records lie."""
    return PROMOTION_FILE.of(environment=environment, record="x").rpartition("/")[0]


def _records(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    """Gates count from records: a new one is usual, an old one never changes."""
    folder, environment = f"{records_folder(base.name)}/", base.environment
    for path, content in base.files.items():
        if environment and path.startswith(folder) and head.files.get(path) != content:
            after = "changed" if path in head.files else "deleted"
            yield Shift(True, f"as at the base: {path}", f"{after}: {path}", (path,), _at(path), environment)


def _stack(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    path, environment = stack_file(base.name), base.environment
    was, now = base.files.get(path), head.files.get(path)
    if environment and was is not None and was != now:
        after = f"{'changed' if now else 'deleted'}: {path}"
        yield Shift(True, f"as at the base: {path}", after, (path,), _at(path), environment)


def _lock(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for pin, digest in base.lock.items():
        now = head.lock.get(pin)
        if now != digest:
            after = now and f"{pin} {now[:19]}"
            yield Shift(True, f"{pin} {digest[:19]}", after, (LOCK,), Location(LOCK))
    new = [pin for pin in head.lock if pin not in base.lock]
    if new:
        yield Shift(False, None, ", ".join(new), (LOCK,), Location(LOCK))


def _environments(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    for name, environment in sorted(base.environments.items()):
        if name not in head.names:
            file = environment.where.file
            yield Shift(True, f"{name} ({environment.tier})", None, (file,), environment.where, environment)


PROJECT = (
    Guardrail("environment-removed", "Environment managed", "take the whole environment away", _environments, _ITS),
    Guardrail("templates.lock", "Locked template", "edit a version that production runs on", _lock, _OWNERS),
    Guardrail("console-files", "File that describes the console", "have fields read as others", _named, _OWNERS),
    Guardrail("promotions", "Promotion record", "have gates count from another day", _records, _OWNERS),
    Guardrail("stack", "Configuration of the Pulumi stack", "give the program another configuration", _stack, _OWNERS),
    *(each.guardrail() for each in FILES),
)

"""The guardrail that says who approves: what CODEOWNERS means for every protected file, not what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provisioner.foundation.errors import Location
from provisioner.reconcile.guardrails.guardrail import Guardrail, Shift
from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.specs.codeowners.owners import Group, Owners
from provisioner.specs.documents.environment import Environment
from provisioner.specs.layout import LOCK

_NOBODY = "nobody"


def codeowners_file(base: GuardrailPolicy, head: GuardrailPolicy) -> str:
    """The file that owns the rules themselves, as a path from the repository's root."""
    known = base.owners or head.owners
    return f"/{known.file if known else 'CODEOWNERS'}"


def _ownership(base: GuardrailPolicy, head: GuardrailPolicy) -> Iterator[Shift]:
    rules = codeowners_file(base, head)
    if base.environment is not None:
        yield from _effects(base, head, rules, _own_files(base, head), base.environment)
    yield from _effects(base, head, rules, [rules, LOCK, *base.files], None)
    yield from _lines(base, head, rules)


def _own_files(base: GuardrailPolicy, head: GuardrailPolicy) -> list[str]:
    """The environment's file and those of its applications, as both sides call them, without what is new."""
    environment = base.environment
    if environment is None:
        return []
    ids = {app.sdk_app_id for app in environment.applications}
    moved = (app for app in (head.environment.applications if head.environment else ()) if app.sdk_app_id in ids)
    files = [environment.where.file, *(app.where.file for app in (*environment.applications, *moved))]
    return list(dict.fromkeys(files))


def _effects(
    base: GuardrailPolicy, head: GuardrailPolicy, rules: str, files: Iterable[str], environment: Environment | None
) -> Iterator[Shift]:
    """What happens to owners of files, told once for all files that change hands in the same way."""
    found: dict[tuple[bool, str, str, Location], list[str]] = {}
    for file in files:
        was, now = _groups(base.owners, file), _groups(head.owners, file)
        old, new = _told(was), _told(now)
        if old != new:
            where = next((group.where for group in (*now, *was)), Location(rules[1:]))
            found.setdefault((not _implied(was, now), old, new, where), []).append(file)
    for (weakened, old, new, where), changed in found.items():
        owned = changed if old != _NOBODY else []
        of = _few(changed)
        files_asked = tuple(dict.fromkeys((*owned, rules)))
        yield Shift(weakened, f"{of}: {old}", new, files_asked, where, environment)


def _groups(owners: Owners | None, file: str) -> list[Group]:
    return [group for group in owners.groups(file) if group.required] if owners else []


def _implied(was: Sequence[Group], now: Sequence[Group]) -> bool:
    """Whether whoever satisfies the groups of now has satisfied those of then; what nobody could approve stays so."""
    if not was:
        return not now
    return all(any(_at_least(group, other) for other in now) for group in was)


def _at_least(group: Group, other: Group) -> bool:
    return other.required >= group.required and _names(other) <= _names(group)


def _names(group: Group) -> frozenset[str]:
    return frozenset(owner.casefold() for owner in group.owners)


def _told(groups: Sequence[Group]) -> str:
    return (
        "; ".join(
            sorted(
                f"{group.required} of {' '.join(sorted(group.owners))}"
                if group.required > 1
                else " ".join(sorted(group.owners))
                for group in groups
            )
        )
        or _NOBODY
    )


_FEW = 3


def _few(files: Sequence[str]) -> str:
    more = f" and {len(files) - _FEW} more" if len(files) > _FEW else ""
    return ", ".join(file.removeprefix("/") for file in files[:_FEW]) + more


def _lines(base: GuardrailPolicy, head: GuardrailPolicy, rules: str) -> Iterator[Shift]:
    """Lines that came, went or moved and decide about no file yet: they decide about files to come."""
    was, now = (_undecided(policy.owners, _every_file(base, head)) for policy in (base, head))
    known = {line for policy in (base, head) if policy.owners for line in policy.owners.lines.values()}
    gone = [line for line in was if line not in _all(head.owners)]
    new = [line for line in now if line not in _all(base.owners)]
    common = known.intersection(_all(base.owners), _all(head.owners))
    order = [[line for line in _all(policy.owners) if line in common] for policy in (base, head)]
    if gone or new or order[0] != order[1]:
        told = ("; ".join(lines) or None for lines in (gone, new))
        before, after = told if gone or new else ("lines in another order", "lines in this order")
        yield Shift(True, before, after, (rules,), Location(rules[1:]))


def _every_file(base: GuardrailPolicy, head: GuardrailPolicy) -> list[str]:
    others = [each.where.file for each in base.environments.values()]
    apps = [app.where.file for _, app in base.applications()]
    return [*others, *apps, *_own_files(base, head), codeowners_file(base, head), LOCK, *base.files]


def _all(owners: Owners | None) -> list[str]:
    return list(owners.lines.values()) if owners else []


def _undecided(owners: Owners | None, files: Iterable[str]) -> list[str]:
    if owners is None:
        return []
    decided = {group.where.line for file in files for group in owners.groups(file)}
    return [line for number, line in owners.lines.items() if number not in decided]


OWNERSHIP = Guardrail(
    "codeowners",
    "Owners",
    "own what is to be changed",
    _ownership,
    "owners of each file that changes hands, and of CODEOWNERS",
)

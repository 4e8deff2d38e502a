"""Plans as the Markdown of one comment: what happens to people first, then the table, then everything else."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.report.plan.grouping import ChangeGroup, drifted, every_field, notes, proposed, unverified
from provisioner.report.plan.plan_view import HIDDEN, Change, PlanView, weight
from provisioner.report.plan.risks import Risk, RiskSubject, removal, risks
from provisioner.report.plan.wording import (
    DRIFT,
    UNSEEN,
    cause_words,
    confirmed_words,
    cost_words,
    counted,
    headline,
    minute,
    recorded_words,
    severity_word,
    unread,
    without_causes,
)
from provisioner.report.text.markdown import clip, code, escape, escape_html, fenced, row, table
from provisioner.report.text.size_limit import Piece, Section, fit

COMMENT = 60_000
"""Bytes of a comment: GitHub takes 65,536 characters, and whoever posts it adds a line."""

STEP_SUMMARY = 1_000_000
"""Bytes of a GitHub step summary, which takes 1 MiB in all."""

_CELL, _VALUE, _SENTENCE = 120, 300, 600
_FEW_FIELDS, _FEW_NAMES, _FEW_COMMANDS, _FEW_PLACES = 3, 10, 5, 3
_COMMANDS_BYTES = 4_000
_CHUNK = 50
"""Names that stand together or not at all."""
_APPLICATIONS, _RISK = "applications", "explanations"


def render_comment(plans: Sequence[PlanView], budget: int = COMMENT) -> str:
    """One comment about one or several environments, at most `budget` bytes of UTF-8.

    Title, counts and every risk are there whatever the number of applications; of the rest the lowest risk goes first.
    """
    several = len(plans) > 1
    names = ", ".join(code(clip(plan.environment, _CELL)) for plan in plans)
    sections = [
        Section(f"## Recording settings: {names}\n\n**{escape(headline(plans))}**", always=True),
        *_warnings(plans),
        Section("\n".join(_counts(plans)), always=True),
        _risks(risks(plans), several),
    ]
    for plan in plans:
        sections.extend(_environment(plan, several))
    return fit(sections, budget)


def _warnings(plans: Sequence[PlanView]) -> Iterator[Section]:
    """What the plans do not know, each once."""
    known = (words for plan in plans for words in (unread(plan), without_causes(plan)))
    for said in dict.fromkeys(words for words in known if words):
        yield Section(f"> {escape(clip(said, _SENTENCE))}", always=True)


def _counts(plans: Sequence[PlanView]) -> Iterator[str]:
    head = ["Environment", "Console", "Change", "Unchanged", "Cannot verify", "Drifted", "Removed", "Plan"]
    return table(head, [_count(plan) for plan in plans])


def _count(plan: PlanView) -> list[str]:
    sealed = f"{code(plan.seal.digest[:12])} until {minute(plan.seal.expires)}" if plan.seal else "not sealed"
    return [
        f"{code(clip(plan.environment, _CELL))} ({escape(plan.tier)})",
        "none was read" if plan.console is None else escape(clip(plan.console, _CELL)),
        f"{plan.count('change'):,}",
        f"{plan.count('none'):,}",
        f"{plan.count('cannot-verify'):,}",
        _known(plan.drifted),
        _known(None if plan.removed is None else len(plan.removed)),
        sealed,
    ]


def _known(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _risks(found: Sequence[Risk], several: bool) -> Section:
    """Each risk's headline comes before any risk's explanation, and both before everything else."""
    pieces: list[Piece] = []
    for number, risk in enumerate(found):
        pieces += [
            Piece((0, number), _risk_line(risk), "risks"),
            Piece((1, number), _explanation(risk, several), _RISK),
        ]
    return Section("### Risks\n", pieces)


def _risk_line(risk: Risk) -> str:
    said = [f"**{severity_word(risk.severity)}: {escape(clip(risk.title, _CELL))}.**"]
    if risk.irreversible:
        said.append("Cannot be undone.")
    if risk.open:
        until = f" until an intent {code(clip(risk.id, _CELL))} acknowledges it"
        said.append(f"Stops `apply`{until if risk.severity is Severity.HIGH else ''}.")
    concerned = sum(bool(bearer.application) for bearer in risk.bearers)
    said.append(f"{counted(concerned, 'application')}." if concerned else "The whole environment.")
    return f"- {' '.join(said)}  "


def _explanation(risk: Risk, several: bool) -> str:
    """At most three sentences of it, so that it stays short where each application's has its own figures."""
    said = [escape(clip(message, _SENTENCE)) for message in risk.messages[:3]]
    if len(risk.messages) > 3:
        said.append(f"And {len(risk.messages) - 3:,} more like these.")
    whom = [_bearer(bearer, several) for bearer in risk.bearers[:_FEW_NAMES]]
    if len(risk.bearers) > _FEW_NAMES:
        whom.append(f"and {len(risk.bearers) - _FEW_NAMES:,} more")
    return f"  {', '.join(whom)}: {' '.join(said)}"


def _bearer(bearer: RiskSubject, several: bool) -> str:
    if not bearer.application:
        name = code(clip(bearer.environment, _CELL))
    elif several:
        name = code(clip(f"{bearer.environment}/{bearer.application}", _CELL))
    else:
        name = code(clip(bearer.application, _CELL))
    return f"{name} ({escape(clip(bearer.acknowledged, _CELL))})" if bearer.acknowledged else name


def _environment(plan: PlanView, several: bool) -> Iterator[Section]:
    where = clip(plan.environment, _CELL) if several else ""
    asked, drift = proposed(plan), drifted(plan)
    yield _proposed(asked, where)
    yield _drift(drift, where)
    yield _removed(plan, where)
    yield _unseen(plan, where)
    yield _commands(plan.environment, [*asked, *drift], where)
    yield _fields(plan, where)
    yield _members([*asked, *drift], where)
    yield _notes(plan, where)
    yield _unmanaged(plan, where)
    yield _unchanged(plan, where)


def _heading(title: str, where: str) -> str:
    """`where` names the environment if there are several."""
    return f"### {title} ({code(where)})\n" if where else f"### {title}\n"


def _proposed(groups: Iterable[ChangeGroup], where: str) -> Section:
    head = ["Application", "Owner", "Change", "Cause", "Cost", "Risk"]
    lines = [_heading("What will change", where), *table(head, [])]
    return Section("\n".join(lines), list(map(_row, groups)))


def _drift(groups: Iterable[ChangeGroup], where: str) -> Section:
    """What the console holds instead of what the specs asked for already."""
    head = ["Application", "Owner", "Console now and spec", "Cause", "Cost", "Risk"]
    lines = [_heading("Console drift, apart from this change", where), DRIFT, "", *table(head, [])]
    return Section("\n".join(lines), list(map(_row, groups)))


def _row(alike: ChangeGroup) -> Piece:
    one, changes = alike.first, alike.changes
    shown = [f"{code(short(c.path))} {_value(c.before, 60)} → {_value(c.after, 60)}" for c in changes[:_FEW_FIELDS]]
    if len(changes) > _FEW_FIELDS:
        shown.append(f"and {len(changes) - _FEW_FIELDS} more")
    word = severity_word(one.risk)
    cells = [
        _names(alike),
        code(clip(one.owner, _CELL)),
        "<br>".join(shown),
        cause_words(cause for change in changes for cause in change.causes),
        "<br>".join(
            escape(clip(words, _CELL)) for words in (cost_words(one.cost), recorded_words(alike.entries)) if words
        ),
        f"**{word}**" if one.risk in (Severity.ERROR, Severity.HIGH) else word,
    ]
    return Piece((2, weight(one.risk)), row(cells), _APPLICATIONS, len(alike.entries))


def _names(alike: ChangeGroup) -> str:
    """One name, or how many and which."""
    listed = _few(entry.name for entry in alike.entries)
    return listed if len(alike.entries) == 1 else f"{counted(len(alike.entries), 'application')}: {listed}"


def _value(value: str | None, most: int) -> str:
    if value is None:
        return "*not set*"
    return "*hidden*" if value == HIDDEN else code(clip(value, most))


def _removed(plan: PlanView, where: str) -> Section:
    pieces = [
        Piece(
            (2, 0 if gone.on_remove == "stop-auto" else weight(Severity.LOW)),
            row([code(clip(gone.name, _CELL)), f"{gone.sdk_app_id}", code(clip(gone.owner, _CELL)), removal(gone)]),
            "removed applications",
        )
        for gone in plan.removed or ()
    ]
    head = table(["Application", "SDKAppId", "Owner", "What its removal does"], [])
    return Section("\n".join([_heading("Removed", where), *head]), pieces)


def _unseen(plan: PlanView, where: str) -> Section:
    pieces = []
    for group in unverified(plan):
        cells = [escape(clip(group.reason, _VALUE)), _few(map(short, group.fields)), _few(group.applications)]
        pieces.append(Piece((3, 0), row(cells), "reasons why something cannot be verified"))
    head = [_heading("Cannot verify", where), UNSEEN, "", *table(["Reason", "Fields", "Applications"], [])]
    return Section("\n".join(head), pieces)


def _few(names: Iterable[str], most: int = _FEW_NAMES) -> str:
    """At most `most` names and how many more there are; a single one more is named as well."""
    listed = [code(clip(name, _CELL)) for name in names]
    if len(listed) <= most + 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:most])}, and {len(listed) - most:,} more"


def _commands(environment: str, groups: Sequence[ChangeGroup], where: str) -> Section:
    """To copy: why the gravest changes' values are what they are."""
    if not groups:
        return Section("")
    lines = [_explain(environment, alike) for alike in groups[:_FEW_COMMANDS]]
    block = "\n".join(fenced(lines, _COMMANDS_BYTES, "sh"))
    return Section(_heading("Who set these values", where), [Piece((4, 0), block)])


def _explain(environment: str, alike: ChangeGroup) -> str:
    address = shlex.quote(printable(clip(f"{environment}/{alike.first.name}", _CELL)))
    return f"provisioner explain {address} {shlex.quote(printable(short(alike.changes[0].path)))}"


def _fields(plan: PlanView, where: str) -> Section:
    head = ["Application", "Field", "Base" if plan.console is None else "Console", "Spec", "Cause", "Set in"]
    pieces = [
        Piece((5, weight(alike.first.risk)), "\n".join(_field_rows(alike)), "lists of fields")
        for alike in every_field(plan)
    ]
    return _folded("Every field and the line that set it", where, pieces, table(head, []))


def _field_rows(alike: ChangeGroup) -> Iterator[str]:
    names = _names(alike)
    for change in alike.changes:
        before, after = _value(change.before, _VALUE), _value(change.after, _VALUE)
        yield row([names, code(short(change.path)), before, after, cause_words(change.causes), _set_in(change)])
    if seen := alike.first.confirmed:
        yield row([names, escape(clip(confirmed_words(seen), _VALUE)), "", "", "", ""])


def _members(groups: Iterable[ChangeGroup], where: str) -> Section:
    """Everybody of the rows that name only a few: who looks for an application finds it."""
    pieces = []
    for alike in groups:
        for start in range(0, len(alike.entries), _CHUNK) if len(alike.entries) > _FEW_NAMES else ():
            some = alike.entries[start : start + _CHUNK]
            about = f"{code(clip(alike.first.owner, _CELL))}, {code(short(alike.changes[0].path))}"
            names = ", ".join(code(clip(entry.name, _CELL)) for entry in some)
            pieces.append(Piece((6, weight(alike.first.risk)), f"- {about}: {names}", "lists of names"))
    return _folded("Everybody in the rows above", where, pieces)


def _set_in(change: Change) -> str:
    return "*default*" if change.layer is Layer.SCHEMA else code(str(change.origin))


def _notes(plan: PlanView, where: str) -> Section:
    pieces = []
    for note in notes(plan):
        said = f"- {severity_word(note.severity)} {code(note.id)}: {escape(clip(note.message, _SENTENCE))}"
        places = f" ({_few(note.places, _FEW_PLACES)})" if note.places else ""
        pieces.append(Piece((6, weight(note.severity)), said + places, "notes"))
    return _folded(f"Noted in the specs: {len(pieces):,}", where, pieces)


def _unmanaged(plan: PlanView, where: str) -> Section:
    listed = plan.unmanaged
    if listed is None:
        said = "Applications that no spec manages cannot be listed here."
        return Section(_heading("Not managed by any spec", where), [Piece((6, 9), said)] if plan.console else [])
    pieces = [
        Piece((7, 0), f"- {code(clip(one.name, _CELL))} ({one.sdk_app_id})", "unmanaged applications") for one in listed
    ]
    return _folded(f"Not managed by any spec: {len(listed):,}", where, pieces)


def _unchanged(plan: PlanView, where: str) -> Section:
    same = [entry for entry in plan.applications if entry.action == "none"]
    pieces = [
        Piece((8, 0), f"- {code(clip(entry.name, _CELL))} {code(clip(entry.owner, _CELL))}", "unchanged applications")
        for entry in same
    ]
    return _folded(f"Unchanged: {len(same):,}", where, pieces)


def _folded(title: str, where: str, pieces: Sequence[Piece], head: Iterable[str] = ()) -> Section:
    """Collapsed until somebody opens it."""
    whose = f" ({escape_html(where)})" if where else ""
    lines = ["<details>", f"<summary>{title}{whose}</summary>", "", *head]
    return Section("\n".join(lines), pieces, "\n</details>")

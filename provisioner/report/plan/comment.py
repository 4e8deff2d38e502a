"""Plans as the Markdown of one comment: what happens to people first, then the table, then everything else."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.findings import Severity
from provisioner.recording.paths import short
from provisioner.report.plan.finding_view import severity_rank
from provisioner.report.plan.grouping import (
    ChangeGroup,
    drifted,
    every_field,
    proposed,
    spec_warnings,
    told_in_first,
    unverified,
)
from provisioner.report.plan.guardrail_view import GuardrailView, broken_words
from provisioner.report.plan.plan_values import HIDDEN
from provisioner.report.plan.plan_view import FieldChange, PlanView
from provisioner.report.plan.present_words import PRESENT_ABOUT
from provisioner.report.plan.risks import Risk, RiskSubject, removal, risks, states
from provisioner.report.plan.wording import (
    GUARDRAILS,
    UNLISTED,
    UNVERIFIED,
    cause_words,
    causes_unknown,
    changed_words,
    confirmed_words,
    console_not_read,
    cost_words,
    drift_about,
    drift_title,
    drifted_words,
    headline,
    severity_word,
    usage_words_of_all,
)
from provisioner.report.text.amounts import counted
from provisioner.report.text.markdown import clip, code, escape, escape_html, fenced, row, table
from provisioner.report.text.moments import minute
from provisioner.report.text.size_limit import Piece, Section, fit

COMMENT = 60_000
"""Bytes of a comment: GitHub takes 65,536 characters, and whoever posts it adds a line."""

STEP_SUMMARY = 1_000_000
"""Bytes of a GitHub step summary, which takes 1 MiB in all."""

_CELL, _VALUE, _SENTENCE = 120, 300, 600
_FEW_FIELDS, _FEW_NAMES, _FEW_COMMANDS, _FEW_PLACES = 3, 10, 5, 3
_COMMANDS_BYTES = 4_000
_CHUNK = 50
"""Names that are kept or left out together."""
_APPLICATIONS, _RISK = "applications", "explanations"


def render_comment(plans: Sequence[PlanView], limit: int = COMMENT) -> str:
    """One comment about one or several environments, at most `limit` bytes of UTF-8.

    Title, counts and every risk are there whatever the number of applications; of the rest the lowest risk is left
    out first.
    """
    several, plans = len(plans) > 1, told_in_first(plans)
    names = ", ".join(code(clip(plan.environment, _CELL)) for plan in plans)
    sections = [
        Section(f"## Recording settings: {names}\n\n**{escape(headline(plans))}**", always=True),
        _risks("Now", states(plans), several, f"{PRESENT_ABOUT}\n"),
        *_unknowns(plans),
        Section("\n".join(_counts(plans)), always=True),
        _risks("Risks", risks(plans), several),
    ]
    for plan in plans:
        sections.extend(_environment(plan, several))
    return fit(sections, limit)


def render_step_summary(plans: Sequence[PlanView]) -> str:
    """The comment as a GitHub step summary, which has room for more."""
    return render_comment(plans, STEP_SUMMARY)


def _unknowns(plans: Sequence[PlanView]) -> Iterator[Section]:
    """What the plans do not know, each reason once."""
    known = (
        words
        for plan in plans
        for words in (console_not_read(plan), changed_words(plan), causes_unknown(plan), *broken_words(plan.guardrails))
    )
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
        drifted_words(plan),
        _known(None if plan.removed is None else len(plan.removed)),
        sealed,
    ]


def _known(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _risks(title: str, found: Sequence[Risk], several: bool, about: str = "") -> Section:
    """Each risk's headline comes before any risk's explanation, and both before everything else."""
    pieces: list[Piece] = []
    for number, risk in enumerate(found):
        pieces += [
            Piece((0, number), _risk_line(risk), "risks"),
            Piece((1, number), _explanation(risk, several), _RISK),
        ]
    return Section(f"### {title}\n\n{about}" if about else f"### {title}\n", pieces)


def _risk_line(risk: Risk) -> str:
    said = [f"**{severity_word(risk.severity)}: {escape(clip(risk.title, _CELL))}.**"]
    if risk.irreversible:
        said.append("Cannot be undone.")
    if risk.stops_apply:
        until = f" until an intent {code(clip(risk.id, _CELL))} acknowledges it"
        said.append(f"Stops `apply`{until if risk.severity is Severity.HIGH else ''}.")
    concerned = sum(bool(subject.application) for subject in risk.subjects)
    said.append(f"{counted(concerned, 'application')}." if concerned else "The whole environment.")
    return f"- {' '.join(said)}  "


def _explanation(risk: Risk, several: bool) -> str:
    """At most three messages, so that it stays short where each application's has its own figures."""
    said = [escape(clip(message, _SENTENCE)) for message in risk.messages[:3]]
    if len(risk.messages) > 3:
        said.append(f"And {len(risk.messages) - 3:,} more like these.")
    whom = [_subject(subject, several) for subject in risk.subjects[:_FEW_NAMES]]
    if len(risk.subjects) > _FEW_NAMES:
        whom.append(f"and {len(risk.subjects) - _FEW_NAMES:,} more")
    return f"  {', '.join(whom)}: {' '.join(said)}"


def _subject(subject: RiskSubject, several: bool) -> str:
    if not subject.application:
        name = code(clip(subject.environment, _CELL))
    elif several:
        name = code(clip(f"{subject.environment}/{subject.application}", _CELL))
    else:
        name = code(clip(subject.application, _CELL))
    return f"{name} ({escape(clip(subject.acknowledged, _CELL))})" if subject.acknowledged else name


def _environment(plan: PlanView, several: bool) -> Iterator[Section]:
    where = clip(plan.environment, _CELL) if several else ""
    asked, drift = proposed(plan), drifted(plan)
    yield _guardrails(plan, where)
    yield _proposed(asked, where)
    yield _drift(plan, drift, where)
    yield _removed(plan, where)
    yield _unverified(plan, where)
    yield _commands(plan.environment, [*asked, *drift], where)
    yield _fields(plan, where)
    yield _members([*asked, *drift], where)
    yield _warnings(plan, where)
    yield _unmanaged(plan, where)
    yield _unchanged(plan, where)


def _heading(title: str, where: str) -> str:
    """`where` names the environment if there are several."""
    return f"### {title} ({code(where)})\n" if where else f"### {title}\n"


def _proposed(groups: Iterable[ChangeGroup], where: str) -> Section:
    head = ["Application", "Owner", "Change", "Cause", "Cost", "Risk"]
    lines = [_heading("What will change", where), *table(head, [])]
    return Section("\n".join(lines), list(map(_row, groups)))


def _guardrails(plan: PlanView, where: str) -> Section:
    """What protects the environment, and is no longer what it was at the base."""
    pieces = []
    for change in plan.guardrails.changes if plan.guardrails else ():
        word = f"**{severity_word(change.severity)}**" if change.weakened else "stronger"
        of = f"<br>{_few(change.applications)}" if change.applications else ""
        asks = "<br>".join(code(clip(ask, _CELL)) for ask in change.asks) or "nobody"
        cells = [f"{escape(clip(change.title, _CELL))}{of}", _old_and_new(change), asks, code(str(change.origin)), word]
        pieces.append(Piece((1, severity_rank(change.severity)), row(cells), "guardrails"))
    head = table(["Guardrail", "Base → now", "Who must approve", "Set in", "Risk"], [])
    return Section("\n".join([_heading("Guardrails", where), GUARDRAILS, "", *head]), pieces)


def _old_and_new(change: GuardrailView) -> str:
    before, after = (code(clip(text, _VALUE)) if text else "*none*" for text in (change.before, change.after))
    return f"{before} → {after}"


def _drift(plan: PlanView, groups: Iterable[ChangeGroup], where: str) -> Section:
    """What somebody changed in the console."""
    head = ["Application", "Owner", "Console now and spec", "Cause", "Cost", "Risk"]
    lines = [_heading(drift_title(plan), where), drift_about(plan), "", *table(head, [])]
    return Section("\n".join(lines), list(map(_row, groups)))


def _row(group: ChangeGroup) -> Piece:
    one, changes = group.first, group.changes
    shown = [f"{code(short(c.path))} {_value(c.before, 60)} → {_value(c.after, 60)}" for c in changes[:_FEW_FIELDS]]
    if len(changes) > _FEW_FIELDS:
        shown.append(f"and {len(changes) - _FEW_FIELDS} more")
    word = severity_word(one.risk)
    cells = [
        _names(group),
        code(clip(one.owner, _CELL)),
        "<br>".join(shown),
        cause_words(cause for change in changes for cause in change.causes),
        "<br>".join(
            escape(clip(words, _CELL)) for words in (cost_words(one.cost), usage_words_of_all(group.entries)) if words
        ),
        f"**{word}**" if one.risk in (Severity.ERROR, Severity.HIGH) else word,
    ]
    return Piece((2, severity_rank(one.risk)), row(cells), _APPLICATIONS, len(group.entries))


def _names(group: ChangeGroup) -> str:
    """One name, or how many and which."""
    listed = _few(entry.name for entry in group.entries)
    return listed if len(group.entries) == 1 else f"{counted(len(group.entries), 'application')}: {listed}"


def _value(value: str | None, most: int) -> str:
    if value is None:
        return "*not set*"
    return "*hidden*" if value == HIDDEN else code(clip(value, most))


def _removed(plan: PlanView, where: str) -> Section:
    pieces = [
        Piece(
            (2, 0 if app.on_remove == "stop-auto" else severity_rank(Severity.LOW)),
            row([code(clip(app.name, _CELL)), f"{app.sdk_app_id}", code(clip(app.owner, _CELL)), removal(app)]),
            "removed applications",
        )
        for app in plan.removed or ()
    ]
    head = table(["Application", "SDKAppId", "Owner", "What its removal does"], [])
    return Section("\n".join([_heading("Removed", where), *head]), pieces)


def _unverified(plan: PlanView, where: str) -> Section:
    pieces = []
    for group in unverified(plan):
        cells = [escape(clip(group.reason, _VALUE)), _few(group.fields), _few(group.applications)]
        pieces.append(Piece((3, 0), row(cells), "reasons why something cannot be verified"))
    head = [_heading("Cannot verify", where), UNVERIFIED, "", *table(["Reason", "Fields", "Applications"], [])]
    return Section("\n".join(head), pieces)


def _few(names: Iterable[str], most: int = _FEW_NAMES) -> str:
    """At most `most` names and how many more there are; a single one more is named as well."""
    listed = [code(clip(name, _CELL)) for name in names]
    if len(listed) <= most + 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:most])}, and {len(listed) - most:,} more"


def _commands(environment: str, groups: Sequence[ChangeGroup], where: str) -> Section:
    """Commands to copy: they show who set the values that change, those of the highest risk first."""
    if not groups:
        return Section("")
    lines = [_explain(environment, group) for group in groups[:_FEW_COMMANDS]]
    block = "\n".join(fenced(lines, _COMMANDS_BYTES, "sh"))
    return Section(_heading("Who set these values", where), [Piece((4, 0), block)])


def _explain(environment: str, group: ChangeGroup) -> str:
    address = shlex.quote(printable(clip(f"{environment}/{group.first.name}", _CELL)))
    return f"provisioner explain {address} {shlex.quote(printable(short(group.changes[0].path)))}"


def _fields(plan: PlanView, where: str) -> Section:
    head = ["Application", "Field", "Base" if plan.console is None else "Console", "Spec", "Cause", "Set in"]
    pieces = [
        Piece((5, severity_rank(group.first.risk)), "\n".join(_field_rows(group)), "lists of fields")
        for group in every_field(plan)
    ]
    return _folded("Every field and the line that set it", where, pieces, table(head, []))


def _field_rows(group: ChangeGroup) -> Iterator[str]:
    names = _names(group)
    for change in group.changes:
        before, after = _value(change.before, _VALUE), _value(change.after, _VALUE)
        yield row([names, code(short(change.path)), before, after, cause_words(change.causes), _set_in(change)])
    if seen := group.first.confirmed:
        yield row([names, escape(clip(confirmed_words(seen), _VALUE)), "", "", "", ""])


def _members(groups: Iterable[ChangeGroup], where: str) -> Section:
    """All applications of the rows that name only a few, so that everybody can find theirs."""
    pieces = []
    for group in groups:
        for start in range(0, len(group.entries), _CHUNK) if len(group.entries) > _FEW_NAMES else ():
            some = group.entries[start : start + _CHUNK]
            about = f"{code(clip(group.first.owner, _CELL))}, {code(short(group.changes[0].path))}"
            names = ", ".join(code(clip(entry.name, _CELL)) for entry in some)
            pieces.append(Piece((6, severity_rank(group.first.risk)), f"- {about}: {names}", "lists of names"))
    return _folded("All applications of the rows above", where, pieces)


def _set_in(change: FieldChange) -> str:
    return "*default*" if change.layer is Layer.SCHEMA else code(str(change.origin))


def _warnings(plan: PlanView, where: str) -> Section:
    pieces = []
    for warning in spec_warnings(plan):
        words = f"- {severity_word(warning.severity)} {code(warning.id)}: {escape(clip(warning.message, _SENTENCE))}"
        places = f" ({_few(warning.places, _FEW_PLACES)})" if warning.places else ""
        pieces.append(Piece((6, severity_rank(warning.severity)), words + places, "warnings"))
    return _folded(f"Warnings: {len(pieces):,}", where, pieces)


def _unmanaged(plan: PlanView, where: str) -> Section:
    listed = plan.unmanaged
    if listed is None:
        piece = Piece((6, 9), f"{UNLISTED}.")
        return Section(_heading("Not managed by any spec", where), [piece] if plan.console and not plan.partly else [])
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

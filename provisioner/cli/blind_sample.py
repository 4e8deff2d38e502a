"""A few values that somebody types from the page before being shown what the spec says: nodding is no reading."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import click

from provisioner.console.runbook.labels import ConsoleLabels
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Amount, Text, Value, Whole, text

SAMPLED = 2
"""How many values of an application are typed."""

Ask = Callable[[str], str]


def sampled(values: Mapping[str, Value | None]) -> Sequence[str]:
    """Fields to type: numbers and texts that are set, others each time."""
    typed = [path for path, value in values.items() if value is not None and _typed(path)]
    return random.SystemRandom().sample(typed, min(SAMPLED, len(typed)))


def _typed(path: str) -> bool:
    return isinstance(FIELDS[path].kind, (Amount, Whole, Text))


def misread(values: Mapping[str, Value | None], paths: Sequence[str], labels: ConsoleLabels, ask: Ask) -> str:
    """Why what was typed is not what `values` say; empty where it is. Says nothing of the expected value."""
    for path in paths:
        typed = ask(f"Type what the page shows for {printable(labels.label(path).words)} ({short(path)})")
        if typed.strip().casefold() not in _readings(path, values[path], labels):
            return (
                f"{short(path)}: you typed {printable(typed.strip())[:80]!r}, which is not what the spec says; "
                f"if that is what the page shows, say so: --seen {short(path)}=VALUE"
            )
    return ""


def _readings(path: str, value: Value | None, labels: ConsoleLabels) -> set[str]:
    """Every way of typing a value: in the console's words, with or without its unit, and in the spec's."""
    assert value is not None
    shown = labels.value(path, value)
    number = shown.partition(" ")[0]
    words = {shown, shown.replace(" ", ""), text(value), *({number} if number.isdecimal() else ())}
    return {word.casefold() for word in words}


def typed_at_terminal(question: str) -> str:
    """What somebody types at the terminal; nothing where they only press return."""
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer

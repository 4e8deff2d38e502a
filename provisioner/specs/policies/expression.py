"""A policy's `require`: CEL that is typed against the field table, bounded before it runs, and never guesses.

The checker knows the application's type, so that a misspelt path or a wrong unit is an error in the policy's file. The
evaluation works on what holds and nothing else: a value that is not there makes the expression undecided, never equal
to zero. What an expression can cost is bounded by its form: its length, its depth, and no loop inside or after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.foundation.errors import did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.specs.policies import cel_tree, cel_types

if TYPE_CHECKING:
    from cel_expr_python.cel import Env

APP, BASE, CONSOLE = "app", "base", "console"
VARIABLES = (APP, BASE, CONSOLE)
"""What expressions are about: the effective document, the base's, and what the console shows."""

MAX_LENGTH = 2_000
_MAX_REASON = 200
_REFUSED_FUNCTIONS = {"dyn": "it would switch the check of paths and types off", "type": "types are known beforehand"}
_DAYS = 999_999_999


class ExpressionError(ValueError):
    """An expression that must not be used: why, and at which character of its text."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class Mention(NamedTuple):
    """What an expression looks at: the variable, and an RFC 6901 path of the effective document below it."""

    variable: str
    path: str


class Ruling(NamedTuple):
    """Whether an expression holds; `reason` says why that cannot be decided, and then it does not hold."""

    holds: bool
    reason: str = ""


@dataclass(frozen=True)
class Expression:
    """A checked expression. Two of the same text are equal."""

    text: str
    mentions: tuple[Mention, ...]

    def names(self, variable: str) -> bool:
        """Whether it looks at `app`, `base` or `console`."""
        return any(mention.variable == variable for mention in self.mentions)

    def judge(self, documents: Mapping[str, Mapping[str, Any]]) -> Ruling:
        """The ruling on documents (`cel_types.cel_document`) by variable; one that is missing is empty."""
        return self.judge_in(activation(documents))

    def judge_in(self, given: Any) -> Ruling:
        """The same on an `activation`, which several expressions can share: making one costs more than judging."""
        try:
            result = self._program.eval(given)
        except RuntimeError as error:
            return Ruling(False, _told(str(error)))
        value = result.value()
        if isinstance(value, bool):
            return Ruling(value)
        return Ruling(False, _told(str(value)))

    @cached_property
    def _program(self) -> Any:
        return _environment(typed=False).compile(self.text, disable_check=True)


def activation(documents: Mapping[str, Mapping[str, Any]]) -> Any:
    """Documents by variable, ready to be judged."""
    return _environment(typed=False).Activation(
        {**{name: {} for name in VARIABLES}, **documents, "forever": _forever()}
    )


def compiled(text: str) -> Expression:
    """A checked expression. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"has more than {MAX_LENGTH:,} characters; make several policies of it", MAX_LENGTH)
    if not text.strip():
        raise ExpressionError("is empty; write what must hold")
    try:
        checked = _environment(typed=True).compile(text)
    except RuntimeError as error:
        raise _explained(str(error), text) from None
    tree = cel_tree.read_tree(checked.serialize())
    _check_bounds(tree)
    if (found := checked.return_type().name()) != "BOOL":
        raise ExpressionError(f"takes what is true or false, and this is of type {_type(found.lower())}")
    return Expression(text, tuple(dict.fromkeys(_mentions(tree.root))))


@cache
def _environment(typed: bool) -> Env:
    """The checker's environment, and the one that evaluates what was checked: there a document is a map."""
    from cel_expr_python import cel

    document = cel.Type(cel_types.type_name("")) if typed else cel.Type.DYN
    days = cel.Overload("days_int", cel.Type.DURATION, [cel.Type.INT], False, _days)
    return cel.NewEnv(
        cel_types.pool(),
        variables={**dict.fromkeys(VARIABLES, document), "forever": cel.Type.DURATION},
        functions=[cel.FunctionDecl("days", [days])],
    )


def _days(number: int) -> timedelta:
    return timedelta(days=max(-_DAYS, min(number, _DAYS)))


@cache
def _forever() -> timedelta:
    return timedelta(seconds=cel_types.FOREVER_SECONDS)


def _check_bounds(tree: cel_tree.Tree) -> None:
    """Raises ExpressionError for what could run long or away, and for what the type check cannot see through."""
    for node in cel_tree.walk(tree.root):
        offset = tree.offsets.get(node.id, 0)
        if node.HasField("comprehension_expr"):
            if any(below.HasField("comprehension_expr") for below in cel_tree.walk(node) if below.id != node.id):
                raise ExpressionError("loops inside a loop or over another's result; make two policies of it", offset)
        elif node.HasField("struct_expr") and node.struct_expr.message_name:
            raise ExpressionError(
                f"builds a document ({_type(node.struct_expr.message_name)}); compare with values", offset
            )
        elif node.HasField("call_expr"):
            _check_call(node.call_expr, offset)


def _check_call(call: Any, offset: int) -> None:
    if call.function in _REFUSED_FUNCTIONS:
        raise ExpressionError(f"{call.function}() has no place here: {_REFUSED_FUNCTIONS[call.function]}", offset)
    arguments = [arg.const_expr.string_value for arg in call.args if arg.HasField("const_expr")]
    if call.function == "duration" and arguments and _fails(f"duration({_quoted(arguments[0])})"):
        hint = f"; write days({arguments[0][:-1]})" if re.fullmatch(r"[0-9]{1,9}d", arguments[0]) else ""
        raise ExpressionError(f'"{printable(arguments[0][:40])}" is no duration: it takes h, m and s{hint}', offset)
    if call.function == "matches" and arguments and (reason := _fails(f'"".matches({_quoted(arguments[-1])})')):
        raise ExpressionError(f"matches() takes a regular expression (RE2): {reason}", offset)


def _fails(expression: str) -> str:
    """Why an expression without variables has no value; '' where it has one."""
    value = _environment(typed=False).compile(expression, disable_check=True).eval(data={})
    return _told(str(value.value())) if value.type().name() == "ERROR" else ""


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def _mentions(node: Any) -> Iterator[Mention]:
    names: list[str] = []
    below = node
    while below.HasField("select_expr"):
        names.append(below.select_expr.field)
        below = below.select_expr.operand
    if below.HasField("ident_expr"):
        if below.ident_expr.name in VARIABLES:
            yield Mention(below.ident_expr.name, cel_types.full_path(tuple(reversed(names))))
        return
    for child in cel_tree.children(below):
        yield from _mentions(child)


_PLACE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): ([^\n]*)")
_UNDEFINED = re.compile(r"undefined field '([^']*)' not found in struct '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '([^']*)'")
_UNDECLARED = re.compile(r"undeclared reference to '([^'.]*)")
_KNOWN = (*VARIABLES, "forever", "has", "size", "duration", "days")


def _explained(complaint: str, text: str) -> ExpressionError:
    """The library's complaint in words for the author, at the character that it is about."""
    found = _PLACE.search(complaint)
    if found is None or int(found[1]) < 1:
        return ExpressionError("nests too deeply; make several policies of it")
    lines = text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    message = found[3]
    if undefined := _UNDEFINED.search(message):
        block = cel_types.blocks().get(undefined[2], "")
        name = printable(undefined[1])
        where = block.removeprefix("/").replace("/", ".").replace("recording.settings", "settings") or "the application"
        message = f'{where} has no "{name}"{did_you_mean(name, cel_types.keys(block))}'
        at = text.find(undefined[1], offset)
        offset = at if at >= 0 else offset
    elif overload := _OVERLOAD.search(message):
        message = f"{overload[1].strip('_').replace('_', ' ')} does not take {_types(overload[2])}"
    elif undeclared := _UNDECLARED.search(message):
        name = printable(undeclared[1])
        message = f'there is no "{name}"{did_you_mean(name, _KNOWN)}; expressions are about app, base and console'
        at = text.rfind(undeclared[1], 0, offset + 1)
        offset = at if at >= 0 else offset
    else:
        message = f"is no CEL: {printable(message.removeprefix('Syntax error: ').partition(' expecting ')[0])}"
    return ExpressionError(message[:_MAX_REASON], max(0, min(offset, len(text))))


def _types(applied: str) -> str:
    return ", ".join(_type(word) for word in applied.strip("()").split(", "))


def _type(name: str) -> str:
    """A CEL type as the docs call it."""
    if name in cel_types.blocks():
        return cel_types.blocks()[name].removeprefix("/").replace("/", ".") or "application"
    return name.removeprefix("google.protobuf.").replace("Duration", "duration")


_MISSING = re.compile(r'Key not found in map : "([^"]*)"|no such key: (\S+)|no_such_field : (\S+)')


def _told(complaint: str) -> str:
    """Why an evaluation has no result."""
    if missing := _MISSING.search(complaint):
        name = next(group for group in missing.groups() if group)
        return f"{printable(name)} is not there; ask has() first"
    words = re.sub(r"^[A-Z_]+: | \[[A-Z_]+\]$", "", complaint)
    return printable(words[:_MAX_REASON])

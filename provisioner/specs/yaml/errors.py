"""What libyaml says of a broken document, in words that tell its author what to write, and where."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml


class Problem(NamedTuple):
    """One reason with its rule and its place; line and column count from 1."""

    rule: str
    message: str
    line: int
    column: int


_THERE = {
    "block sequence entries are not allowed in this context": 'a list with "- " stands on lines of its own; break the '
    "line, or write [a, b]",
    "found a tab character that violates indentation": "a tab; indent by spaces",
    "found a tab character where an indentation space is expected": "a tab; indent by spaces",
    "did not find expected '-' indicator": 'a key among list entries; align the entries, each with "- "',
    "found unknown escape character": "an escape that does not exist; write \\\\ for a backslash, or use single quotes",
    "found invalid Unicode character escape code": "an escape that is no character",
    "found undefined tag handle": "a tag; write the plain value",
    "found incompatible YAML document": "a version directive; remove the line",
    "did not find expected <document start>": "text after the document's end; remove the line ...",
}
_WHERE_IT_BEGINS = {
    "did not find expected ',' or ']'": "a list that is not closed; write ], and commas between its entries",
    "did not find expected ',' or '}'": "a mapping that is not closed; write }, and commas between its keys",
    "found unexpected end of stream": "a quote that is not closed",
    "could not find expected ':'": 'a key without its value; write ": " between them',
}


def explain(error: yaml.MarkedYAMLError, data: bytes) -> Problem:
    """The reason against `data`, at the place where its author has to change something."""
    problem = _explain(error, data.decode().splitlines())
    return problem._replace(message=f"is no YAML: {problem.message}")


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> Problem:
    there: Any = error.problem_mark
    problem = error.problem or ""
    if isinstance(error, yaml.composer.ComposerError):
        if "single document" in (error.context or ""):
            return _told("a file holds one document; put the second into a file of its own", there)
        return _told("an anchor or an alias; write the value out, or move it into a template", there, "REC004")
    if problem in _WHERE_IT_BEGINS:
        return _told(_WHERE_IT_BEGINS[problem], error.context_mark)
    if problem in _THERE:
        return _told(_THERE[problem], there)
    return _by_its_line(problem, there, lines)


def _told(message: str, mark: Any, rule: str = "REC001") -> Problem:
    return Problem(rule, message, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)


def _by_its_line(problem: str, mark: Any, lines: list[str]) -> Problem:
    """libyaml uses one sentence for several mistakes; the line tells which it is."""
    if mark is None:
        return _told(problem or "it cannot be parsed", mark)
    line = lines[mark.line] if mark.line < len(lines) else ""
    before, rest = line[: mark.column], line[mark.column :]
    match problem:
        case "mapping values are not allowed in this context":
            if ": " in before:
                return _told('a second ": " in one value; quote the value', mark)
            above = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
            if ":" in above and ": " not in above and not above.rstrip().endswith(":"):
                column = len(above) - len(above.lstrip()) + 1
                return Problem("REC001", "a key without a space after its colon", mark.line, column)
            column = len(line) - len(line.lstrip()) + 1
            message = "a key indented too far; align it with its neighbours"
            return Problem("REC001", message, mark.line + 1, column)
        case "did not find expected key":
            if before.strip():
                return _told("text after a quoted value; put one pair of quotes around the whole of it", mark)
            if rest.startswith("-"):
                return _told("a list entry among keys; indent it below the key of its list", mark)
            if rest.startswith(":"):
                return _told("a key without a name", mark)
            return _told("a key that is not aligned with its neighbours", mark)
        case "did not find expected node content":
            if not rest.strip():
                return _told("the document ends inside [ or {; close it", mark)
            return _told(f"a value cannot begin with {rest[0]}; quote it, or close the bracket before it", mark)
        case "found character that cannot start any token":
            if rest.startswith("\t"):
                return _told("a tab; indent by spaces", mark)
            return _told(f'a value cannot begin with {rest[:1]}; quote it, as in "{rest[:1]}…"', mark)
    return _told(problem or "it cannot be parsed", mark)

"""An account's list of applications as somebody pasted it: CSV, TSV, or lines with an id and a name in any order."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from provisioner.console.port import ListedApplication
from provisioner.foundation.errors import Location, ProvisionerError
from provisioner.foundation.text_safety import LONGEST_SHOWN, printable

STDIN = Path("-")
MOST_BYTES = 8 << 20
_LONGEST_LINE = 10_000
_TOLD = 20
"""Bad lines that are told one by one: of another file, every line is one."""

_ID = re.compile(r"[1-9][0-9]{7,9}", re.ASCII)
"""An SDKAppId, so that numbers of other kinds (of users, of minutes) are taken for none."""

_ADVICE = "A line is an SDKAppId and a name, with a comma, a semicolon, a tab or spaces between them."


class _Bad(ValueError):
    """A line that names no application; `part` is what of it is at fault, '' for all of it."""

    def __init__(self, why: str, part: str = "") -> None:
        super().__init__(why)
        self.part = part


def read_list(path: Path) -> list[ListedApplication]:
    """The applications in the file, or on stdin where `path` is `-`, by SDKAppId.

    Empty lines and comments (#) count for nothing, and so does a first line without a digit: a heading. An application
    may stand there twice. Raises ProvisionerError with every line that names none, as file:line:column.
    """
    name = "stdin" if path == STDIN else printable(str(path))
    found: dict[int, ListedApplication] = {}
    wrong: list[str] = []
    for number, line in _lines(_text(path, name)):
        try:
            one = _application(line)
            known = found.setdefault(one.sdk_app_id, one)
            if known.name != one.name:
                raise _Bad(f"SDKAppId {one.sdk_app_id} has another name above", str(one.sdk_app_id))
        except _Bad as error:
            wrong.append(f"{Location(name, number, max(line.find(error.part), 0) + 1)}: {error}")
    if wrong or not found:
        more = [f"and {len(wrong) - _TOLD:,} more lines"] if len(wrong) > _TOLD else []
        told = "\n".join([*wrong[:_TOLD], *more]) or f"{name}: names no application"
        raise ProvisionerError(told, fix=_ADVICE)
    return sorted(found.values(), key=lambda one: one.sdk_app_id)


def _text(path: Path, name: str) -> str:
    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ProvisionerError(f"cannot be read: {error.strerror}", where=name) from None
    if len(data) > MOST_BYTES:
        raise ProvisionerError("is larger than any list of applications", where=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProvisionerError("is no UTF-8 text", where=name, fix="Save the list as UTF-8 text.") from None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that may name an application, with its number. A list has line ends of its own."""
    heading = True
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (heading and not re.search(r"[0-9]", line)):
            yield number, line
        heading = False


def _application(line: str) -> ListedApplication:
    """Raises _Bad."""
    if len(line) > _LONGEST_LINE:
        raise _Bad(f"a line of {len(line):,} characters is none of a list of applications")
    for cells in _ways(line):
        ids = [cell for cell in cells if _ID.fullmatch(cell)]
        if other := next((one for one in ids if one != ids[0]), ""):
            raise _Bad("several SDKAppIds", other)
        if ids:
            name = next((cell for cell in cells if cell and cell != ids[0]), "")
            return ListedApplication(int(ids[0]), name[:LONGEST_SHOWN])
    raise _Bad("no SDKAppId of 8 to 10 digits", line.strip())


def _ways(line: str) -> Iterator[Sequence[str]]:
    """The line's cells, by whatever may stand between them: a name may hold a comma as well."""
    for separator in "\t", ",", ";":
        if separator in line:
            with suppress(csv.Error):
                yield [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    first, _, rest = line.strip().partition(" ")
    yield [first, rest.strip()]
    rest, _, last = line.strip().rpartition(" ")
    yield [last, rest.strip()]

"""An account's list of applications as somebody pasted it: CSV, TSV, or lines with an id and a name in any order."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from provisioner.console.port import ListedApplication
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import LONGEST_SHOWN

MOST_BYTES = 8 << 20
_ID = re.compile(r"[1-9][0-9]{7,9}", re.ASCII)
"""An SDKAppId, so that numbers of other kinds (of users, of minutes) are taken for none."""


def read_list(path: Path) -> list[ListedApplication]:
    """The applications, by SDKAppId. Raises ProvisionerError with every line that names none."""
    try:
        data = path.read_bytes()[: MOST_BYTES + 1]
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise ProvisionerError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise ProvisionerError("is no UTF-8 text", where=str(path), fix="Paste the list into a text file.") from None
    if len(data) > MOST_BYTES:
        raise ProvisionerError("is larger than any list of applications", where=str(path))
    found: dict[int, ListedApplication] = {}
    wrong = []
    for number, cells in _rows(text):
        one = _application(cells)
        if one is None:
            if number > 1:  # the first line may be a heading
                wrong.append(f"{path}:{number}: no SDKAppId of 8 to 10 digits, or several")
        elif found.setdefault(one.sdk_app_id, one) != one:
            wrong.append(f"{path}:{number}: SDKAppId {one.sdk_app_id} has another name above")
    if wrong or not found:
        told = "\n".join(wrong) or f"{path}: names no application"
        raise ProvisionerError(told, fix="A line is an SDKAppId and a name: comma, tab or spaces between them.")
    return sorted(found.values(), key=lambda one: one.sdk_app_id)


def _rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Each line that is not empty, split where it is."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if "\t" in line:
            yield number, line.split("\t")
        elif "," in line:
            yield number, next(csv.reader([line]))
        else:
            first, _, rest = line.strip().partition(" ")
            last = line.strip().rpartition(" ")
            yield number, [first, rest] if _ID.fullmatch(first) else [last[2], last[0]]


def _application(cells: Sequence[str]) -> ListedApplication | None:
    cells = [cell.strip() for cell in cells]
    ids = [cell for cell in cells if _ID.fullmatch(cell)]
    if len(ids) != 1:
        return None
    name = next((cell for cell in cells if cell and cell != ids[0]), "")
    return ListedApplication(int(ids[0]), name[:LONGEST_SHOWN])

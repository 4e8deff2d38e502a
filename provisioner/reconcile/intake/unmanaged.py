"""Applications of an account that no spec manages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, count

from provisioner.console.port import Console, ListedApplication
from provisioner.foundation.errors import ProvisionerError
from provisioner.specs.documents.environment import Environment

_LONGEST = 50
"""Of a file's name, so that an SDKAppId still fits behind it."""


def unmanaged(console: Console, environments: Iterable[Environment]) -> list[ListedApplication]:
    """What the account holds and no spec of any environment names, by SDKAppId.

    Several environments may share an account: what one of them manages is no stranger in another. Raises ConsoleError,
    ProvisionerError where only people can see the account.
    """
    if not console.capabilities().lists:
        raise ProvisionerError(
            "applications that no spec manages cannot be listed here: only people see this account",
            fix="Paste the console's list into a file and pass --list FILE, or pass a capture of it with --from.",
        )
    managed = {app.sdk_app_id for environment in environments for app in environment.applications}
    return [entry for entry in console.list_applications() if entry.sdk_app_id not in managed]


def spec_names(listed: Sequence[ListedApplication], taken: Collection[str]) -> dict[int, str]:
    """What the specs of applications will be called, by SDKAppId: as the console calls them, where that is possible.

    A name that others have too, or that is `taken`, gets the SDKAppId behind it: never two applications in one file.
    """
    wanted = {entry.sdk_app_id: _sanitised(entry.name) for entry in listed}
    times = Counter(wanted.values())
    exactly = Counter(entry.name for entry in listed)
    used = set(taken)
    names: dict[int, str] = {}
    for entry in listed:
        sdk_app_id, name = entry.sdk_app_id, wanted[entry.sdk_app_id]
        alone = times[name] == 1 or (entry.name == name and exactly[name] == 1)
        choices = [
            *([name] if name and alone else []),
            *([f"{name}-{sdk_app_id}"] if name else []),
            f"app-{sdk_app_id}",
        ]
        fallbacks = (f"app-{sdk_app_id}-{number}" for number in count(2))
        names[sdk_app_id] = next(choice for choice in chain(choices, fallbacks) if choice not in used)
        used.add(names[sdk_app_id])
    return names


def _sanitised(name: str) -> str:
    """Lower-case letters, digits and inner hyphens; empty where nothing of the name can stay."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST].rstrip("-")

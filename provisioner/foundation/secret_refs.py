"""Secrets are references; what they stand for is looked up at the very write that needs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.named_files import NamedFileError, read_named
from provisioner.foundation.text_safety import Secret, excerpt

Reveal = Callable[[str], Secret]
"""What a reference stands for."""

SIMULATED_SECRET = "embedded-console"
"""Stands in for references that are not set where the console is simulated: it opens nothing else."""


def revealer(root: Path, *, simulated: bool) -> Reveal:
    """Resolves references; in front of a simulated console those that are not set stand for one known word."""

    def reveal(reference: str) -> Secret:
        try:
            return resolve(reference, root)
        except ProvisionerError:
            if not simulated:
                raise
            return Secret(SIMULATED_SECRET)

    return reveal


def resolve(reference: str, root: Path) -> Secret:
    """The secret behind `env:NAME` or `file:PATH` (relative to the project). Raises ProvisionerError."""
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        value = os.environ.get(name, "").rstrip("\r\n")  # a file's line end, kept by whoever exported it
        if not value:
            raise ProvisionerError(
                f"the secret env:{name} is not set", fix=f"Export {name} for the process that applies."
            )
        return Secret(value)
    if scheme == "file":
        try:
            return Secret(read_named(root, name).decode("utf-8").strip())
        except NamedFileError as error:
            what = f"the secret file:{excerpt(name)} cannot be read ({error.reason})"
            raise ProvisionerError(what, fix=error.fix) from None
        except UnicodeDecodeError:
            raise ProvisionerError(f"the secret file:{excerpt(name)} cannot be read (it is no UTF-8)") from None
    raise ProvisionerError("a secret is no reference", fix="Write env:NAME or file:PATH; never the secret itself.")

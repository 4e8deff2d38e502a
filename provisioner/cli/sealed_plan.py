"""A sealed plan that a command is given: its file, whose signature it bears, and the same plan made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from provisioner.cli.session import CommandSession, session
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.plan.document import Document
from provisioner.reconcile.plan.seal import addresses, content, opened
from provisioner.reconcile.plan.signature import signer
from provisioner.specs.layout import SIGNERS
from provisioner.specs.workspace import Workspace

Callback = TypeVar("Callback", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def signature_options(command: Callback) -> Callback:
    """The options that say whose signature a plan must bear."""
    signers = click.option(
        "--signers",
        type=_FILE,
        help=f"Who may sign, as ssh-keygen reads it; without it {SIGNERS} in the project's folder.",
    )
    return click.option("--signature", type=_FILE, help="The plan's SSH signature: refuse it without one that counts.")(
        signers(command)
    )


def load_plan(path: Path, signature: Path | None, signers: Path | None) -> Document:
    """The sealed plan in `path`, and on stderr whose signature it bears.

    Raises UsageError and ConflictError as `seal.load` does, SignatureError.
    """
    data = content(path)
    if signature is not None:
        name = signer(data, signature, signers or Workspace.containing(Path.cwd()).root / SIGNERS)
        click.echo(printable(f"Signed by {name}."), err=True)
    elif signers is not None:
        raise UsageError("--signers says who may sign, and no signature is given", fix="Add --signature FILE.")
    return opened(data, str(path))


@contextmanager
def session_of(sealed: Document) -> Iterator[CommandSession]:
    """What is needed to make a sealed plan anew: its applications, and the commit that it was compared with."""
    ref = sealed["base"] and sealed["base"]["ref"]
    compared = {"changed" if "changed" in sealed else "base": ref}
    with session(*addresses(sealed), **compared) as opened_session:
        yield opened_session

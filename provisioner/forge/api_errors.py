"""A forge's errors as ForgeError: what it said, escaped, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from requests.exceptions import RequestException

from provisioner.forge.context import Tokens
from provisioner.forge.port import AmbiguousWrite, ForgeError, NotFound
from provisioner.foundation.connection_failures import connection_failure
from provisioner.foundation.text_safety import printable

_LONGEST = 200
_FIXES = {
    401: "The token is not valid, or no longer.",
    403: "The token may not do this: see the permissions of the job in docs/review.md.",
    404: "It is not there, or the token may not see it.",
    429: "Run the job again later.",
}


def refusal(forge: str, status: int, said: object, tokens: Tokens) -> ForgeError:
    """The error for an answer with `status`; a token that the answer repeats is not in it."""
    text = str(said or "")
    for token in (tokens.own, tokens.teams):
        text = text.replace(token.reveal(), "***")
    what = f"{forge} answers {status}: {printable(text)[:_LONGEST]}" if text else f"{forge} answers {status}"
    kind = NotFound if status in (404, 410) else AmbiguousWrite if status >= 500 else ForgeError
    return kind(what, fix=_FIXES.get(status))


@contextmanager
def reached(forge: str) -> Iterator[None]:
    """Turns failures of the connection into AmbiguousWrite.

    The library's own text may hold an address with a token: it is dropped.
    """
    try:
        yield
    except RequestException as error:
        raise AmbiguousWrite(
            f"{forge} gave no usable answer ({connection_failure(error) or type(error).__name__})",
            fix="Run the job again; check the way there (proxy, firewall, certificate) if it stays so.",
        ) from None

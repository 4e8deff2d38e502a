"""Signatures by SSH keys, made and checked by OpenSSH's `ssh-keygen -Y` (8.2 or later), as Git and its forges use them.

Who may sign stands in a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS): a name, options such as
`valid-before`, and a public key on a line. A namespace keeps a signature for one purpose from counting for another.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import excerpt, printable

_NOISE = ("Signing data on standard input", "Could not verify signature.", "No principal matched.")
_REASONS = (
    ("key has expired", "the signer's key has expired", "Ask for a signature by a key that is valid."),
    ("not yet valid", "the signer's key is not valid yet", "Ask for a signature by a key that is valid."),
    ("incorrect signature", "is not what was signed: one of the two was replaced or edited", None),
    ("namespace does not match", "was signed for another purpose", None),
    ("not permitted for use", "the signer may not sign this: its line of allowed signers names other namespaces", None),
)
"""Words of ssh-keygen, what they mean, and what to do."""


class SignatureError(ProvisionerError):
    """A signature that cannot be made, or that does not count."""


def sign(data: bytes, key: Path, namespace: str) -> bytes:
    """The armoured signature of `data`. `key` is a private key's file, or a public one whose private key an agent has.

    Raises SignatureError.
    """
    if not key.is_file():
        raise SignatureError("is no key: there is no such file", where=printable(str(key)))
    ran = _keygen(["-Y", "sign", "-q", "-f", str(key), "-n", namespace], data)
    if ran.returncode:
        advice = "Name a private SSH key without a passphrase, or a public one whose private key ssh-agent holds."
        raise SignatureError(f"cannot sign: {_told(ran)}", where=printable(str(key)), fix=advice)
    return ran.stdout


def verify(data: bytes, signature: Path, signers: Path, namespace: str) -> str:
    """Who signed `data`, as `signers` calls them. Raises SignatureError where nobody of them did."""
    armoured = _read(signature, "is no signature")
    allowed = _read(signers, "lists nobody who may sign")
    with TemporaryDirectory(prefix="trtc-signature-") as folder:
        files = Path(folder, "signature"), Path(folder, "signers")  # read once: what is checked is what was read
        for file, content in zip(files, (armoured, allowed), strict=True):
            file.write_bytes(content)
        told = ["-s", str(files[0]), "-f", str(files[1])]
        names = _keygen(["-Y", "find-principals", *told])
        if names.returncode:
            raise _unknown(names, signature, signers)
        name = names.stdout.decode("utf-8", "replace").split("\n")[0]
        ran = _keygen(["-Y", "verify", "-I", name, "-n", namespace, *told], data)
        if ran.returncode:
            raise _refused(_told(ran), signature)
    return name


def _unknown(ran: subprocess.CompletedProcess[bytes], signature: Path, signers: Path) -> SignatureError:
    told = _told(ran)
    if "armor" in told or "parse signature" in told:
        return SignatureError("is no SSH signature", where=printable(str(signature)))
    if told:
        return _refused(told, signature)
    return SignatureError(
        f"was made by a key that {printable(str(signers))} does not list",
        where=printable(str(signature)),
        fix="Add a line `NAME KEY` for the signer, reviewed like any other change, or have somebody else sign.",
    )


def _refused(told: str, signature: Path) -> SignatureError:
    for words, meaning, advice in _REASONS:
        if words in told:
            return SignatureError(meaning, where=printable(str(signature)), fix=advice)
    return SignatureError(f"does not count: {told}", where=printable(str(signature)))


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        raise SignatureError(f"{what}: {reason}", where=printable(str(path))) from None


def _told(ran: subprocess.CompletedProcess[bytes]) -> str:
    lines = [line.strip() for line in ran.stderr.decode("utf-8", "replace").split("\n")]
    return excerpt("; ".join(line for line in lines if line and line not in _NOISE))


def _keygen(arguments: Sequence[str], data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments], input=data, capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False
        )
    except FileNotFoundError:
        raise SignatureError("ssh-keygen is not on the path", fix="Install OpenSSH 8.2 or later.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        raise SignatureError(f"ssh-keygen cannot be run: {printable(str(error))}") from None

"""Template versions: locked by digest once production pins them."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.specs.documents.lock import Digest, lock_text, read_lock
from provisioner.specs.editing.transaction import FileChange
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import LOCK
from provisioner.specs.workspace import SpecErrors
from provisioner.specs.yaml.reader import Malformed


def read_locked(files: SpecFiles) -> Mapping[str, Digest]:
    """What the lock holds, by pin. Raises SpecErrors."""
    try:
        return read_lock(files)
    except Malformed as error:
        raise SpecErrors(error.findings) from None


def locking(files: SpecFiles, pinned: Mapping[str, str]) -> dict[str, FileChange]:
    """How the lock file changes so that `pinned` (digests by pin) are in it; nothing where they are already.

    What stands there stays as it is: an edit of a locked version is an error, never a new digest.
    """
    try:
        before = files.read(LOCK) if files.has(LOCK) else None
    except Malformed as error:
        raise SpecErrors(error.findings) from None
    seen = files if before is None else SpecFiles(files.root, {LOCK: before})
    locked = {pin: digest.text for pin, digest in read_locked(seen).items()}
    if not pinned.keys() - locked.keys():
        return {}
    return {LOCK: FileChange(before, lock_text({**pinned, **locked}).encode())}

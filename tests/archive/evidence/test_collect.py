"""Looking: what breaks off half-way is kept, and said to be incomplete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.archive.evidence.collect import _fill
from provisioner.archive.files.errors import IncompleteListingError
from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.files.spool import Spool
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.console.port import ConsoleError
from provisioner.foundation.errors import ProvisionerError

FILE = RecordedFile("vod", "a.mp4", (), None)


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (None, None),
        (
            IncompleteListingError(ProvisionerError("the window is full"), "files before noon"),
            Unknown(UnknownCause.FAILED, "the window is full; not listed: files before noon"),
        ),
        (
            ConsoleError("UnauthorizedOperation", "no", action="SearchMedia"),
            Unknown(UnknownCause.REFUSED, "SearchMedia: UnauthorizedOperation: no"),
        ),
        (ProvisionerError("env:KEY is not set"), Unknown(UnknownCause.FAILED, "env:KEY is not set")),
    ],
)
def test_files_found_before_a_failure_stay(error: ProvisionerError | None, unknown: Unknown | None) -> None:
    def files() -> Iterator[RecordedFile]:
        yield FILE
        if error:
            raise error

    with Spool() as spool:
        assert _fill(spool, files()) == unknown
        assert list(spool.files()) == [FILE]

"""Files in order, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.archive.files.recorded import RecordedFile
from provisioner.archive.files.spool import Spool
from provisioner.foundation.errors import ProvisionerError
from provisioner.recording.file_names import readings
from tests.archive.support import APP, NOON


def file(name: str, task: str = "t", after: float = 0) -> RecordedFile:
    return RecordedFile("cos", name, readings(name), APP, task, created=NOON + timedelta(seconds=after))


IN_ORDER = [
    file(f"{APP}_9_1.mp4", "b", 0),
    file(f"{APP}_10_2.mp4", "z", 1),
    file(f"{APP}_10_10.mp4", "z", 0),
    file(f"{APP}_10_UserId_s_YWxpY2U._UserId_e_aux_1.mp4", "z", 0),
    file(f"{APP}_10_UserId_s_YWxpY2U._UserId_e_main_1.mp4", "z", 0),
    file(f"{APP}_10_1.mp4", "a", 5),
    file(f"{APP}_MTA._1.mp4", "c", -9),
    file("a.mp4", "d", 1),
    file("b.mp4", "c", 0),
]


@given(st.permutations(IN_ORDER))
def test_rooms_then_calls_then_parts_then_foreign_names(files: list[RecordedFile]) -> None:
    with Spool() as spool:
        spool.fill(files)
        assert list(spool.files()) == IN_ORDER
        assert list(spool.files()) == IN_ORDER


def test_what_came_before_an_error_stays() -> None:
    def broken() -> Iterator[RecordedFile]:
        yield IN_ORDER[0]
        raise ProvisionerError("broke off")

    with Spool() as spool:
        with pytest.raises(ProvisionerError, match="broke off"):
            spool.fill(broken())
        assert list(spool.files()) == IN_ORDER[:1]

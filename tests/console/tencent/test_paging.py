"""Pages of a list are counted by applications, or by pages from 0 or 1 on."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.console.tencent.paging import Paging

COMMON = {"limit": "Rows", "size": 50, "total": "Total"}


@pytest.mark.parametrize(
    ("entry", "second"),
    [
        ({"offset": "From"}, {"From": 50}),
        ({"number": "Page"}, {"Page": 2}),
        ({"number": "Page", "first": 0}, {"Page": 1}),
    ],
)
def test_the_second_page(entry: dict[str, Any], second: dict[str, int]) -> None:
    paging = Paging.of({**entry, **COMMON})
    assert paging.request(50, 1) == {**second, "Rows": 50}
    (begin,) = second.values()
    assert paging.offset(begin, 50) == 50
    assert paging.offset(paging.first or 0, 50) == 0

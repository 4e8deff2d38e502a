"""The rate is an account's: whoever shares it, shares the limiter."""

from __future__ import annotations

from provisioner.console.tencent.limiter import limiter_of


def test_environments_of_one_account_share_its_rate_and_the_slowest_holds() -> None:
    one = limiter_of(("trtc", "host", "uin/1"), 20)
    assert limiter_of(("trtc", "host", "uin/1"), 5) is one
    assert limiter_of(("trtc", "host", "uin/2"), 20) is not one
    assert one.per_second == 5
    assert limiter_of(("trtc", "host", "uin/1"), 20).per_second == 5


def test_an_accounts_rate_is_forgotten_with_its_last_client() -> None:
    one = limiter_of(("trtc", "gone", "uin/1"), 5)
    del one
    assert limiter_of(("trtc", "gone", "uin/1"), 20).per_second == 20

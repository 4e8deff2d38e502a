"""What only GitHub does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from provisioner.forge.port import Forge, ForgeError, Opinion
from provisioner.forge.registry import open_forge
from tests.forge.fake import FakeForge
from tests.forge.jobs import variables


@pytest.fixture
def forge(fake: FakeForge, tmp_path: Path) -> Forge:
    return open_forge("github", variables("github", fake, tmp_path))


def test_a_primary_rate_limit_is_waited_for_until_its_reset(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail(
        "^GET",
        403,
        body={"message": "API rate limit exceeded for installation ID 1."},
        X_RateLimit_Remaining="0",
        X_RateLimit_Reset=str(int(time.time()) + 30),
    )
    assert forge.change(7).author == "kim"
    assert len(naps) == 1
    assert 29 <= naps[0] <= 32


def test_a_primary_rate_limit_of_an_hour_ends_the_job(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    reset = str(int(time.time()) + 3600)
    fake.fail("^GET", 403, body={"message": "API rate limit exceeded for user ID 1."}, X_RateLimit_Reset=reset)
    with pytest.raises(ForgeError, match=r"used up for another 36\d\d seconds\n  Run the job again later"):
        forge.change(7)
    assert naps == []


def test_a_rate_limit_that_never_ends_is_no_missing_permission(
    forge: Forge, fake: FakeForge, naps: list[float]
) -> None:
    message = {"message": "You have exceeded a secondary rate limit."}
    fake.fail("^GET", 403, times=50, body=message, Retry_After="1")
    with pytest.raises(ForgeError, match="answers 429") as caught:
        forge.change(7)
    assert "Run the job again later" in str(caught.value)
    assert naps == [1, 1, 1, 1]


def test_a_secondary_rate_limit_is_waited_for(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    message = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    fake.fail("^POST", 403, body=message)
    forge.comments(7).create("one")
    assert naps == [60]
    fake.fail("^POST", 403, body=message, Retry_After="7")
    forge.comments(7).create("two")
    assert naps == [60, 7]
    assert [entry.body for entry in fake.comments()] == ["one", "two"]


def test_a_permission_that_is_missing_is_told_at_once(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.closed_to.add("^POST .*comments")
    with pytest.raises(ForgeError, match="answers 403: Resource not accessible by integration") as caught:
        forge.comments(7).create("one")
    assert "see the permissions of the job" in str(caught.value)
    assert naps == []


def test_the_change_of_a_commit_is_the_one_whose_merge_made_it(forge: Forge, fake: FakeForge) -> None:
    assert forge.change_of("b" * 40) is None
    assert forge.change_of("f" * 40) is None  # GitHub's trial merge of an open pull request
    fake.pulls[7].merged_as = "b" * 40
    change = forge.change_of("b" * 40)
    assert change
    assert change.number == 7


def test_the_last_word_of_each_reviewer_counts(forge: Forge, fake: FakeForge) -> None:
    fake.page = 2
    for reviewer, state in [
        ("ann", "APPROVED"),
        ("bob", "APPROVED"),
        ("ann", "COMMENTED"),
        ("bob", "CHANGES_REQUESTED"),
        ("cid", "DISMISSED"),
        ("dee", "CHANGES_REQUESTED"),
        ("dee", "APPROVED"),
    ]:
        fake.review(reviewer, state)
    said = {review.reviewer: review.opinion for review in forge.reviews(7)}
    assert said == {"ann": Opinion.FOR, "bob": Opinion.AGAINST, "cid": Opinion.WITHDRAWN, "dee": Opinion.FOR}

"""What only GitLab does."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.forge.port import Forge, ForgeError, State, Status
from provisioner.forge.registry import open_forge
from tests.forge.fake import HEAD, OLDER, FakeForge
from tests.forge.jobs import variables


@pytest.fixture
def forge(fake: FakeForge, tmp_path: Path) -> Forge:
    return open_forge("gitlab", variables("gitlab", fake, tmp_path))


def test_an_approval_is_of_the_version_that_was_there(forge: Forge, fake: FakeForge) -> None:
    fake.pulls[7].pushes = [(fake.now, OLDER)]
    fake.wait()
    fake.review("ann")
    fake.wait()
    fake.push(HEAD)
    fake.wait()
    fake.review("bob")
    assert {review.reviewer: review.commit for review in forge.reviews(7)} == {"ann": OLDER, "bob": HEAD}


def test_an_older_gitlab_tells_the_time_of_an_approval_in_its_history(forge: Forge, fake: FakeForge) -> None:
    fake.add("ann", "approved this merge request", system=True)
    fake.fail("approvals", 200, body={"approved_by": [{"user": {"username": "ann"}}]})
    (review,) = forge.reviews(7)
    assert (review.commit, review.at) == (HEAD, fake.now)


def test_a_comment_that_looks_like_an_approval_is_none(forge: Forge, fake: FakeForge) -> None:
    fake.add("ann", "approved this merge request")
    fake.fail("approvals", 200, body={"approved_by": [{"user": {"username": "ann"}}]})
    with pytest.raises(ForgeError, match="does not say when ann approved"):
        forge.reviews(7)


def test_a_status_that_stands_already_is_no_error(forge: Forge, fake: FakeForge) -> None:
    for _ in range(2):
        forge.set_status(HEAD, Status("trtc-recording/dev", State.PENDING, "2 to change"))
    assert [status["state"] for status in fake.statuses] == ["pending"]
    forge.set_status(HEAD, Status("trtc-recording/dev", State.FAILURE, "2 to change"))
    assert fake.statuses[-1]["state"] == "failed"


def test_a_name_is_a_person_or_a_group(forge: Forge, fake: FakeForge) -> None:
    fake.teams = {"acme/calls": ["Ann", "bob"], "sre": ["cid"]}
    assert forge.members("@acme/calls") == {"ann", "bob"}
    assert forge.members("@sre") == {"sre", "cid"}
    assert forge.members("@Dee") == {"dee"}
    with pytest.raises(ForgeError, match="answers 404"):
        forge.members("@acme/nobody")


def test_a_role_stands_for_the_projects_members_who_have_it(forge: Forge, fake: FakeForge) -> None:
    fake.roles = {"ann": 30, "bob": 40, "cid": 40}
    assert forge.members("@@maintainers") == {"bob", "cid"}
    with pytest.raises(ForgeError, match="no role @@wizard"):
        forge.members("@@wizard")


def test_only_direct_members_who_may_push_own_anything(forge: Forge, fake: FakeForge) -> None:
    """As GitLab has it: an owner of a group above is no owner of what its subgroup owns."""
    fake.inherited = {"boss"}
    fake.teams = {"acme/calls": ["ann", "ben", "rae"]}
    fake.roles = {"ann": 40, "ben": 40}
    fake.blocked, fake.reporters = {"ben"}, {"rae"}
    assert forge.members("@acme/calls") == {"ann"}
    assert forge.members("@@maintainer") == {"ann"}
    assert forge.members("@@owner") == frozenset()


def test_the_change_of_a_commit_is_the_one_whose_merge_made_it(forge: Forge, fake: FakeForge) -> None:
    assert forge.change_of("b" * 40) is None
    fake.pulls[7].merged_as = "b" * 40
    change = forge.change_of("b" * 40)
    assert change
    assert change.number == 7

"""One comment and one issue, whatever happens on the way: on GitHub and GitLab alike."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provisioner.forge.marker import Marker
from provisioner.forge.port import AmbiguousWrite, Forge, ForgeError
from provisioner.forge.registry import open_forge
from provisioner.forge.upsert import clear, keep
from tests.forge.fake import BOT, TOKEN, Call, FakeForge
from tests.forge.jobs import variables

KEY = "plan+dev"
CREATE = r"^POST .*/(comments|notes)$"
EDIT = r"^(PATCH|PUT) .*/(comments|notes)/\d+$"
LIST = r"^GET .*/(comments|notes)$"


def body(text: str) -> str:
    return f"{Marker(KEY).line()}\n{text}"


def told(forge: Forge, text: str) -> None:
    keep(forge.comments(7), KEY, lambda _before: body(text))


def test_the_first_run_writes_and_the_next_ones_edit(forge: Forge, fake: FakeForge) -> None:
    for text in ("one", "two", "three"):
        told(forge, text)
    assert [(entry.author, entry.body) for entry in fake.comments()] == [(BOT, body("three"))]


def test_what_says_so_already_is_left_alone(forge: Forge, fake: FakeForge) -> None:
    told(forge, "one\n\ntwo\n")
    fake.entries[0].body = fake.entries[0].body.replace("\n", "\r\n").rstrip()  # as forges store it
    fake.seen.clear()
    told(forge, "one\n\ntwo\n")
    assert {line.split()[0] for line in fake.seen} <= {"GET", "POST"}
    assert not [line for line in fake.seen if line.endswith(("comments/1", "notes/1"))]


def test_a_comment_on_the_third_page_is_found(forge: Forge, fake: FakeForge) -> None:
    fake.page = 2
    for number in range(5):
        fake.add("kim", f"chatter {number}")
    mine = fake.add(BOT, body("old"))
    told(forge, "new")
    assert mine.body == body("new")
    assert len(fake.comments()) == 6


def test_what_others_wrote_is_never_touched(forge: Forge, fake: FakeForge) -> None:
    """Anybody can copy a marker."""
    forged = fake.add("mallory", body("approved by all"))
    other = fake.add(BOT, f"{Marker('plan+prod').line()}\nprod")
    plain = fake.add(BOT, f"about {Marker(KEY).line()}")
    told(forge, "dev")
    assert [entry.body for entry in (forged, other, plain)] == [
        body("approved by all"),
        f"{Marker('plan+prod').line()}\nprod",
        f"about {Marker(KEY).line()}",
    ]
    assert fake.comments()[-1].body == body("dev")


def test_a_comment_deleted_meanwhile_is_written_anew(forge: Forge, fake: FakeForge) -> None:
    told(forge, "one")

    def delete_first(call: Call) -> None:
        if call.method in {"PATCH", "PUT"}:
            fake.entries[0].open = False

    fake.before = delete_first
    told(forge, "two")
    assert [entry.body for entry in fake.comments()] == [body("two")]


def test_two_jobs_at_once_leave_one_comment(kind: str, fake: FakeForge, tmp_path: Path) -> None:
    """Both look, both find nothing, both write: then both see two, and the younger one goes."""
    together = threading.Barrier(2, timeout=10)

    def meet(call: Call) -> None:
        if call.method == "POST" and call.path.endswith(("comments", "notes")):
            together.wait()

    fake.before = meet
    forges = [open_forge(kind, variables(kind, fake, tmp_path)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(told, forges, ("same", "same")))
    assert [entry.body for entry in fake.comments()] == [body("same")]
    assert fake.comments()[0].id == 1


def test_a_lost_answer_makes_no_second_comment(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail(CREATE, 502, done=True)
    told(forge, "one")
    assert [entry.body for entry in fake.comments()] == [body("one")]
    assert sum("POST" in line and "graphql" not in line for line in fake.seen) == 1


def test_a_write_that_failed_is_told(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail(CREATE, 502, body={"message": "Server Error"})
    with pytest.raises(AmbiguousWrite, match="answers 502: Server Error"):
        told(forge, "one")
    assert fake.comments() == []


def test_a_change_is_sent_again(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    told(forge, "one")
    fake.fail(EDIT, 502, times=2)
    told(forge, "two")
    assert [entry.body for entry in fake.comments()] == [body("two")]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_asked_again(forge: Forge, fake: FakeForge, naps: list[float], status: int) -> None:
    fake.fail(r"^GET|graphql", status, times=3)
    told(forge, "one")
    assert len(fake.comments()) == 1
    assert naps == sorted(naps)
    assert len(naps) == 2  # the first repetition follows at once


def test_a_forge_that_stays_broken_is_told_after_a_few_attempts(
    forge: Forge, fake: FakeForge, naps: list[float]
) -> None:
    fake.fail(LIST, 503, times=50)
    with pytest.raises(AmbiguousWrite, match="answers 503"):
        told(forge, "one")
    assert sum(line.startswith("GET") for line in fake.seen if "/user" not in line) == 5


@pytest.mark.parametrize("where", [LIST, CREATE])
def test_a_rate_limit_is_waited_for_as_long_as_it_asks(
    forge: Forge, fake: FakeForge, naps: list[float], where: str
) -> None:
    """A refusal was not carried out: a write may follow it too."""
    fake.fail(where, 429, Retry_After="17")
    told(forge, "one")
    assert naps == [17]
    assert len(fake.comments()) == 1


def test_a_rate_limit_that_takes_too_long_ends_the_job(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail(LIST, 429, Retry_After="3600")
    with pytest.raises(ForgeError, match="used up for another 3600 seconds"):
        told(forge, "one")
    assert naps == []


def test_no_answer_is_told_without_an_address(forge: Forge, fake: FakeForge, naps: list[float]) -> None:
    fake.fail(r".", 401, body={"message": f"Bad credentials {TOKEN}\x1b[2J"})
    with pytest.raises(ForgeError) as caught:
        told(forge, "one")
    assert TOKEN not in str(caught.value)
    assert "answers 401: Bad credentials ***\\u001b[2J" in str(caught.value)
    assert "The token is not valid" in str(caught.value)


def test_an_issue_is_opened_once_updated_and_closed(forge: Forge, fake: FakeForge) -> None:
    for text in ("one", "two"):
        keep(forge.issues("Drift"), KEY, lambda _before, text=text: body(text))  # type: ignore[misc]
    assert [(issue.title, issue.body, issue.open) for issue in fake.issues()] == [("Drift", body("two"), True)]
    assert clear(forge.issues("Drift"), KEY, lambda _before: body("gone"))
    assert [(issue.body, issue.open) for issue in fake.issues()] == [(body("gone"), False)]
    assert clear(forge.issues("Drift"), KEY, lambda _before: body("gone")) is None
    keep(forge.issues("Drift"), KEY, lambda _before: body("back"))
    assert [issue.open for issue in fake.issues()] == [False, True]

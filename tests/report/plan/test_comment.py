"""The comment: what a reviewer reads, at any size and whatever the values hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from provisioner.report.plan.comment import COMMENT, render_comment
from provisioner.report.plan.plan_view import read_plan
from tests.report.plans import (
    IDLE,
    LAST_EQUAL,
    MODE,
    SEAL,
    Document,
    app,
    change,
    documents,
    finding,
    idle,
    outage,
    place,
    plan,
    review,
    stop,
)

FORGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"<details>", "</details>", "<br>"}


def comment(*plans: Document, limit: int = COMMENT) -> str:
    return render_comment([read_plan(document) for document in plans], limit)


def test_one_environment(snapshot: SnapshotAssertion) -> None:
    assert comment(review(seal=SEAL)) == snapshot


def test_several_environments_in_one_comment(snapshot: SnapshotAssertion) -> None:
    dev = plan(app("classroom"), environment="dev", tier="development", base=None, removed=None, unmanaged=None)
    assert comment(review(), dev) == snapshot


def test_an_outage_comes_first(snapshot: SnapshotAssertion) -> None:
    assert render_comment([read_plan(outage(), LAST_EQUAL)]) == snapshot


def test_drift_is_never_unknown_where_a_console_was_read() -> None:
    without = plan(stop("classroom"), app("desk"), base=None)
    without["applications"][0]["changes"][0]["causes"] = ["unknown"]
    assert "| 1 | 1 | 0 | at most 1 |" in comment(without)
    assert "| 0 | 1 | 0 | 0 |" in comment(plan(app("desk"), base=None))
    assert "| 1 | 0 | 0 | unknown |" in comment(plan(stop("classroom"), console=None))


def test_nothing_to_tell(snapshot: SnapshotAssertion) -> None:
    assert comment(plan()) == snapshot


@pytest.mark.parametrize("count", [1, 300, 5000])
def test_any_number_of_applications_fits(count: int) -> None:
    text = comment(plan(stop("alpha"), *(idle(f"call-{number:04}", f"{number}s") for number in range(count - 1))))
    assert len(text.encode()) <= COMMENT
    assert f"**{count:,} of {count:,} application{'s' if count > 1 else ''} will change. Highest risk: HIGH.**" in text
    assert "**HIGH: Rooms will no longer be recorded.** Cannot be undone. Stops `apply` until an" in text
    assert "| `alpha` | `@acme/calls` |" in text
    left_out = re.search(r"\*Left out for length, the lowest risk first: (.*)\.\*", text)
    if count < 300:
        assert left_out is None
    elif count == 5000:
        rows = len(re.findall(r"^\| `call-\d+` \| `@acme/calls` \|", text, re.MULTILINE))
        assert left_out is not None
        assert f"{count - 1 - rows:,} applications" in left_out[1]


@given(
    st.lists(st.sampled_from(["high", "medium", "low"]), max_size=60),
    st.integers(3_000, 12_000),
)
def test_the_lowest_risk_goes_first(risks: list[str], limit: int) -> None:
    made = {"high": stop, "medium": _stores_elsewhere, "low": idle}
    apps = [made[risk](f"{risk}-{number:02}") for number, risk in enumerate(risks)]
    text = comment(plan(*({**one, "owner": f"@acme/{number}"} for number, one in enumerate(apps))), limit=limit)
    assert len(text.encode()) <= limit
    assert f"| `prod` (production) | embedded console (simulated) | {len(risks)} | 0 | 0 |" in text
    for risk, title in (("high", "Rooms will no longer be recorded"), ("medium", "New files go elsewhere")):
        if found := risks.count(risk):
            assert re.search(rf"{title}\.\*\*.* {found} application{'s' if found > 1 else ''}\.", text)
    shown = re.findall(r"^\| `(high|medium|low)-\d+` \| `@acme", text, re.MULTILINE)
    order = {risk: rank for rank, risk in enumerate(made)}
    assert shown == sorted(risks, key=order.__getitem__)[: len(shown)]


def test_what_happens_to_many_alike_is_one_row() -> None:
    bumped = [idle(f"call-{number:02}") for number in range(12)]
    text = comment(plan(*bumped, {**idle("other"), "owner": "@acme/other"}))
    names = ", ".join(f"`call-{number:02}`" for number in range(10))
    assert f"| 12 applications: {names}, and 2 more | `@acme/calls` | `maxIdleTime` `5s` → `20s` |" in text
    assert "| `other` | `@acme/other` |" in text
    assert text.count("`templates/call/v1.yaml:9:16`") == 2
    assert f"- `@acme/calls`, `maxIdleTime`: {names}, `call-10`, `call-11`\n" in text


def _stores_elsewhere(name: str) -> Document:
    path = "/recording/settings/storage/vod/subAppId"
    found = finding("storage-moved", "medium", "New files go to 2, no longer to 1.", path)
    return app(name, change(path, 1, 2), findings=[found])


@given(st.lists(documents(), max_size=3), st.sampled_from([COMMENT, 5_000, 1_500]))
def test_no_value_becomes_markup(plans: list[Document], limit: int) -> None:
    text = comment(*plans, limit=limit)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None
    tokens = FORGE.parse(text)
    inside = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inside} <= ALLOWED
    for token in (*tokens, *inside):
        if token.type.startswith("html"):
            assert set(re.sub(r"<summary>[^<>\n]*</summary>", "", token.content).split()) <= OURS
        elif token.type == "text":
            assert re.search(r"@(?!\u2060|$)|[#!](?=\w)", token.content) is None


ALLOWED = {
    "text",
    "code_inline",
    "softbreak",
    "hardbreak",
    "html_inline",
    *(f"{kind}_{end}" for kind in ("strong", "em") for end in ("open", "close")),
}


def test_a_mention_in_a_summary_reaches_nobody() -> None:
    hostile = plan(app("a"), environment="<b>@acme/all</b>")
    assert "(&lt;b&gt;@\u2060acme/all&lt;/b&gt;)</summary>" in comment(hostile, plan())


def test_a_command_to_copy_is_one_word_for_the_shell() -> None:
    text = comment(plan(idle("$(reboot); `reboot`\n")))
    assert "provisioner explain 'prod/$(reboot); `reboot`\\u000a' maxIdleTime" in text


def test_without_a_console_that_is_said_first() -> None:
    text = comment(plan(idle("a"), console=None))
    assert "> No console was read: this compares the specs with main (000000000000)." in text
    assert "| none was read | 1 | 0 | 0 | unknown |" in text


def test_why_causes_are_unknown_is_said() -> None:
    unknown = change(IDLE, "5s", "6s", "unknown")
    assert "Causes are unknown: the plan was not compared with a commit" in comment(plan(app("a", unknown), base=None))
    broken = {"ref": "main", "commit": "0" * 40, "valid": False}
    assert "Causes are unknown: the specs at main are not valid." in comment(plan(app("a", unknown), base=broken))


def test_an_acknowledged_risk_says_so() -> None:
    written = {"reason": "moved to @acme", "expires": "2027-01-31", "origin": place("f", 3)}
    found = finding("stop-recording", "high", "Rooms …", MODE, acknowledged=written)
    text = comment(plan(stop("a", findings=[found]), stop("b")))
    assert "`a` (intended, until 2027-01-31: moved to @\u2060acme)" in text
    assert text.count("Stops `apply` until") == 1


def test_a_removal_that_stops_recording_is_no_quiet_plan() -> None:
    gone = {"name": "webinar", "sdkAppId": 1, "owner": "@acme/events", "onRemove": "stop-auto"}
    text = comment(plan(app("same"), removed=[gone]))
    assert "**No setting will change: 1 application. 1 application is removed. Highest risk: HIGH.**" in text
    assert "**There are no applications. 1 application is removed.**" in comment(
        plan(removed=[{**gone, "onRemove": "retain"}])
    )

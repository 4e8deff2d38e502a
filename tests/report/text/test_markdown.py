"""No value becomes markup, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from provisioner.foundation.text_safety import printable
from provisioner.report.text.markdown import code, escape, table

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = st.text(st.sampled_from("`|\\*_[]()<>&;#~-+=!@:/.\n\r\t ab1\u202e\x1b"), min_size=1, max_size=30) | st.text(
    min_size=1, max_size=30
)


def inline(markdown: str) -> list[Token]:
    (found,) = [token for token in MARKDOWN.parse(markdown) if token.type == "inline"]
    assert found.children is not None
    return found.children


@given(HOSTILE)
def test_escaped_text_is_text(text: str) -> None:
    children = inline(f"x{escape(text)}x")
    assert {token.type for token in children} == {"text"}
    shown = "".join(token.content for token in children).replace("\u2060", "")
    assert shown == f"x{printable(text)}x".replace("\u2060", "")


@given(HOSTILE)
def test_a_code_span_holds_exactly_the_text(text: str) -> None:
    (token,) = inline(f"{code(text)}")
    assert token.type == "code_inline"
    # CommonMark takes one space from both ends of a span that has more than spaces in it.
    shown = printable(text)
    assert token.content in (shown, shown[1:-1] if shown[:1] == shown[-1:] == " " else shown)


@given(st.lists(HOSTILE, min_size=2, max_size=2), st.lists(HOSTILE, min_size=2, max_size=2))
def test_a_table_keeps_its_cells(first: list[str], second: list[str]) -> None:
    rows = [[escape(first[0]), code(first[1])], [escape(second[0]), code(second[1])]]
    tokens = MARKDOWN.parse("\n".join(table(("a", "b"), rows)))
    assert [token.type for token in tokens].count("tr_open") == 3
    assert [token.type for token in tokens].count("td_open") == 4


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("@acme/calls", "@\u2060acme/calls"),
        ("https://evil.example", r"https\://evil.example"),
        ("www.evil.example", r"www\.evil.example"),
        ("[x](y)", r"\[x\](y)"),
        ("a\nb", r"a\\u000ab"),
    ],
)
def test_nothing_is_linked_or_mentioned(text: str, markdown: str) -> None:
    assert escape(text) == markdown

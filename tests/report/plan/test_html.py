"""The page: complete by itself, inert whatever the values hold, and readable without eyes or colour."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from provisioner.report.plan.html import render_html
from provisioner.report.plan.plan_view import read_plan
from tests.report.plans import SEAL, Document, app, documents, idle, plan, review, stop

VOID = {"meta"}
HARMLESS = {
    "id",
    "class",
    "href",
    "lang",
    "scope",
    "rowspan",
    "charset",
    "name",
    "content",
    "http-equiv",
    "tabindex",
}


class Outline(HTMLParser):
    """What a browser would build: tags, attributes, text; `open` must be empty at the end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if self.open[-1:] == ["style"] else data


def page(*plans: Document) -> str:
    return render_html([read_plan(document) for document in plans])


def test_a_review(snapshot: SnapshotAssertion) -> None:
    assert re.sub(r"<style>.*</style>", "", page(review(seal=SEAL)), flags=re.DOTALL) == snapshot


@given(st.lists(documents(), min_size=1, max_size=2))
def test_no_value_becomes_markup(plans: list[Document]) -> None:
    text = page(*plans)
    outline = Outline(text)
    assert outline.open == []
    assert {tag for tag, _ in outline.tags} <= TAGS
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None
    for tag, attributes in outline.tags:
        assert attributes.keys() <= HARMLESS | {"aria-labelledby"}
        assert tag != "a" or re.fullmatch(r"#environment-\d", attributes["href"] or "")


TAGS = {"html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "p", "div"}
TAGS |= {"span", "small", "b", "i", "code", "a", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "details"}
TAGS |= {"summary"}


def test_it_needs_nothing_else() -> None:
    text = page(review())
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|https?:", text)
    assert "default-src 'none'" in text


def test_headings_descend_one_by_one_and_headers_have_a_scope() -> None:
    outline = Outline(page(review(), plan(idle("a"), environment="dev")))
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in outline.tags if tag == "th")
    names = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(names) == len(set(names))


def test_a_risk_is_a_word_before_it_is_a_colour() -> None:
    text = Outline(page(plan(stop("a")))).text
    assert "HIGH Rooms will no longer be recorded" in text
    assert "Cannot be undone" in text


@pytest.mark.parametrize("count", [0, 1, 300])
def test_every_application_is_there(count: int) -> None:
    text = page(plan(*(idle(f"call-{number:03}") for number in range(count)), app("same")))
    assert len(set(re.findall(r"call-\d{3}", text))) == count
    assert "same" in text


def _luminance(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_in_every_scheme() -> None:
    """WCAG AA asks for a contrast of 4.5 to 1."""
    schemes = re.findall(r":root \{(.*?)\}", page(plan()), re.DOTALL)
    assert len(schemes) == 3
    for scheme in schemes:
        colours = {name: _luminance(value) for name, value in re.findall(r"--(\w+): #(\w+);", scheme)}
        for name in ("ink", "quiet", "link", "high", "medium"):
            for ground in ("paper", "band"):
                low, high = sorted((colours[name], colours[ground]))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)

"""`provisioner docs`: the pages of the documentation, which the package carries."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from provisioner.cli.output import is_terminal
from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable

_CHECKOUT = Path(__file__).resolve().parents[2] / "docs"
_CARRIED = Path(__file__).resolve().parents[1] / "docs"
_RULE = re.compile(r"REC\d{3}")


@click.command("docs")
@click.argument("topic", required=False)
def command(topic: str | None) -> None:
    """Print a page of the documentation, or what it says of one rule. Without TOPIC: which pages there are.

    \b
    Examples:
      provisioner docs console
      provisioner docs REC052
    """
    pages = _pages()
    if topic is None:
        for name, page in pages.items():
            click.echo(f"{name:<17} {_title(page)}")
        return
    text = rule_text(pages["rules"], topic.upper()) if _RULE.fullmatch(topic.upper()) else _page(pages, topic)
    if is_terminal(sys.stdout):
        click.echo_via_pager(text)
    else:
        click.echo(text, nl=False)


def rule_text(page: str, rule: str) -> str:
    """What the page of rules says of one. Raises UsageError where there is no such rule."""
    found = re.search(rf"^(#+) {rule}\b.*?(?=^#{{1,3}} |\Z)", page, re.MULTILINE | re.DOTALL)
    if not found:
        raise UsageError(f"there is no rule {rule}", fix="`provisioner docs rules` lists them.")
    return f"{found[0].rstrip()}\n"


def topics() -> list[str]:
    """What the pages are called."""
    return list(_pages())


def _page(pages: dict[str, str], topic: str) -> str:
    if topic not in pages:
        raise UsageError(
            f'there is no page "{printable(topic)}"{did_you_mean(topic, pages)}', fix=f"Pages: {', '.join(pages)}."
        )
    return pages[topic]


def _pages() -> dict[str, str]:
    """Name -> text, sorted. A wheel carries them beside the package's rooms; a checkout has them at its root."""
    folder = _CARRIED if _CARRIED.is_dir() else _CHECKOUT
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.md"))}


def _title(page: str) -> str:
    return page.partition("\n")[0].lstrip("# ")

"""The documentation site besides docs/: the README as first page, a page a command, links that lead somewhere."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from provisioner.cli.grammar import all_commands
from provisioner.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
_ELSEWHERE = re.compile(r"<script src=\"?https?://[^>]*></script>")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill in the lists of the navigation that have an entry a file: commands, decisions, and pages not named there."""
    named = set(re.findall(r"[\w-]+\.md", str(config.nav)))
    others = [file.name for file in sorted((ROOT / "docs").glob("*.md")) if file.name not in named]
    commands = [{name: f"commands/{name}.md"} for name in sorted(COMMANDS)]
    decisions = [f"decisions/{file.name}" for file in sorted((ROOT / "docs/decisions").glob("*.md"), key=_readme_first)]
    config.nav = _filled(config.nav, {"commands/": commands, "decisions/": decisions, "others/": others})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that no file of docs/ holds."""
    files.append(File.generated(config, "index.md", content=_first_page()))
    for name in COMMANDS:
        files.append(File.generated(config, f"commands/{name}.md", content=_command_page(name)))
    return files


def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: Any) -> str:
    """Links to what is no page, such as a source file, become its name: no reader of the site has the repository."""
    below = posixpath.dirname(page.file.src_uri)

    def kept(found: re.Match[str]) -> str:
        picture, text, target = found.groups()
        if "://" in target or target.startswith("#") or picture:
            return found[0]
        place = posixpath.normpath(posixpath.join(below, target.partition("#")[0]))
        return found[0] if files.get_file_from_path(place) else text

    return _LINK.sub(kept, markdown)


def on_post_page(output: str, **_: Any) -> str:
    """The theme would load a script from elsewhere, for browsers that open a page without a server."""
    return _ELSEWHERE.sub("", output)


def on_post_template(output_content: str, **_: Any) -> str:
    """The same for pages that no document makes, such as the one for an address that is none."""
    return _ELSEWHERE.sub("", output_content)


def _readme_first(file: Path) -> tuple[bool, str]:
    return file.name != "README.md", file.name


def _filled(nav: Any, lists: dict[str, Any]) -> Any:
    if isinstance(nav, list):
        entries = [_filled(entry, lists) for entry in nav]
        # A list that stands among pages is one more of them each.
        return [one for entry in entries for one in (entry if isinstance(entry, list) else [entry])]
    if isinstance(nav, dict):
        return {title: _filled(entry, lists) for title, entry in nav.items()}
    return lists.get(nav, nav)


def _first_page() -> str:
    """The README, with its links as they are from docs/."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return re.sub(r"\]\(docs/", "](", readme)


def _command_page(name: str) -> str:
    """What `--help` prints of a command and of those below it, as it prints it."""
    found = {path: command for path, command in all_commands() if path.partition(" ")[0] == name}
    parts = (f"{'#' if path == name else '##'} provisioner {path}\n\n{_help(path, one)}" for path, one in found.items())
    return "\n".join(parts)


def _help(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"provisioner {path}", max_content_width=80, terminal_width=80)
    return f"```text\n{command.get_help(context)}\n```\n"

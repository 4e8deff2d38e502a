"""`provisioner console learn` and `scrub`: captures of one's own console session."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.output import format_option, print_json, style
from provisioner.cli.output_file import on_stdout, output_option, write_output
from provisioner.foundation.clock import system_clock
from provisioner.foundation.errors import UsageError
from provisioner.report.console import learning as report

CAPTURES = click.argument(
    "captures", metavar="CAPTURE.har...", nargs=-1, type=click.Path(path_type=Path, dir_okay=False)
)
SITE = click.option("--site", type=click.Choice(["intl", "cn"]), default="intl", show_default=True)
TYPED = click.option(
    "--typed", metavar="ROUND:PATH=VALUE", multiple=True, help="What you typed or chose instead of the sheet's value."
)


@click.command("learn", short_help="Turn captures of your console session into a binding.")
@CAPTURES
@click.option("--sheet", "sheet_only", is_flag=True, help="Print what to type into a test application, and stop.")
@click.option("--into", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="The binding to write.")
@SITE
@TYPED
@click.option("--without", metavar="ACTION", multiple=True, help="Do not look at calls that only check what is saved.")
@format_option
def learn(
    *,
    captures: tuple[Path, ...],
    sheet_only: bool,
    into: Path | None,
    site: str,
    typed: tuple[str, ...],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Find out from HAR exports of your own browser how your account's console is asked.

    Type the sheet into a test application, one save and one reload a round, and export the session as HAR. What
    several rounds agree on becomes an entry graded `observed`; everything else stays as it was and is listed. A file
    that --into names already is refined: what it observed is never overturned. Secrets of the capture reach no output.

    \b
    Exit: 0 something was learned, 1 nothing was, 3 a capture contradicts what was observed before.
    \b
    Examples:
      provisioner console learn --sheet
      provisioner console learn monday.har --into bindings/ours.yaml
    """
    from provisioner.console.learning import study

    sheet = study.typed(typed, site)
    if sheet_only:
        if form == "json":
            print_json(report.sheet_document(sheet))
        else:
            click.echo(report.render_sheet(sheet, style), nl=False)
        return
    if not captures:
        raise UsageError("there is no capture to learn from", fix="Name a HAR file, or print the sheet with --sheet.")
    done = study.study(captures, study.base_document(Path.cwd(), into), sheet, system_clock, without)
    wrote = into is not None and bool(done.lesson.evidence)
    if into is not None and wrote:
        into.parent.mkdir(parents=True, exist_ok=True)
        write_output(into, study.binding_text(done.lesson.binding, _name(into)).encode())
    if form == "json":
        print_json(report.lesson_document(done, into if wrote else None))
    else:
        click.echo(report.render_lesson(done, into if wrote else None, style), nl=False)
    if done.lesson.contradictions:
        raise click.exceptions.Exit(3)
    if not done.lesson.evidence:
        raise click.exceptions.Exit(1)


def _name(into: Path) -> str:
    """A binding's name: its file's, as far as that is one."""
    word = "".join(char if char.isascii() and char.isalnum() else "-" for char in into.stem.lower()).strip("-")
    return word if word and word != "default" else "ours"


@click.command("scrub", short_help="Write a capture that one can show.")
@CAPTURES
@output_option("-o", "--output", "output", about="The clean capture.")
@SITE
@TYPED
def scrub(*, captures: tuple[Path, ...], output: Path | None, site: str, typed: tuple[str, ...]) -> None:
    """Write what `learn` needs of captures, and nothing else, so that a colleague learns the same from it.

    The clean capture is built from what is known to be harmless: cookies, codes, tokens, keys, account numbers and
    whatever the sheet did not say are not taken over. Names of other applications are not either.

    \b
    Example:
      provisioner console scrub monday.har -o clean.har
    """
    from provisioner.console.learning import study
    from provisioner.console.learning.scrub import scrubbed_text

    if output is None or not captures:
        raise UsageError("scrub needs captures and a file to write", fix="Write `scrub CAPTURE.har -o clean.har`.")
    sheet = study.typed(typed, site)
    done = study.study(captures, study.base_document(Path.cwd(), None), sheet, system_clock)
    text, kept = scrubbed_text(done.calls, done.lesson)
    write_output(output, text.encode())
    total = sum(capture.entries for capture in done.captures)
    if not on_stdout(output):
        click.echo(f"{kept} of {total} entries kept, only what `learn` looks at.")

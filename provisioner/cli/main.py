"""`provisioner`: runs the chosen command, and turns every failure into a message and an exit code."""

from __future__ import annotations

import gc
import importlib
import io
import keyword
import os
import sys
from typing import Any

import click

from provisioner import __version__
from provisioner.foundation.errors import ProvisionerError, did_you_mean
from provisioner.foundation.extras import missing

# heading -> command -> what `--help` says of it. Each lives in the module of its name, imported only when it runs.
GROUPS = {
    "Specs": {
        "init": "Write a repository of specs that works at once.",
        "validate": "Check every spec, offline.",
        "render": "Show the effective spec: every layer merged.",
        "explain": "Show who set each value, what it overrode, and what it means.",
        "new": "Write an application, template or environment to start from.",
        "migrate": "Rewrite specs for a newer version of the format.",
        "policy": "Test the organisation's policies; copy those of others.",
        "schema": "Write the JSON Schemas of the spec files and of the plan.",
        "eject": "Write what is needed to go on without this tool.",
    },
    "Console": {
        "plan": "Show what apply would change in an environment.",
        "apply": "Carry out what plan shows.",
        "drift": "Show where the console differs from the specs.",
        "watch": "Look at consoles all the time; tell at once who changed them.",
        "history": "Show what was written to an environment, when and by whom.",
        "adopt": "Write what the console shows into a spec.",
        "import": "Write specs for applications that no spec manages.",
        "unmanaged": "List the account's applications that no spec manages.",
        "attest": "Confirm what a console shows that only people can see.",
        "doctor": "Check credentials, connection, permissions, what can be read.",
        "console": "Run, show and change a simulated console; rehearse calls.",
        "controller": "Record applications in manual mode by their specs.",
    },
    "Review": {
        "report": "Show plans for review: as a comment, a page, annotations.",
        "verify": "Show what changed since a plan was sealed.",
        "site": "Write a read-only site about everything, for a browser.",
        "approvals": "List who must approve a sealed plan, and who has.",
    },
    "Promotion": {
        "status": "Show what each environment runs on the way to production.",
        "compare": "Show two environments side by side: what would be promoted.",
        "promote": "Promote settings from one environment to the next.",
        "promotions": "Show what was promoted into an environment.",
        "template": "Make the next version of a template; show who pins which.",
    },
    "Archive": {
        "usage": "Show recorded minutes by application, kind and day.",
        "files": "Find recordings; show gaps, duplicates, unrecognized names.",
        "evidence": "Compare recordings with what the specs declare.",
        "call": "Say of one call whether it was recorded, where it is, who is in it.",
        "coverage": "Show of every room whether it was recorded, and why not.",
    },
    "This tool": {
        "docs": "Print a page of the documentation, or what it says of a rule.",
        "help": "Show what a command does and takes.",
        "completion": "Print the script that completes words in a shell.",
    },
}
COMPLETING = "_PROVISIONER_COMPLETE"
"""Set by the scripts that `provisioner completion` prints; the words typed so far are the arguments."""

COMMANDS = {name: about for group in GROUPS.values() for name, about in group.items()}


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = f"{name}_" if keyword.iskeyword(name) else name
        command: click.Command = importlib.import_module(f"provisioner.cli.{module}").command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            context.fail(f'there is no command "{args[0]}"{did_you_mean(args[0], COMMANDS)}')
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<10}", about) for name, about in commands.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="provisioner")
@click.option(
    "-C",
    "folder",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False),
    help="Run as if started in FOLDER, such as the project's in a repository of many.",
)
@click.option("--verbose", is_flag=True, help="Show each of many; log what is done; also after the command.")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors; also after the command.")
def cli(folder: str | None, verbose: bool, debug: bool) -> None:
    """Recording settings of every TRTC application as reviewed code."""
    from provisioner.foundation import logging  # not for --help

    logging.configure(verbose or debug)
    if not (verbose or debug):  # the log says what is being done, line by line
        from provisioner.cli.progress_bar import listen

        listen()
    if folder:
        os.chdir(folder)


_ANYWHERE = ("--verbose", "--debug")


def _flags_first(arguments: list[str]) -> tuple[list[str], list[str]]:
    """People add --debug to the end of what they have just typed; after `--` nothing is an option."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags = [word for word in arguments[:end] if word in _ANYWHERE]
    return flags, [*(word for word in arguments[:end] if word not in _ANYWHERE), *arguments[end:]]


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 error or refused or wrong usage, 2 and 4 with --exit-code, 3 some failed."""
    if COMPLETING in os.environ:
        from provisioner.cli.completion_words import print_candidates

        print_candidates(sys.argv[1:])
        return
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what an encoding lacks is written out, not an error
    gc.set_threshold(200_000, 20, 20)  # thousands of specs are held to the end: looking through them finds no garbage
    sys.exit(run(sys.argv[1:]))


def _open_closed_streams() -> None:
    """Where the caller closed a standard stream (`<&-`), let it lead nowhere.

    Else the first file that is opened takes its number, and what is meant for the terminal goes into that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def run(arguments: list[str]) -> int:
    """One invocation's exit code."""
    flags, rest = _flags_first(arguments)
    arguments, debug = [*flags, *rest], "--debug" in flags
    try:
        result: Any = cli.main(arguments, prog_name="provisioner", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return 1
    except ProvisionerError as error:
        if debug:
            raise
        click.echo(str(error), err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, and says nothing about it
        return 1
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror or error}", err=True)
        return 1
    except Exception as error:
        if debug:
            raise
        lacking = missing(error) if isinstance(error, ImportError) else None
        internal = f"internal error: {type(error).__name__}: {error}\n  Run again with --debug and report it."
        click.echo(str(lacking or internal), err=True)
        return 1

"""The commands `rencontres programme …`: the sessions of the gathering."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import Commands, ConfigFile, ExistingFile, command_group, finish

commands = Commands()
programme = command_group("import FILE, show: the sessions of the gathering.")
commands.offer_group("programme", 130, programme)


@programme.command("import")
def take_in(
    file: ExistingFile,
    config: ConfigFile = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import; without it, only what would happen is shown.")
    ] = False,
    cancel_missing: Annotated[
        bool, typer.Option("--cancel-missing", help="Cancel the sessions that the file does not name any more.")
    ] = False,
) -> None:
    """Take in the programme from an .ics, CSV or XLSX file.

    All of it or, if anything in it is wrong, nothing. Those whose sessions change are told."""
    from handlers.programme.cli.importing import import_programme

    finish(import_programme(config, file, apply=apply, cancel_missing=cancel_missing))


@programme.command("show")
def show(config: ConfigFile = None) -> None:
    """Show the sessions, a line each."""
    from handlers.programme.cli.importing import show_programme

    finish(show_programme(config))

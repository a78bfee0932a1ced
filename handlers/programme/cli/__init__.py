"""The commands `rencontres programme …`: the sessions of the gathering."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Apply, CommandGroup, Commands, ConfigFile, existing_file, finish

commands = Commands()
programme = CommandGroup("Import or list the sessions of the programme.")
commands.offer_group("programme", 130, programme)


@programme.offer("import")
def take_in(
    file: Annotated[Path, existing_file("Programme to import.")],
    config: ConfigFile = None,
    apply: Apply = False,
    cancel_missing: Annotated[
        bool, typer.Option("--cancel-missing", help="Cancel the sessions that are missing from the file.")
    ] = False,
) -> None:
    """Import the programme from an .ics, CSV, XLSX or ODS file.

    If anything in the file is wrong, nothing is imported. People whose sessions change are notified."""
    from handlers.programme.cli.importing import import_programme

    finish(import_programme(config, file, apply=apply, cancel_missing=cancel_missing))


@programme.offer("show")
def show(config: ConfigFile = None) -> None:
    """List the sessions, one per line."""
    from handlers.programme.cli.importing import show_programme

    finish(show_programme(config))

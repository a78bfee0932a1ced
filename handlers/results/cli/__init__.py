"""The command `rencontres export DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Commands, ConfigFile, finish
from bot.cli.people import EXPORT_FOLDER, exports

commands = Commands()
commands.offer_group("export", 150, exports)  # the engine's group, with one command more


@exports.offer(EXPORT_FOLDER)
def export_workshops(
    folder: Annotated[Path, typer.Argument(metavar=EXPORT_FOLDER, show_default=False, help="Folder to write to.")],
    config: ConfigFile = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang", metavar="LOCALE", help="Language: fr, en or de (default: the gathering's first language)."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that is not empty, overwriting files of the same name.")
    ] = False,
) -> None:
    """Export the results of the workshops to a folder.

    Writes a workbook, slides for the plenary and for each group, a booklet, charts and the photos."""
    from handlers.results.cli.exporting import ExportOptions
    from handlers.results.cli.exporting import export_workshops as run_export

    finish(run_export(config, ExportOptions(folder, lang, force)))

"""The commands about people and what they made: `rencontres import`, `organiser`, `export` and `erase`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli.options import ConfigFile, ExistingFile, Sure, command_group, finish

Ref = Annotated[str, typer.Argument(metavar="REF", help="The person's ref in the list of participants.")]

importing = command_group("participants FILE: take in the selected people.")


@importing.command("participants")
def import_participants(
    file: ExistingFile,
    config: ConfigFile = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import; without it, only what would happen is shown.")
    ] = False,
) -> None:
    """Take in selected people from a CSV or XLSX file.

    All of them or, if anything on any line is wrong, none."""
    from handlers.registration.cli_importing import import_people

    finish(import_people(config, file, apply=apply))


organisers = command_group("invite NAME: make someone an organiser.")


@organisers.command("invite")
def organiser_invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How they are called.")], config: ConfigFile = None
) -> None:
    """Make a link that works once, for a new organiser."""
    from handlers.registration.cli_inviting import invite_an_organiser

    finish(invite_an_organiser(config, name))


class _Exports(TyperGroup):
    """`export DIR` is the usual command; `export person REF` has a word of its own (a folder may be `./person`)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_FOLDER, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return "" if name == _FOLDER else name, command, rest  # its help says «export DIR» once


_FOLDER = "DIR"
exporting = typer.Typer(
    cls=_Exports, no_args_is_help=True, help="DIR: what the workshops made. person REF: everything kept about someone."
)


@exporting.command(_FOLDER)
def export_workshops(
    folder: Annotated[Path, typer.Argument(metavar=_FOLDER, show_default=False, help="The folder to write to.")],
    config: ConfigFile = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LOCALE", help="fr, en or de; else the gathering's first.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also into a folder that holds something: files of the same names go.")
    ] = False,
) -> None:
    """Write what the workshops made into a folder.

    A workbook, a deck for the plenary, a deck for each group, a booklet, charts, and the photos."""
    from handlers.results.exporting import Asked
    from handlers.results.exporting import export_workshops as run_export

    finish(run_export(config, Asked(folder, lang, force)))


@exporting.command("person")
def export_person(
    ref: Ref,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here instead of showing it.")] = None,
) -> None:
    """Everything kept about a person, as JSON."""
    from bot.cli.erasing import export

    finish(export(config, ref, file=out))


erasing = command_group("person REF: forget someone for good.")


@erasing.command("person")
def erase_person(
    ref: Ref,
    config: ConfigFile = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="What they wrote for others too; without it, it stays without its author.")
    ] = False,
    yes: Sure = False,
) -> None:
    """Erase a person for good, on every platform."""
    from bot.cli.erasing import erase

    finish(erase(config, ref, texts=texts, sure=yes))

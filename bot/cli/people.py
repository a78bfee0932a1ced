"""The commands about one person: `rencontres export person` and `erase person`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli.options import CommandGroup, ConfigFile, Sure, finish

Ref = Annotated[
    str, typer.Argument(metavar="REF", help="Reference of the person in the list of participants, like R-0042.")
]
EXPORT_FOLDER = "DIR"
"""The internal name of the command that `export DIR` runs. Users type a folder's name in its place."""


class _Exports(TyperGroup):
    """The group of `export` commands: `export DIR` writes a folder, `export person REF` exports a person.

    A folder that is called person can be written as `./person`.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=lambda name: name != EXPORT_FOLDER)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [EXPORT_FOLDER, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return "" if name == EXPORT_FOLDER else name, command, rest  # its help says «export DIR» once


exports = CommandGroup(
    "Export the results of the workshops, or a person's data.", cls=_Exports, subcommands="DIR | person REF"
)


@exports.offer("person")
def export_person(
    ref: Ref,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File to write, instead of printing.")] = None,
) -> None:
    """Export everything stored about a person, as JSON."""
    from bot.cli.erasing import export

    finish(export(config, ref, file=out))


erasing = CommandGroup("Erase a person for good.")


@erasing.offer("person")
def erase_person(
    ref: Ref,
    config: ConfigFile = None,
    texts: Annotated[
        bool,
        typer.Option(
            "--texts", help="Also erase what they wrote for others to read; by default it is kept without their name."
        ),
    ] = False,
    yes: Sure = False,
) -> None:
    """Erase a person for good, on every platform."""
    from bot.cli.erasing import erase

    finish(erase(config, ref, texts=texts, sure=yes))

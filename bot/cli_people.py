"""The commands about people: `rencontres import`, `organiser`, `export` and `erase`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_parts import ConfigFile, ExistingFile, Sure, command_group, finish

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
    from bot.commands.importing import import_people

    finish(import_people(config, file, apply=apply))


organisers = command_group("invite NAME: make someone an organiser.")


@organisers.command("invite")
def organiser_invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How they are called.")], config: ConfigFile = None
) -> None:
    """Make a link that works once, for a new organiser."""
    from bot.commands.inviting import invite_an_organiser

    finish(invite_an_organiser(config, name))


exporting = command_group("person REF: everything kept about someone.")


@exporting.command("person")
def export_person(
    ref: Ref,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it here instead of showing it.")] = None,
) -> None:
    """Everything kept about a person, as JSON."""
    from bot.commands.people import export

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
    from bot.commands.people import erase

    finish(erase(config, ref, texts=texts, sure=yes))

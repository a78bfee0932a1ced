"""The command `rencontres announce`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Commands, ConfigFile, finish

commands = Commands()


@commands.offer("announce", 60)
def announce(
    audience: Annotated[
        str,
        typer.Option(
            metavar="AUDIENCE",
            help="all, theme:KEY, group:ID, territory:CODE, platform:NAME, present:DAY, unchosen or organisers.",
        ),
    ],
    file: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="The words, in markdown; FILE.en.md beside it for those who read English.",
        ),
    ],
    config: ConfigFile = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, readable=True, help="A picture or document; may be repeated."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When, as people say it: «demain 14h», «2027-06-10 14:00».")
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also at night, and however much people had today.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would be told and what, and stop.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also where the same was announced a few minutes ago.")
    ] = False,
) -> None:
    """Tell many people something.

    The bot sends it when it runs. Exit code 1 where nobody would be told."""
    from handlers.announcements.cli.announcing import AnnounceOptions
    from handlers.announcements.cli.announcing import announce as run_announce

    asked = AnnounceOptions(audience, file, tuple(attach or ()), at, urgent=urgent, again=again)
    finish(run_announce(config, asked, dry_run=dry_run))

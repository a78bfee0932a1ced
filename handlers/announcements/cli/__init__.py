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
            help="Who gets it: all, theme:KEY, group:ID, territory:CODE, platform:NAME, present:DATE, unchosen"
            " (no theme yet), facilitators or organisers.",
        ),
    ],
    file: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="Text, in Markdown; the translations of news.md are news.en.md and news.de.md.",
        ),
    ],
    config: ConfigFile = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="Picture or document; repeatable.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When to send it: «2027-06-10 14:00», or in words, «tomorrow 14:00»."),
    ] = None,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="Send it even at night, and however many messages people have had today.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would get what, and send nothing.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send it even if the same announcement was made a few minutes ago.")
    ] = False,
) -> None:
    """Send an announcement to many people.

    It is sent once the bot is running. Exits with 1 if it would reach nobody.

    Example: rencontres announce --audience all --file news.md --dry-run"""
    from handlers.announcements.cli.announcing import AnnounceOptions
    from handlers.announcements.cli.announcing import announce as run_announce

    asked = AnnounceOptions(audience, file, tuple(attach or ()), at, urgent=urgent, again=again)
    finish(run_announce(config, asked, dry_run=dry_run))

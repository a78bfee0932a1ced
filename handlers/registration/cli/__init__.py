"""The commands of registration: `rencontres invitations`, `import participants`, `organiser invite`, `role`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Commands, ConfigFile, ExistingFile, command_group, finish

commands = Commands()


@commands.offer("invitations", 50)
def invitations(
    config: ConfigFile = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the list here (CSV) instead of showing it.")
    ] = None,
    cards: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", file_okay=False, help="Draw a card for each person here (PNG), and eight to a sheet (PDF)."
        ),
    ] = None,
    renew: Annotated[
        str | None, typer.Option(metavar="REF", help="Only this person, whose earlier links and code end.")
    ] = None,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach/--keep-accounts",
            help="With --renew: take this person's accounts off, whoever uses them, or leave them.",
        ),
    ] = True,
) -> None:
    """Make links and codes for whoever has none yet.

    They are told once: the store keeps only their hashes."""
    from handlers.registration.cli.inviting import invite_people

    finish(invite_people(config, file=out, cards=cards, renew=renew, detach=detach))


imports = command_group("participants FILE: take in the selected people.")


@imports.command("participants")
def import_participants(
    file: ExistingFile,
    config: ConfigFile = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Import; without it, only what would happen is shown.")
    ] = False,
) -> None:
    """Take in selected people from a CSV or XLSX file.

    All of them or, if anything on any line is wrong, none."""
    from handlers.registration.cli.importing import import_people

    finish(import_people(config, file, apply=apply))


organisers = command_group("invite NAME: make someone an organiser.")


@organisers.command("invite")
def organiser_invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How they are called.")], config: ConfigFile = None
) -> None:
    """Make a link that works once, for a new organiser."""
    from handlers.registration.cli.inviting import invite_an_organiser

    finish(invite_an_organiser(config, name))


roles = command_group("give, take, list: what people are asked to do for the gathering.")
_Key = Annotated[str, typer.Argument(metavar="ROLE", help="The role's key, as `role list` shows it.")]
_Ref = Annotated[str, typer.Argument(metavar="REF", help="The person's ref in the list of participants.")]
_Scope = Annotated[
    str, typer.Argument(metavar="[SCOPE]", show_default=False, help="For what, of a role for a theme or the like.")
]


@roles.command("give")
def give_role(role: _Key, ref: _Ref, scope: _Scope = "", config: ConfigFile = None) -> None:
    """Give someone a role; they are told."""
    from handlers.registration.cli.roles import change_role

    finish(change_role(config, role, ref, scope, given=True))


@roles.command("take")
def take_role(role: _Key, ref: _Ref, scope: _Scope = "", config: ConfigFile = None) -> None:
    """Take a role from someone, with all that only it may read; they are told."""
    from handlers.registration.cli.roles import change_role

    finish(change_role(config, role, ref, scope, given=False))


@roles.command("list")
def list_roles(
    role: Annotated[str | None, typer.Argument(metavar="[ROLE]", show_default=False, help="Only this role.")] = None,
    config: ConfigFile = None,
) -> None:
    """Who has which role: role, scope, ref and name."""
    from handlers.registration.cli.roles import list_roles as show

    finish(show(config, role))


commands.offer_group("import", 110, imports)
commands.offer_group("organiser", 140, organisers)
commands.offer_group("role", 170, roles)

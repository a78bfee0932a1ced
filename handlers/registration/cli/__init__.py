"""The commands of registration: `rencontres invitations`, `import participants`, `organiser`, `role`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Apply, CommandGroup, Commands, ConfigFile, existing_file, finish

commands = Commands()


@commands.offer("invitations", 50)
def invitations(
    config: ConfigFile = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV file to write, instead of printing the list.")
    ] = None,
    cards: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Folder for cards to hand out: a PNG for each person, and a PDF with eight to a sheet.",
        ),
    ] = None,
    renew: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Person to invite again; earlier links and codes stop working."),
    ] = None,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach/--keep-accounts",
            help="With --renew: detach the person's accounts, in case somebody else uses them, or keep them.",
        ),
    ] = True,
    remind: Annotated[
        bool,
        typer.Option(
            "--remind", help="Create new links for everyone who has not joined; earlier ones work until one is used."
        ),
    ] = False,
    send: Annotated[
        bool,
        typer.Option("--send", help="Send them by e-mail to all who have an address and have not been sent one yet."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --send: say who would get one, and send none.")
    ] = False,
) -> None:
    """Create links and codes for people who have none yet.

    They are shown only once: the database keeps only hashes of them."""
    from handlers.registration.cli.inviting import invite_people

    if renew and remind:
        raise typer.BadParameter(
            "it goes with everybody who has not joined, --renew with one person", param_hint="--remind"
        )
    if dry_run and not send:
        raise typer.BadParameter("it goes with --send", param_hint="--dry-run")
    if send:
        if out or cards or renew or remind:
            raise typer.BadParameter(
                "it goes with --dry-run alone: letters are written as they leave", param_hint="--send"
            )
        from handlers.registration.cli.posting import post_invitations

        finish(post_invitations(config, dry_run=dry_run))
        return
    finish(invite_people(config, file=out, cards=cards, renew=renew, detach=detach, remind=remind))


imports = CommandGroup("Import the list of participants.")


@imports.offer("participants")
def import_participants(
    file: Annotated[Path, existing_file("List of participants.")],
    config: ConfigFile = None,
    apply: Apply = False,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADING=FIELD", help="What a column contains, like 'Adresse mail=email'."),
    ] = None,
    skipped: Annotated[list[str] | None, typer.Option("--skip", metavar="HEADING", help="Column to ignore.")] = None,
    private: Annotated[
        list[str] | None, typer.Option("--private", metavar="HEADING", help="Column to keep as a private field.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Accept all guesses, and keep unknown columns as private fields.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with a line of JSON that counts what was read.")] = False,
) -> None:
    """Import participants from a CSV, XLSX or ODS file.

    Prints what each column is taken for, and why. Anything uncertain must be settled with --map, --skip, --private or
    --yes."""
    from handlers.registration.cli.importing import ListAnswers, import_people

    said = ListAnswers(mapped or (), skipped or (), private or (), yes)
    finish(import_people(config, file, said, apply=apply, as_json=as_json))


organisers = CommandGroup("Invite, list or remove organisers.")


@organisers.offer("invite")
def organiser_invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new organiser.")], config: ConfigFile = None
) -> None:
    """Create a one-time link for a new organiser."""
    from handlers.registration.cli.inviting import invite_an_organiser

    finish(invite_an_organiser(config, name))


@organisers.offer("list")
def list_organisers(config: ConfigFile = None) -> None:
    """List the organisers, and those invited to become one.

    Prints reference, name, and the platforms they use, one person per line."""
    from handlers.registration.cli.organisers import list_organisers as show

    finish(show(config))


@organisers.offer("remove")
def remove_organiser(
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="Reference of the organiser, as `organiser list` shows it.")
    ],
    config: ConfigFile = None,
) -> None:
    """Take the organisers' role from a person. They are notified.

    If they were only invited, the invitation stops working. The last organiser cannot be removed."""
    from handlers.registration.cli.organisers import remove_organiser as remove

    finish(remove(config, ref))


roles = CommandGroup("Give, take away or list roles.")
_Key = Annotated[str, typer.Argument(metavar="ROLE", help="Key of the role, as `role list` shows it.")]
_Ref = Annotated[str, typer.Argument(metavar="REF", help="Reference of the person in the list of participants.")]
_Scope = Annotated[
    str,
    typer.Argument(metavar="SCOPE", show_default=False, help="Theme, territory or group to which the role is limited."),
]


@roles.offer("give")
def give_role(role: _Key, ref: _Ref, scope: _Scope = "", config: ConfigFile = None) -> None:
    """Give a person a role. They are notified."""
    from handlers.registration.cli.roles import change_role

    finish(change_role(config, role, ref, scope, given=True))


@roles.offer("take")
def take_role(role: _Key, ref: _Ref, scope: _Scope = "", config: ConfigFile = None) -> None:
    """Take a role away from a person. They are notified.

    Messages that only this role may read are deleted from their chats."""
    from handlers.registration.cli.roles import change_role

    finish(change_role(config, role, ref, scope, given=False))


@roles.offer("list")
def list_roles(
    role: Annotated[
        str | None, typer.Argument(metavar="ROLE", show_default=False, help="List only people with this role.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """List who has which role.

    Prints role, scope, reference, name and the role in words, one person per line."""
    from handlers.registration.cli.roles import list_roles as show

    finish(show(config, role))


commands.offer_group("import", 110, imports)
commands.offer_group("organiser", 140, organisers)
commands.offer_group("role", 145, roles)

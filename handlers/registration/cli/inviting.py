"""The work of `rencontres invitations` and `rencontres organiser invite`: links, codes and printable cards."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.progress import track

from bot.cli.console import CommandFailed, load, load_capabilities, opened, personal_data
from bot.cli.private_files import write_private
from bot.cli.terminal import err, out
from bot.config import appearance_store, setting_store
from bot.config.settings import Settings
from bot.content.branding import Branding
from bot.content.i18n import negotiate
from bot.content.texts import Reader
from bot.database.engine import Store, Transaction
from bot.files.folder import make_private
from bot.files.sheets import write_csv
from bot.membership import inviting
from bot.membership.inviting import Renewed
from bot.people import codes, participant_store
from bot.people.declared import Declared
from bot.people.invitations import Invitation
from handlers.registration.drawing import card_for, draw_card, print_cards
from handlers.registration.files import HEADINGS, rows
from handlers.registration.service import letter_facts
from handlers.registration.store import letter_texts

_SHEETS = "cards.pdf"
"""The file with all cards on sheets of A4. No person's own file ends so."""


async def invite_people(
    config: Path | None,
    *,
    file: Path | None,
    cards: Path | None,
    renew: str | None,
    detach: bool = True,
    remind: bool = False,
) -> bool:
    """Make invitations, write them to `file` (None: print them), and draw a card for each in the folder `cards`.

    Without `renew`, every invited person who has no invitation gets one. With `renew`, only the person with this ref
    gets a new invitation, and the person's accounts are detached unless `detach` is False. With `remind`, everyone who
    has not joined gets a further invitation; earlier ones work until one is used. Returns True. Raises CommandFailed,
    before anything is made, if files cannot be written, or if the links need the bot's name on Telegram and it is
    unknown.
    """
    settings = load(config)
    _check_places(file, cards)
    load_capabilities()  # one says where the gathering takes place
    async with opened(settings) as store:
        username = await _telegram_username(store, settings)
        if cards and not (username or settings.web.public_url or settings.discord.welcome_link):
            raise CommandFailed(
                "cards need a link: set up Telegram, a public_url, or Discord's server and welcome channel"
            )
        now = datetime.now(UTC)
        if renew:
            declared = personal_data()  # loads the capabilities: whoever loses an account reads where they can ask
            renewed = await store.transact(partial(_renew, declared, settings, renew, now, username, detach=detach))
            made = [renewed.invitation]
            _tell_accounts(renewed)
        else:
            make = inviting.invite_anew if remind else inviting.issue_invitations
            made = await store.transact(partial(make, settings=settings, now=now, bot_username=username))
        texts = await store.read(letter_texts)
        facts = await store.read(partial(letter_facts, settings=settings, now=now))
        branding = await store.read(partial(appearance_store.present, configured=settings.gathering.branding))
    if not made:
        err.print(
            "Everyone invited has joined."
            if remind
            else "Everyone invited already has an invitation; --renew REF replaces one, --remind adds one for each."
        )
        return True
    table = write_csv(rows(made, settings, texts, facts), HEADINGS)
    if file:
        write_private(file, table)
    else:
        out.print(table.decode("utf-8-sig"), end="")
    if cards:
        _draw(made, cards, settings, branding)
    err.print(f"{len(made)} created. They are not shown again: keep them safe, and give each one only to its owner.")
    return True


async def _renew(
    declared: Declared,
    settings: Settings,
    ref: str,
    now: datetime,
    username: str | None,
    tx: Transaction,
    *,
    detach: bool,
) -> Renewed:
    person = await participant_store.find_by_ref(tx, ref)
    if person is None:
        raise CommandFailed(f"nobody has the ref {ref}")
    keep = (
        ()
        if detach
        else [account.id for account in await participant_store.accounts_of(tx, person.id) if account.id is not None]
    )
    return await inviting.renew(tx, declared, settings, person, now, bot_username=username, keep=keep)


def _tell_accounts(renewed: Renewed) -> None:
    """Print which accounts were detached, and which still belong to the person."""
    for said, accounts in (("Detached", renewed.detached), ("Kept", renewed.stay)):
        for account in accounts:
            err.print(f"{said}: {account.platform} {account.name or account.native_id}")


def _check_places(file: Path | None, cards: Path | None) -> None:
    """Check that the files can be written. Raises CommandFailed if not.

    This is done before invitations are made, because they are shown only once.
    """
    if file and file.exists():
        raise CommandFailed(f"{file} already exists, and may hold invitations that are shown nowhere else")
    if cards:
        make_private(cards)
    for folder in (file.parent if file else None, cards):
        if folder and not os.access(folder, os.W_OK):
            raise CommandFailed(f"no files can be written to {folder}")


async def _telegram_username(store: Store, settings: Settings) -> str | None:
    username = await store.read(setting_store.telegram_username)
    if username is None and settings.telegram.token.get_secret_value():
        raise CommandFailed(
            "the links contain the bot's name on Telegram, which is not known yet: start «rencontres run» once first"
        )
    return username


def _draw(made: Sequence[Invitation], folder: Path, settings: Settings, branding: Branding) -> None:
    """Write each card as a picture, and all of them as sheets to print."""
    gathering, discord = settings.gathering, settings.discord
    cards = [
        card_for(
            invitation,
            Reader(negotiate([invitation.locale], gathering.locales), gathering.zone),
            welcome=discord.welcome_link,
            on_discord=bool(discord.token),
        )
        for invitation in made
    ]
    for invitation, card in track(zip(made, cards, strict=True), "Drawing cards", total=len(made), console=err):
        write_private(folder / f"{_file_name(invitation)}.png", draw_card(card, branding))
    if len(cards) > 1:  # a card made anew does not replace the sheets of all
        write_private(folder / _SHEETS, print_cards(cards, branding))


def _file_name(invitation: Invitation) -> str:
    """Return a file name for an invitation's card: its ref, or something similar followed by the id."""
    safe = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in invitation.ref)[:60]
    return safe if safe == invitation.ref else f"{safe}-{invitation.participant_id}"


async def invite_an_organiser(config: Path | None, name: str) -> bool:
    """Print the links, and the code for platforms without links, that make a new person an organiser."""
    settings = load(config)
    async with opened(settings) as store:
        username = await _telegram_username(store, settings)
        made = await store.transact(
            partial(
                inviting.invite_organiser, settings=settings, name=name, now=datetime.now(UTC), bot_username=username
            )
        )
    days = inviting.ORGANISER_LINK_KEPT.days
    err.print(f"For {made.person.name}, to be used once, within {days} days:")
    if made.telegram_link:
        out.print(f"Telegram: {made.telegram_link}")
    if made.page_link:
        out.print(f"In a browser: {made.page_link}")
    out.print(f"Code, to enter under /organiser: {codes.spell(made.code)}")
    return True

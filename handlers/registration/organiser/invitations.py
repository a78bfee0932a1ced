"""Screens to create invitations, each of which is shown only once.

Organisers get a file of missing invitations, a file that replaces all unused ones, or a new invitation for one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.config import setting_store
from bot.content.actions import base36
from bot.content.errors import existing
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.membership import accounts, invitation_store, inviting
from bot.membership.inviting import issue_invitations
from bot.people import participant_store
from bot.people.invitations import Invitation
from bot.people.naming import account_label, called
from bot.people.roster_columns import NAMES
from handlers.navigation.actions import BACK, AskToRenew, Renew
from handlers.navigation.layout import back_to
from handlers.navigation.tables import to_take_along
from handlers.registration.files import HEADINGS, rows
from handlers.registration.organiser.cards import CARDS
from handlers.registration.organiser.letter import LETTERS
from handlers.registration.organiser.posting import letter_buttons
from handlers.registration.service import letter_facts
from handlers.registration.store import letter_texts

routes = Routes()

_FILE_NAME = _("invitations.csv")
_REMAKE = _("Renew the unused ones")
_HEADINGS: Mapping[str, Span] = {
    **{column: NAMES[column] for column in ("ref", "given_name", "email")},
    "name": NAMES["name"],
    "language": NAMES["locale"],
    "text": _("text to send"),
    "telegram": _("Telegram link"),
    "code": _("code"),
    "page": _("page link"),
}
"""The columns of the file in words; the file from the shell keeps the column names for programs."""


@routes.press("oi", who=ORGANISER)
async def show_invitations(request: Request) -> Reply:
    """Show how many invitations are unused, and how many people have no invitation yet."""
    printed, unprinted = await invitation_store.counts(request.tx)
    make = (Button(_("Make the file"), print_invitations.to(), style="primary"),) if unprinted else ()
    cards = (CARDS,) if printed or unprinted else ()
    again = (Button(_REMAKE, remake.ask.to()),) if printed else ()
    about = (_("The file has each person's way in and a text to send, to that person alone."),) if unprinted else ()
    return reply(
        _(
            "Invitations made and not used yet: {printed}. Still to make: {unprinted}.",
            printed=printed,
            unprinted=unprinted,
        ),
        *about,
        buttons=(*await letter_buttons(request), *make, *cards, *again, LETTERS, BACK),
    )


@routes.press("oip", who=ORGANISER)
async def print_invitations(request: Request) -> Reply:
    """Create an invitation for each person without one, and return these in a file for a mail merge or for printing."""
    username = await setting_store.telegram_username(request.tx)
    made = await issue_invitations(request.tx, request.settings, request.now, bot_username=username)
    if not made:
        return reply(
            _("All invitations are made already. Have you lost the file? Those not used yet can be renewed."),
            buttons=(Button(_REMAKE, remake.ask.to()), BACK),
        )
    return await send_file(request, made)


async def _sure_to_remake(request: Request) -> Question | Reply:
    printed, _unprinted = await invitation_store.counts(request.tx)
    if not printed:
        return await show_invitations(request)
    return Question(
        _n(
            "Renew {count} invitation? The earlier one stops working at once.",
            "Renew {count} invitations? The earlier ones stop working at once.",
            printed,
        ),
        _("People who have not used theirs yet will need the new one. The others keep their way in."),
        yes=_("Renew them"),
        back=(Button(_("Back"), show_invitations.to()),),
    )


@routes.press("oir", who=ORGANISER, first=Asks("oiq", _sure_to_remake))
async def remake(request: Request) -> Reply:
    """Replace all unused invitations, and return the new ones as a file. The earlier ones stop working."""
    username = await setting_store.telegram_username(request.tx)
    invitations = await inviting.remake_unused(request.tx, request.settings, request.now, bot_username=username)
    return await send_file(request, invitations) if invitations else await show_invitations(request)


async def send_file(request: Request, made: Sequence[Invitation], *lines: Span, name: Text = _FILE_NAME) -> Reply:
    """Return new invitations in a file for a mail merge, which is shown only this once.

    The message begins with the number of invitations; then follow `lines`. `name` is the name of the file.
    """
    headings = [_HEADINGS[heading] for heading in HEADINGS]
    facts = await letter_facts(request.tx, request.settings, request.now)
    table = rows(made, request.settings, await letter_texts(request.tx), facts)
    named = frozenset(each.participant_id for each in made)
    return reply(
        _n("{count} invitation. Keep the file.", "{count} invitations. Keep the file.", len(made)),
        *lines,
        file=to_take_along(name, headings, table, request.reader, named),
        buttons=(Button(_("Invitations"), show_invitations.to()), BACK),
        fresh=True,
        secret=True,
    )


def kept_accounts(account_ids: Iterable[str]) -> str:
    """Return the ids of the accounts that stay linked, as a short text for the button `Renew`.

    Each id is written in base 36 after a «_».
    """
    return "".join(f"_{base36(int(account_id))}" for account_id in account_ids)


def read_kept(kept: str) -> Sequence[int]:
    """Return the account ids that `kept_accounts` encoded.

    Buttons of an earlier version have the ids in decimal digits, without «_».
    """
    ids = [part for part in kept.split("_") if part.isalnum() and len(part) < 12]
    return [int(part, 36) for part in ids] if kept.startswith("_") else [int(part) for part in ids if part.isdecimal()]


@routes.press(AskToRenew, who=ORGANISER)
async def ask_to_renew(request: Request, person_id: int, *, keep: tuple[str, ...] = ()) -> Reply:
    """Ask the organiser to confirm a new invitation for a person, and to select which accounts are detached.

    All accounts are selected except those in `keep`.
    """
    person = existing(await participant_store.find(request.tx, person_id))
    theirs = await participant_store.accounts_of(request.tx, person.id)
    fixed = [account for account in theirs if accounts.is_first_organisers(request.settings, account)]
    free = [account for account in theirs if account not in fixed]
    lines: list[Span] = [
        _("A new invitation for {name}? The earlier one stops working.", name=Strong(called(person))),
        _("Their open pages close. None of this can be undone."),
    ]
    if free:
        lines.append(_("Detach these accounts? Whoever uses one must enter the new code to come back."))
    lines += [
        _(
            "{account} is an organiser's in the configuration, so it stays: take it out there.",
            account=account_label(account, to_others=True),
        )
        for account in fixed
    ]
    options = tuple(Option(str(account.id), account_label(account, to_others=True)) for account in free)
    return reply(
        *lines,
        choice=Choice(
            choose_detached.to(person.id),
            options,
            selected=tuple(option.value for option in options if option.value not in keep),
            at_least=0,
            at_most=len(options),
            placeholder=_("Accounts to detach"),
        )
        if options
        else None,
        buttons=(
            Button(_("New invitation"), Renew(person.id, kept_accounts(keep)), style="primary"),
            *back_to(person.id),
        ),
    )


@routes.pick("oid", who=ORGANISER)
async def choose_detached(request: Request, detached: tuple[int, ...], person_id: int) -> Reply:
    """Ask for confirmation again, now with the accounts that the organiser selected."""
    theirs = await participant_store.accounts_of(request.tx, person_id)
    keep = tuple(str(account.id) for account in theirs if account.id not in detached)
    return await ask_to_renew(request, person_id, keep=keep)


@routes.press(Renew, who=ORGANISER)
async def renew(request: Request, person_id: int, kept: str) -> Reply:
    """Make a new invitation for a person, detach the selected accounts, and show the invitation once."""
    person = existing(await participant_store.find(request.tx, person_id))
    username = await setting_store.telegram_username(request.tx)
    keep = read_kept(kept)
    renewed = await inviting.renew(
        request.tx, request.declared, request.settings, person, request.now, bot_username=username, keep=keep
    )
    lines: list[Span] = [
        _("Here is {name}'s invitation. It will not be shown again.", name=called(person, "full")),
        *inviting.ways_in(renewed.invitation),
        *(_("Detached: {account}", account=account_label(account)) for account in renewed.detached),
        *(_("Still theirs: {account}", account=account_label(account)) for account in renewed.stay),
    ]
    shown = reply(*lines, buttons=back_to(person.id), fresh=True, secret=True)
    return replace(shown, view=replace(shown.view, all_about=person.id))  # it tells how they are called on platforms

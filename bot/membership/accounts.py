"""The accounts of a person: one more, one fewer. What is on its way follows; their other accounts are told of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.roles import Who
from bot.content.texts import Span, Strong, _
from bot.content.views import Button, View
from bot.content.ways import Way, buttons_to
from bot.conversation import dialogue_store, live_screen_store, shown_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import entrusted_store, link_code_store, participant_store, secret_store
from bot.people.naming import account_label
from bot.people.participants import Account, Participant


@dataclass(frozen=True, slots=True)
class ShowAccounts(Action):
    """Show someone their accounts."""

    code: ClassVar[str] = "ma"


MINE = Button(_("My accounts"), ShowAccounts())


async def attach(
    tx: Transaction, account: Account, participant_id: int, now: datetime, *, by: int | None = None
) -> Account:
    """Give an account to a person, and tell their other accounts, except the one with the id `by` that agreed to it."""
    before = await participant_store.accounts_of(tx, participant_id)
    attached = await participant_store.attach(tx, account, participant_id, now)
    assert attached.id is not None
    await delivery_store.send_held(tx, participant_id, attached.id, attached.platform, now)
    if all(each.id != attached.id for each in before):
        added = _("An account was added: {account}.", account=Strong(account_label(attached)))
        doubt = _("If it was not you, remove it in «My accounts» and write to the team.")
        others = [each for each in before if each.id != by]
        await _tell(tx, participant_id, others, View((added, doubt), (MINE, *buttons_to(Way.ASK))), now)
    return attached


async def come_in_by_page(tx: Transaction, person: Participant, now: datetime) -> None:
    """Someone who was invited opened their page: they are in, and who was invited to organise does from now on.

    An organiser's code is used up by it, and the link of their page, which held for a week, is theirs for good.
    """
    await participant_store.join(tx, person.id, now)
    if await secret_store.use_all(tx, person.id, "organiser", now):
        await participant_store.set_organises(tx, person.id, True)
        await secret_store.keep(tx, person.id, "page")


def is_first_organisers(settings: Settings, account: Account) -> bool:
    """Return whether config.toml names this account as a first organiser's, so that it could not stay removed."""
    return settings.organisers.includes(account.platform, account.native_id)


async def detach(
    tx: Transaction, participant_id: int, account_ids: Collection[int], now: datetime, *, by: int | None = None
) -> Sequence[Account]:
    """Take accounts from a person, so that they belong to nobody. Returns them.

    `by` is the id of the account from which this is done, if any.
    """
    accounts = await participant_store.accounts_of(tx, participant_id)
    gone = [account for account in accounts if account.id in account_ids]
    ids = [account.id for account in gone if account.id is not None]
    if not ids:
        return ()
    stay = [account for account in accounts if account not in gone]
    await outbox.leave_channels(tx, participant_id, ids, now)
    await participant_store.detach(tx, participant_id, ids, now)
    await link_code_store.forget_claims(tx, participant_id)
    leaves = by in ids and not stay
    await secret_store.revoke_unused(tx, participant_id, but_from=by if leaves or by not in ids else None)
    if any(account.is_page for account in gone):
        await secret_store.revoke(tx, participant_id, "session", *(() if leaves else ("page",)))
    for account in gone:
        await dialogue_store.end(tx, account.platform, account.chat)
    await live_screen_store.leave_all(tx, ids)
    await shown_screen_store.forget(tx, ids)
    await delivery_store.take_back(tx, ids, Who.FACILITATOR, now)
    await entrusted_store.take_back(tx, ids, now)
    if not stay:
        await delivery_store.hold(tx, participant_id, ids)
    lines: tuple[Span, ...] = tuple(
        _("An account was removed: {account}.", account=Strong(account_label(account))) for account in gone
    )
    doubt = _("If it was not you, write to the team.")
    others = [account for account in stay if account.id != by]
    await _tell(tx, participant_id, others, View((*lines, doubt), (*buttons_to(Way.ASK), MINE)), now)
    return gone


async def _tell(tx: Transaction, participant_id: int, accounts: Sequence[Account], view: View, now: datetime) -> None:
    """Tell each of these accounts, whichever of them messages usually go to."""
    for account in accounts:
        if not account.unreachable:
            await outbox.notify(tx, participant_id, view, now, asked=True, urgent=True, account_id=account.id)

"""Links accounts to a person and unlinks them, and notifies the person's other accounts.

An account is the person on one platform. Waiting messages are sent to a new account; an unlinked account gets no more
messages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.delivery_kinds import EVERYWHERE
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.roles import Who
from bot.content.texts import Span, Strong, _
from bot.content.views import Button, View
from bot.conversation import dialogue_store, display_store, live_screen_store, shown_screen_store
from bot.database.engine import Transaction
from bot.delivery import delivery_store, outbox
from bot.people import link_code_store, participant_store, role_messages_store, secret_store
from bot.people.naming import account_label
from bot.people.participants import Account, Participant


class ShowAccounts(Action, code="ma"):
    """The button that shows a person their own accounts."""


MINE = Button(_("My accounts"), ShowAccounts())


async def attach(
    tx: Transaction, account: Account, participant_id: int, now: datetime, *, by: int | None = None, told: bool = True
) -> Account:
    """Link an account to a participant, notify their other accounts, and return the account as stored.

    `by` is the id of the account on which the participant agreed to this, which is not notified. If `told` is False, or
    if the account was already linked to the participant, nobody is notified. Messages that waited because the
    participant had no account are sent now.
    """
    before = await participant_store.accounts_of(tx, participant_id)
    attached = await participant_store.attach(tx, account, participant_id, now)
    assert attached.id is not None
    await delivery_store.send_held(tx, participant_id, attached.id, attached.platform, now)
    if told and all(each.id != attached.id for each in before):
        added = _("An account was added: {account}.", account=Strong(account_label(attached)))
        doubt = _("If it was not you, remove it in «My accounts» and write to the team.")
        others = [each for each in before if each.id != by]
        await tell_accounts(tx, participant_id, others, View((added, doubt), (MINE, *buttons_to(EntryPoint.ASK))), now)
    return attached


async def come_in_by_page(tx: Transaction, person: Participant, now: datetime) -> None:
    """Set an invited person who opened their web page to «joined».

    A person who was invited as an organiser becomes an organiser. Their code then stops working, and the link of their
    page, which was valid for a week, never expires.
    """
    await participant_store.join(tx, person.id, now)
    if await secret_store.use_all(tx, person.id, "organiser", now):
        await participant_store.set_organises(tx, person.id, True)
        await secret_store.keep(tx, person.id, "page")


def is_first_organisers(settings: Settings, account: Account) -> bool:
    """Return whether config.toml says that an account belongs to a first organiser.

    Such an account is always linked again.
    """
    return settings.organisers.includes(account.platform, account.native_id)


async def detach(
    tx: Transaction,
    participant_id: int,
    account_ids: Collection[int],
    now: datetime,
    *,
    by: int | None = None,
    tell: bool = True,
) -> Sequence[Account]:
    """Unlink accounts from a participant, notify the participant's other accounts, and return the unlinked accounts.

    Accounts that are not linked to the participant are ignored; if none is linked, the result is (). `by` is the id of
    the account on which this was requested, which is not notified; None if there was no such account. If `tell` is
    False, no account is notified.

    The participant's unused codes and links stop working. Those requested on the account `by` keep working if `by`
    stays linked, or if no account does. Links to displays, by which one asks questions as the participant, stop working
    too. Messages meant for facilitators and organisers are deleted from the unlinked accounts. If no account is left,
    messages that wait for the participant are held until there is one.
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
    for account_id in ids:
        await secret_store.end_sessions_of(tx, account_id)
    if any(account.is_page for account in gone):
        await secret_store.revoke(tx, participant_id, "session", *(() if leaves else ("page",)))
    await display_store.close_own(tx, participant_id, now)
    for account in gone:
        await dialogue_store.end(tx, account.platform, account.chat)
    await live_screen_store.leave_all(tx, ids)
    await shown_screen_store.forget(tx, ids)
    await delivery_store.take_back(tx, ids, Who.FACILITATOR, now)
    await role_messages_store.take_back(tx, ids, now)
    if not stay:
        await delivery_store.hold(tx, participant_id, ids)
    lines: tuple[Span, ...] = tuple(
        _("An account was removed: {account}.", account=Strong(account_label(account))) for account in gone
    )
    doubt = _("If it was not you, write to the team.")
    others = [account for account in stay if tell and account.id != by]
    await tell_accounts(tx, participant_id, others, View((*lines, doubt), (*buttons_to(EntryPoint.ASK), MINE)), now)
    return gone


async def tell_accounts(
    tx: Transaction,
    participant_id: int,
    accounts: Sequence[Account],
    view: View,
    now: datetime,
    *,
    subject: str = "",
) -> None:
    """Send a message to each of these accounts of a participant, not only to the account that the participant prefers.

    If an account cannot be reached, its message is not sent to another account instead. `subject` names what the
    message is about, such as «browser:ID»; '' for no subject.
    """
    for account in accounts:
        if not account.unreachable:
            await outbox.notify(
                tx,
                participant_id,
                view,
                now,
                outbox.Telling.PRESSING_ANSWER,
                account_id=account.id,
                subject=subject,
                kind=EVERYWHERE,
            )

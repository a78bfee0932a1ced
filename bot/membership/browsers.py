"""Tells people that their page was opened in another browser, and what waits there until they confirm it.

Whoever has a personal link can open the page with it. Its owner learns of it on their other ways, an account or an
older browser, and closes it from there. Until the owner confirms it, what was confided before is not shown in it, it
gives out no way in and takes none away, nothing is erased for good from there, and its owner has no role in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.texts import Listing, Moment, Name, Span, Strong, Text, _
from bot.content.views import Button, View
from bot.conversation import display_store
from bot.database.engine import Transaction
from bot.membership import accounts
from bot.membership.accounts import MINE
from bot.people import attempt_store, browser_store, participant_store, secret_store
from bot.people.browser_store import Browser
from bot.people.naming import account_label
from bot.people.participants import Account

MOST_WARNINGS = 10
"""How many new browsers somebody is told of within ten minutes, lest who opens a stolen link on and on floods them."""
_FOR_CODE = _("This browser is new. This waits until you enter the code of your invitation.")
_FOR_PRESS = _("This browser is new. This waits until you press «It was me» elsewhere: {ways}.", ways="")
_WARNED = attempt_store.counted_action("told of browsers")


class ConfirmBrowser(Action, code="mbc"):
    """The button with which somebody says that it was they who opened their page in a `browser`."""

    browser: str


class CloseBrowser(Action, code="mbx"):
    """The button that closes somebody's page in one of their browsers; `browser` is its id."""

    browser: str


class EnterOwnCode(Action, code="mbe"):
    """The button that opens the form for the code of one's invitation, in a browser that waits for it."""


def name_of(browser: Browser) -> Span:
    """Return the name of a browser for its owner."""
    return Name(browser.name) if browser.name else _("a browser")


async def ways_beside(tx: Transaction, participant_id: int, browser: Browser, now: datetime) -> Sequence[Account]:
    """Return the accounts on which somebody can confirm a browser of theirs, as messages about it can reach these.

    Their page is one of them while it is open in another browser that they confirmed.
    """
    known = await participant_store.accounts_of(tx, participant_id)
    failed = await browser_store.not_told_on(tx, browser)
    open_in = await browser_store.of_person(tx, participant_id, now)
    elsewhere = any(other.owned and other.id != browser.id for other in open_in)
    return [
        account
        for account in known
        if account.id not in failed and (elsewhere if account.is_page else not account.unreachable)
    ]


async def tell_of(
    tx: Transaction, participant_id: int, browser: Browser, now: datetime, *, added: Account | None = None
) -> None:
    """Tell somebody on their other ways that their page was opened in a browser, and ask whether it was they.

    `added` is the account of their page if they had none before, None if they had. Of more than MOST_WARNINGS browsers
    at a time they are not told; the last message says so, and where all are listed. One of which no message reached
    them does not open by itself, unless they have no other account, nor an older browser, on which they could be told.
    """
    if await browser_store.is_on_its_way(tx, browser):
        return
    ways = await ways_beside(tx, participant_id, browser, now)
    if not ways and all(each.is_page for each in await participant_store.accounts_of(tx, participant_id)):
        await browser_store.set_told(tx, participant_id, browser.id, now)
    if not ways or await attempt_store.pause(tx, _WARNED, str(participant_id), now, tries=MOST_WARNINGS):
        return
    await attempt_store.count(tx, _WARNED, str(participant_id), now)
    since = Moment(browser.opened, "datetime")
    lines: list[Span] = []
    if added is not None:
        lines.append(_("An account was added: {account}.", account=Strong(account_label(added))))
    if browser.name:
        name = Strong(Name(browser.name))
        lines.append(_("Your page was opened in another browser ({browser}, {date}).", browser=name, date=since))
    else:
        lines.append(_("Your page was opened in another browser ({date}).", date=since))
    lines.append(_("Was it you? Until you say so, what you confided is not shown there."))
    if await attempt_store.pause(tx, _WARNED, str(participant_id), now, tries=MOST_WARNINGS):
        lines.append(
            _(
                "Your page keeps being opened elsewhere: «My accounts» lists the browsers; with a new"
                " code, the old link stops working."
            )
        )
    buttons = (
        # L10N: a button, the answer to «was it you?»
        Button(_("It was me"), ConfirmBrowser(browser.id), style="primary"),
        # L10N: a button, the answer to «was it you?»: it closes the page in that browser
        Button(_("It was not me"), CloseBrowser(browser.id), style="danger"),
        MINE,
    )
    warning = View(tuple(lines), buttons)
    await accounts.tell_accounts(tx, participant_id, ways, warning, now, subject=browser.subject)


async def tell_anew(tx: Transaction, participant_id: int) -> None:
    """Have a person be told of the next browsers, however many they were told of: they closed those."""
    await attempt_store.forget(tx, _WARNED, str(participant_id))


async def close_new(tx: Transaction, participant_id: int, *, but: str) -> None:
    """Close a person's page in every browser that they never confirmed, but the one with the id `but`, '' for none."""
    await secret_store.end(tx, await browser_store.never_confirmed(tx, participant_id, but=but))


async def take_back_ways_in(tx: Transaction, participant_id: int, since: datetime, now: datetime) -> bool:
    """End what somebody got who opened a person's page at an instant: codes, page links, and links to displays.

    Returns whether a code or a page link ended.
    """
    await display_store.close_own(tx, participant_id, now)
    return await secret_store.revoke_since(tx, participant_id, since)


async def must_be_owned(tx: Transaction, participant_id: int, browser: Browser | None, now: datetime) -> None:
    """Check that a person may give out a way in, take one away, or be erased, from a browser; None is any other place.

    Raises UserError in one that they never confirmed, though it opened by itself, if they can do it on another way.
    """
    if browser and not browser.owned and await ways_beside(tx, participant_id, browser, now):
        raise UserError(
            _("Nobody ever confirmed this browser: for this, press «It was me» elsewhere first."), buttons=(MINE,)
        )


def asks_about(view: View, browser: Browser) -> bool:
    """Return whether a message asks somebody whether it was they who opened their page in this browser."""
    confirms = ConfirmBrowser(browser.id).encode()
    return any(button.action and button.action.encode() == confirms for button in view.buttons)


def says_it_waits(view: View) -> bool:
    """Return whether a message is, or begins another one with, what `waiting_view` returns for any browser."""
    waits = (_FOR_CODE.message, _FOR_PRESS.message)
    return any(isinstance(line, Text) and line.message in waits for line in view.lines)


async def waiting_view(tx: Transaction, participant_id: int, browser: Browser, now: datetime) -> View:
    """Return what is read in place of what waits, in a browser that its owner has not confirmed."""
    ways = await ways_beside(tx, participant_id, browser, now)
    later: tuple[Span, ...] = ()
    if browser.opens and browser.opens > now:
        later = (_("Otherwise it opens by itself: {date}.", date=Moment(browser.opens, "datetime")),)
    if not ways:
        line = _FOR_CODE
        code = Button(_("Enter my code"), EnterOwnCode(), style="primary")
        return View((line, *later), (code,), confidential=True)
    # L10N: one of the places where somebody can confirm a new browser
    places = Listing(tuple(_("your older browser") if way.is_page else account_label(way) for way in ways))
    return View((replace(_FOR_PRESS, values={"ways": places}), *later), confidential=True)

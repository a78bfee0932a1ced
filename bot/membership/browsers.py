"""Tells people that their page was opened in another browser, and limits what it can do until they confirm it.

Anyone with a personal link can open the page. Its owner is told on their other accounts or older browsers, and can
close the new browser from there. Until the owner confirms the new browser, it does not show earlier confidential
messages, can change only what is declared for it (`bot.conversation.new_browsers`), and has none of its owner's roles.
If there is nobody to ask, a browser opens by itself after a day. It then can do all but three things: it has no role,
gives no way in, and confirms or closes no other browser.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.content.actions import Action
from bot.content.entry_points import EntryPoint, buttons_to
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
"""How many new browsers a person is told of within ten minutes, so that a stolen link cannot flood them."""
MOST_WARNINGS_A_DAY = 5 * MOST_WARNINGS
_FOR_CODE = _("This browser is new. To go on, enter the code of your invitation.")
_FOR_WAYS_IN = _("First confirm that it is you: enter the code of your invitation, or ask the team for one.")
_FOR_PRESS = _("This browser is new. To go on, press «It was me» elsewhere: {ways}.", ways="")
# L10N: for the team and facilitators, below a question or call made on a page in a browser that nobody confirmed
UNCONFIRMED = _("Page not confirmed: this may be somebody else.")
"""The line below what somebody asks the team or a facilitator for in a new browser."""
_WARNED = attempt_store.counted_action("told of browsers")


class ConfirmBrowser(Action, code="mbc"):
    """The button by which a person confirms that they opened their page in a certain browser themselves.

    `browser` is the id of the browser.
    """

    browser: str


class CloseBrowser(Action, code="mbx"):
    """The button that closes a person's page in one of their browsers; `browser` is the id of the browser."""

    browser: str


class EnterOwnCode(Action, code="mbe"):
    """The button that opens a form for the code of a person's own invitation, which confirms their new browser."""


def name_of(browser: Browser) -> Span:
    """Return the name of a browser as its owner reads it."""
    return Name(browser.name) if browser.name else _("a browser")


async def ways_beside(tx: Transaction, participant_id: int, browser: Browser | None) -> Sequence[Account]:
    """Return the accounts on which a person can be asked to confirm a new browser.

    The account of the person's page is one of them if the page is open in another browser that they confirmed.
    `browser` is the new browser; None for a new account on a platform that is not linked to the person yet.
    """
    ways = await browser_store.ways_beside(tx, participant_id, browser.id if browser else "")
    return await _accounts(tx, participant_id, ways)


async def _accounts(tx: Transaction, participant_id: int, ids: Collection[int]) -> Sequence[Account]:
    return [account for account in await participant_store.accounts_of(tx, participant_id) if account.id in ids]


async def tell_of(
    tx: Transaction, participant_id: int, browser: Browser, now: datetime, *, added: Account | None = None
) -> None:
    """Tell a person on their other accounts that their page was opened in a new browser, and ask whether it was they.

    `added` is the account of their page if they had no page before, otherwise None. Nothing is sent if the person has
    no other account, or got too many of these messages today or within ten minutes. The last message before the pause
    says that there are too many, and where all browsers are listed.
    """
    if await browser_store.is_on_its_way(tx, browser):
        return
    told = await browser_store.told_beside(tx, participant_id)  # one where the last message failed may get this one
    if not told or await attempt_store.pause(tx, _WARNED, str(participant_id), now, tries=MOST_WARNINGS):
        return
    if await browser_store.count_told(tx, participant_id, now - timedelta(days=1)) >= MOST_WARNINGS_A_DAY:
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
    ways = await _accounts(tx, participant_id, told)
    await accounts.tell_accounts(tx, participant_id, ways, warning, now, subject=browser.subject)


async def tell_of_untold(tx: Transaction, participant_id: int, now: datetime) -> Sequence[None]:
    """Tell a person of all new browsers of which no message could be sent to them before.

    Call this once messages reach one of their other accounts. The result is empty.
    """
    for browser in await browser_store.of_person(tx, participant_id, now):
        if browser.waits and browser.told is None:
            await tell_of(tx, participant_id, browser, now)
    return ()


async def tell_anew(tx: Transaction, participant_id: int) -> None:
    """Send messages about new browsers to a person again.

    They had stopped because there were many; the person has closed these browsers since.
    """
    await attempt_store.forget(tx, _WARNED, str(participant_id))


async def close_new(tx: Transaction, participant_id: int, now: datetime, *, but: str) -> None:
    """Close a person's page in every browser that they never confirmed, except `but`, and their links to displays.

    `but` is the id of a browser, '' for none.
    """
    await secret_store.end(tx, await browser_store.never_confirmed(tx, participant_id, but=but))
    await display_store.close_own(tx, participant_id, now)


async def take_back_ways_in(tx: Transaction, participant_id: int, since: datetime, now: datetime) -> bool:
    """End the codes and links that a stranger may have got who opened a person's page at the instant `since`.

    These are the person's codes and page links made since then, and all their links to displays. Returns True if a code
    or a page link was ended.
    """
    await display_store.close_own(tx, participant_id, now)
    return await secret_store.revoke_since(tx, participant_id, since)


def asks_about(view: View, browser: Browser | None = None) -> bool:
    """Return whether a message asks a person if they opened their page in a certain browser; None means any browser."""
    confirms = ConfirmBrowser(browser.id if browser else "").encode()
    return any(button.action and button.action.encode().startswith(confirms) for button in view.buttons)


def says_it_waits(view: View) -> bool:
    """Return whether a message says that something waits until a new browser is confirmed."""
    waits = (_FOR_CODE.message, _FOR_PRESS.message)
    return any(isinstance(line, Text) and line.message in waits for line in view.lines)


async def waiting_view(tx: Transaction, participant_id: int, browser: Browser) -> View:
    """Return the message that a browser shows in place of something that waits until its owner confirms the browser."""
    code = Button(_("Enter my code"), EnterOwnCode(), style="primary")
    if not browser.waits:
        return View((_FOR_WAYS_IN,), (code, *buttons_to(EntryPoint.ASK)))
    ways = await ways_beside(tx, participant_id, browser)
    if not ways:
        opens = browser.opens
        later = (
            (_("If you do nothing, everything is shown here: {date}.", date=Moment(opens, "datetime")),)
            if opens
            else ()
        )
        return View((_FOR_CODE, *later), (code,), confidential=True)
    # L10N: one of the places where somebody can confirm a new browser
    places = Listing(tuple(_("your older browser") if way.is_page else account_label(way) for way in ways))
    return View((replace(_FOR_PRESS, values={"ways": places}),), confidential=True)

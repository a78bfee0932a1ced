"""The screen «My accounts»: the person's accounts, removing one, and a new code or link for the time without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import Go, Request, Routes
from bot.delivery import outbox
from bot.membership import accounts, browsers, inviting
from bot.membership.accounts import MINE, ShowAccounts
from bot.people import browser_store, device_store, participant_store, secret_store
from bot.people.browser_store import Browser
from bot.people.device_store import Device
from bot.people.naming import account_label, called
from bot.people.participants import Account
from handlers.account.actions import NEW_WAY_IN, SETTINGS, NewWayIn
from handlers.account.participant.browsers import close_listed
from handlers.navigation.actions import ASK, HOME

routes = Routes()


@routes.press(ShowAccounts)
@routes.command(
    "comptes",
    _("Your accounts"),
    names={"en": "accounts", "de": "konten"},
    plain_words=_("accounts, my accounts, account, my account, my devices"),
)
async def show_accounts(request: Request) -> Reply:
    """Show the person's accounts, with buttons to remove each of them, to add another, and to get a new code."""
    mine = await participant_store.accounts_of(request.tx, request.participant.id)
    open_in = await browser_store.of_person(request.tx, request.participant.id, request.now)
    lines: list[Span] = [_("These are your accounts:")]
    lines += [_line(request, account, len(open_in)) for account in mine]
    lines += [_browser_line(request, browser) for browser in open_in]
    devices = await device_store.of_person(request.tx, request.participant.id)
    lines += [_device_line(device) for device in devices]
    return reply(
        *lines,
        _("Remove one that is not yours, or that you no longer use."),
        *await _ended_by_a_new_one(request),
        buttons=(
            *(Button(_remove_label(account), remove.ask.to(account.id or 0)) for account in mine),
            *(Button(_close_label(request, each, open_in), close_listed.to(each.id)) for each in open_in),
            *(Button(_("Turn off in {browser}", browser=_browser(each)), end_device.to(each.id)) for each in devices),
            Button(_("Add another account"), Go("lier")),
            NEW_WAY_IN,
            SETTINGS,
            HOME,
        ),
        again=ShowAccounts(),
    )


def _remove_label(account: Account) -> Text:
    # L10N: a button, a verb: remove one's personal page from one's accounts
    return _("Remove this page") if account.is_page else _("Remove {account}", account=account_label(account))


def _close_label(request: Request, browser: Browser, open_in: Sequence[Browser]) -> Text:
    """Return what the button says that closes one's page in a browser; two of the same name differ by their hours."""
    if request.browser and browser.id == request.browser.id:
        # L10N: a button, a verb: close one's page in the browser in which one reads this
        return _("Close here")
    name = browsers.name_of(browser)
    if sum(each.name == browser.name for each in open_in) > 1:
        # L10N: a button, a verb: close one's page in this browser, opened at that time
        return _("Close in {browser}, {time}", browser=name, time=Moment(browser.opened, "time"))
    # L10N: a button, a verb: close one's page in this browser
    return _("Close in {browser}", browser=name)


def _browser_line(request: Request, browser: Browser) -> Span:
    name, since = Strong(browsers.name_of(browser)), Moment(browser.opened, "datetime")
    if request.browser and browser.id == request.browser.id:
        # L10N: a browser in which one's page is open, and since when
        return _("Your page is open in {browser}, since {date}: this one", browser=name, date=since)
    return _("Your page is open in {browser}, since {date}", browser=name, date=since)


def _device_line(device: Device) -> Span:
    name, since = Strong(_browser(device)), Moment(device.since, "date")
    return _("Your page notifies you in {browser}, since {date}", browser=name, date=since)


def _browser(device: Device) -> Span:
    return Name(device.name) if device.name else _("a browser")


@routes.press("md")
async def end_device(request: Request, device: int) -> Reply:
    """Stop notifications in the browser with the id `device`. Raises Stale if it is not the person's own."""
    if not await device_store.end(request.tx, request.participant.id, device):
        raise Stale
    return replace(await show_accounts(request), toast=_("Noted."))


def _line(request: Request, account: Account, browsers: int) -> Span:
    label = Strong(account_label(account))
    since = Moment(account.linked or request.now, "date")
    if account.is_page:
        if account.id == request.account.id:
            return _n(
                "{account}, since {date}, the one you are using: open in {count} browser",
                "{account}, since {date}, the one you are using: open in {count} browsers",
                browsers,
                account=label,
                date=since,
            )
        return _n(
            "{account}, since {date}: open in {count} browser",
            "{account}, since {date}: open in {count} browsers",
            browsers,
            account=label,
            date=since,
        )
    if account.id == request.account.id:
        return _("{account}, since {date}, the one you are using", account=label, date=since)
    return _("{account}, since {date}", account=label, date=since)


async def _mine(request: Request, account_id: int) -> tuple[Account, bool]:
    """Return the person's account with this id, and whether it is their last one: a page that is open by it is none.

    Raises Stale for an account of somebody else, UserError for an organiser's account named in the configuration.
    """
    mine = await participant_store.accounts_of(request.tx, request.participant.id)
    account = existing(next((own_account for own_account in mine if own_account.id == account_id), None))
    if accounts.is_first_organisers(request.settings, account):
        raise UserError(
            _(
                "{account} is an organiser's in the configuration: only whoever hosts the bot can take it out.",
                account=account_label(account),
            ),
            buttons=(MINE, HOME),
        )
    beside = [each for each in mine if each.id != account_id]
    only_page = all(each.is_page for each in beside)
    return account, only_page and not await browser_store.is_open_beside(request.tx, request.participant.id, account_id)


async def _sure_to_remove(request: Request, account_id: int) -> Question:
    account, last = await _mine(request, account_id)
    lines: list[Span] = [_("Remove {account}?", account=Strong(account_label(account)))]
    has_way = last and await _way_back(request, account)
    if has_way:
        lines.append(_("It is your last account: your profile and your place are kept."))
        lines.append(_("To come back, use the code or the link you got here. Keep them."))
    elif last:
        lines.append(
            _(
                "It is your last account: your profile and your place are kept, but to come back you will need"
                " a new code or link."
            )
        )
        lines.append(
            _("Get them first, with «Get a new code», and keep them. Without them, only the team can invite you again.")
        )
    elif account.id == request.account.id:
        lines.append(_("It is the one you are using: you will go on with your other account."))
    elif account.is_page:
        lines.append(_("Every browser in which your page is open closes it, and its link stops working."))
    else:
        lines.append(_("I will no longer know who writes from there, nor send anything there."))
    if not last:
        lines.append(_("Codes and page links you were given before stop working: you can get new ones."))
    before = (NEW_WAY_IN,) if last and not has_way else ()
    return Question(*lines, yes=_("Remove it"), before=before, back=(MINE,))


@routes.press("mry", first=Asks("mr", _sure_to_remove))
async def remove(request: Request, account_id: int) -> Reply:
    """Remove one of the person's accounts, by its id, and notify the person on their other accounts."""
    account, last = await _mine(request, account_id)
    person = request.participant
    has_way = await _way_back(request, account)
    gone = (
        [each.id or 0 for each in await participant_store.accounts_of(request.tx, person.id)] if last else [account_id]
    )
    await accounts.detach(request.tx, person.id, gone, request.now, by=request.account.id)
    said = _("Removed: {account}. Your other accounts are told.", account=Strong(account_label(account)))
    if account.id != request.account.id:
        return reply(said, buttons=(MINE, NEW_WAY_IN, HOME), toast=_("Removed."))
    request.person = None
    if account.is_page:
        return reply(_("Removed: your page is closed."), _goes_on(last=last, has_way=has_way), toast=_("Removed."))
    return reply(
        _("Removed: this account is no longer {name}'s.", name=called(person)),
        _("To come back, enter a code: from another account of yours, or from the team."),
        buttons=(Button(_("Enter my code"), Go("code"), style="primary"),),
        toast=_("Removed."),
    )


async def _way_back(request: Request, account: Account) -> bool:
    """Return whether the person got a code or link from this account that still works after the account is removed."""
    return await secret_store.waits(request.tx, request.participant.id, from_account=account.id)


def _goes_on(*, last: bool, has_way: bool) -> Text:
    """Return the sentence that says how a person who removed the page they are using comes back."""
    if not last:
        return _("Go on with your other account.")
    if has_way:
        return _("To come back, use the code or the link you got here.")
    return _("To come back, ask the team for a new invitation.")


async def _ended_by_a_new_one(request: Request) -> tuple[Text, ...]:
    """Return the sentence that a new code replaces the present one; nothing if there is none, or in a new browser."""
    if request.here or not await secret_store.waits(request.tx, request.participant.id):
        return ()
    return (_("A new code replaces the code and the page link you have: they will stop working."),)


@routes.press(NewWayIn)
async def new_way_in(request: Request) -> Reply:
    """Create a new code and new links for the person and show them once; the earlier ones stop working.

    The person's page is closed in other unconfirmed browsers, because these were opened with the earlier code or links.
    """
    person, browser = request.participant, request.browser
    assert request.account.id is not None
    await browsers.close_new(request.tx, person.id, request.now, but=browser.id if browser else "")
    await outbox.refresh_pages(request.tx, person.id, request.now)
    invitation = await inviting.invite_oneself(request.tx, request.settings, person, request.account.id, request.now)
    view = View(
        (
            _("Here is your new way in. You see it only once: keep it to yourself."),
            *inviting.ways_in(invitation),
            _("The codes and page links you had before no longer work."),
        ),
        (MINE, ASK, HOME),
        secret=True,
        confidential=True,  # on the page, a browser that is new does not show it
    )
    return Reply(view, fresh=True)

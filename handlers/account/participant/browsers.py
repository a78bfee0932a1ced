"""The screens of the browsers in which a person's page is open: confirming one, by a press or code; closing one."""

from __future__ import annotations

from typing import ClassVar

from bot.content.errors import Stale, UserError
from bot.content.forms import Form, text
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Reply, reply
from bot.conversation.routes import Request, Routes, in_new_browser
from bot.delivery import outbox
from bot.membership import browsers
from bot.membership.accounts import MINE
from bot.membership.browsers import CloseBrowser, ConfirmBrowser, EnterOwnCode
from bot.people import browser_store, secret_store
from bot.people.browser_store import Browser
from handlers.account.actions import NEW_WAY_IN
from handlers.account.messages import TRIES, answer_code
from handlers.navigation.actions import ASK, HOME

routes = Routes()


class OwnCodeForm(Form):
    """The form for the code of the person's own invitation."""

    title: ClassVar[Text] = _("Your invitation")
    codes: ClassVar[bool] = True
    invitation: str = text(
        _("The code of your invitation"), max_length=40, hint=_("12 characters, for instance ABCD-EFGH-JKLM")
    )


_NOT_OPEN = _("Your page is no longer open there.")


async def wait_reply(request: Request, browser: Browser) -> Reply:
    """Return the reply to a request that an unconfirmed browser may not make.

    It is always a new message, because the existing messages are shown in other browsers too, where its button would
    close this browser.
    """
    view = await browsers.waiting_view(request.tx, request.participant.id, browser)
    return Reply(view, fresh=True)


@routes.waiting()
async def say_it_waits(request: Request) -> Reply:
    """Reply that a new browser must be confirmed, to a request that an unconfirmed browser may not make."""
    if request.unconfirmed is None:
        raise Stale
    return await wait_reply(request, request.unconfirmed)


@routes.press(ConfirmBrowser)
async def accept(request: Request, browser_id: str) -> Reply:
    """Store that the browser with this id is the person's own. An unconfirmed browser may not do this."""
    request.require_owner()
    return await _confirm(request, browser_id)


async def _confirm(request: Request, browser_id: str) -> Reply:
    browser = await browser_store.find(request.tx, request.participant.id, browser_id, request.now)
    if browser is None:
        raise UserError(_NOT_OPEN, buttons=(NEW_WAY_IN, MINE, HOME))
    person = request.participant
    await browser_store.confirm(request.tx, person.id, browser.id, request.now)
    await browsers.tell_of_untold(request.tx, person.id, request.now)
    await outbox.refresh_pages(request.tx, person.id, request.now)  # it shows at once what waited
    said = _("Confirmed: {browser} shows everything now.", browser=Strong(browsers.name_of(browser)))
    return reply(said, buttons=(MINE, HOME), toast=_("Noted."))


@routes.press(CloseBrowser)
@in_new_browser
async def close(request: Request, browser_id: str, *, unconfirmed: bool = True) -> Reply:
    """Close the person's page in one of their browsers. An unconfirmed browser can close only itself.

    `unconfirmed` is True for the button «It was not me». All other unconfirmed browsers are then closed too, because
    the same intruder may have opened them. If it is False, UserError is raised if the page is no longer open in the
    browser.
    """
    me, here = request.participant.id, request.browser.id if request.browser else ""
    if here == browser_id:
        unconfirmed = False
    else:
        request.require_owner()
    browser = await browser_store.find(request.tx, me, browser_id, request.now)
    if browser is None and not unconfirmed:
        raise UserError(_NOT_OPEN, buttons=(NEW_WAY_IN, MINE, HOME))
    sessions = await browser_store.sessions_in(request.tx, me, browser_id)
    others = await browser_store.never_confirmed(request.tx, me, but=here)
    opened_alike = unconfirmed and (browser is None or bool({*sessions} & {*others}))
    ended = {*sessions, *(others if opened_alike else ())}
    open_in = await browser_store.of_person(request.tx, me, request.now)
    oldest = min((each.opened for each in open_in if not each.confirmed), default=request.now)
    await secret_store.end(request.tx, ended)
    taken_back = False
    if ended & set(others):
        await browsers.tell_anew(request.tx, me)
        if unconfirmed:
            taken_back = await browsers.take_back_ways_in(request.tx, me, oldest, request.now)
    await outbox.refresh_pages(request.tx, me, request.now)
    closed = _("Your page is closed in {browser}.", browser=Strong(browsers.name_of(browser))) if browser else _NOT_OPEN
    said: list[Span] = [closed]
    if more := len(ended) - len(sessions):
        said.append(
            _n(
                "It is also closed in {count} other browser that you never confirmed.",
                "It is also closed in {count} other browsers that you never confirmed.",
                more,
            )
        )
    if taken_back:
        said.append(_("Codes and page links given out since then no longer work."))
    if here == browser_id:
        return reply(
            _("Your page is closed here. To open it again, use your link or your code; for a new one, ask the team."),
            toast=_("Closed."),
        )
    return reply(
        *said,
        _("Whoever has your link can open it again. Get a new code: then the old link stops working."),
        buttons=(NEW_WAY_IN, MINE, ASK, HOME),
        toast=_("Closed."),
    )


close_listed = routes.press("mby")(close.having(unconfirmed=False))
"""The button in the list of browsers that closes one of them, and no other."""


@routes.form(EnterOwnCode, OwnCodeForm)
@in_new_browser
async def enter_own_code(request: Request, form: OwnCodeForm) -> Reply:
    """Confirm this browser if its person types the code of their latest invitation and has no other way to confirm.

    People who can confirm it in another way, such as on a chat account, must do that, because an invitation's code and
    link may be stolen together. If this browser is already confirmed, the reply says so.
    """
    browser = request.unconfirmed
    if browser is None:
        return reply(_("Nothing is waiting in this browser: it shows everything."), buttons=(HOME,))
    if await browsers.ways_beside(request.tx, request.participant.id, browser):
        return await wait_reply(request, browser)

    async def find() -> Reply | None:
        secret = await secret_store.find(request.tx, "invitation", form.invitation, request.now)
        if secret is None or secret.participant_id != request.participant.id:
            return None
        if not await secret_store.is_latest(request.tx, secret):
            return None
        return await _confirm(request, browser.id)

    refusal = (_("This is not the code of your latest invitation."), TRIES)
    return await answer_code(request, find, again=EnterOwnCode(), refusal=refusal)

"""Asks organisers whether they sent the invitations they made, and when to remind people who do not use theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.texts import Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, NextStep, Request, Routes
from bot.membership import invitation_store
from handlers.navigation.actions import BACK, NotJoined
from handlers.navigation.confirming import confirm, confirmed
from handlers.registration.organiser.invitations import show_invitations

routes = Routes()

_SUBJECT = "invitations"
_ASK_AGAIN = "ask_whether_invitations_are_sent"
_LATER = timedelta(days=1)
_PATIENCE = timedelta(days=7)
"""How long after invitations were sent organisers are asked to remind people who have not used theirs."""


async def to_send(request: Request) -> int:
    """Return how many unused invitations were made after organisers last said that they had sent all invitations."""
    return await invitation_store.unused_since(request.tx, await _sent_at(request))


async def _sent_at(request: Request) -> datetime | None:
    """Return when organisers last said that all invitations are sent; None if they never did."""
    value = await confirmed(request, _SUBJECT)
    return from_micros(int(value)) if value else None


async def next_step(request: Request, by: datetime, unused: int) -> NextStep | None:
    """Return the organisers' next step about invitations: to send new ones, or to remind people; None if there is none.

    `by` is the instant by which people should have joined; `unused` is how many people were invited and did not join.
    """
    if made := await to_send(request):
        ask_again = await setting_store.get(request.tx, _ASK_AGAIN)
        if ask_again and request.now < from_micros(int(ask_again)):
            return None
        return NextStep(by, _made(made), _yes(made), beside=_NOT_YET)
    sent_at = await _sent_at(request)
    if sent_at is None or request.now < sent_at + _PATIENCE:
        return None
    line = _n(
        "{count} person has not used their invitation for {days} days",
        "{count} people have not used their invitations for {days} days",
        unused,
        days=(request.now - sent_at).days,
    )
    return NextStep(request.settings.gathering.closes, line, Button(_("Remind them"), NotJoined(0)))


def _made(count: int) -> Text:
    return _n("{count} invitation made: is it sent?", "{count} invitations made: are they sent?", count)


def _yes(count: int) -> Button:
    # L10N: a button: the invitations are sent
    return Button(_("Yes, sent"), say_sent.to(count), style="primary")


@routes.press("ois", who=ORGANISER)
async def ask_whether_sent(request: Request) -> Reply:
    """Ask the organiser whether the new invitations were sent; without new ones, show the screen of invitations."""
    made = await to_send(request)
    if not made:
        return await show_invitations(request)
    to_invitations = Button(_("Invitations"), show_invitations.to())
    return reply(Strong(_made(made)), buttons=(_yes(made), _NOT_YET, to_invitations, BACK))


@routes.press("oisy", who=ORGANISER)
async def say_sent(request: Request, count: int) -> Reply:
    """Store that the new invitations were sent. If their number is not `count` any more, ask again instead."""
    if await to_send(request) != count:
        return await ask_whether_sent(request)
    summary = _n("{count} invitation sent", "{count} invitations sent", count)
    return await confirm(request, _SUBJECT, str(to_micros(request.now)), summary)


@routes.press("oisn", who=ORGANISER)
async def say_not_yet(request: Request) -> Reply:
    """Show the screen of invitations, and do not ask again for a day whether the new invitations were sent."""
    await setting_store.put(request.tx, _ASK_AGAIN, str(to_micros(request.now + _LATER)))
    return await show_invitations(request)


# L10N: a button: the invitations are not sent yet
_NOT_YET = Button(_("Not yet"), say_not_yet.to())

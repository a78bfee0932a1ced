"""The screens for withdrawing («I am not coming»), which frees the place but keeps the profile, and for returning."""

from __future__ import annotations

from bot.content.errors import Stale
from bot.content.texts import Listing, Strong, Text, _
from bot.content.views import Button, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import Go, Request, Routes
from bot.delivery import notices, outbox
from bot.people import participant_store
from bot.people.naming import called
from handlers.account.actions import SETTINGS
from handlers.groups.service.membership import groups_to_come
from handlers.navigation.actions import ASK, HOME
from handlers.themes.messages import PLACE_FOUND
from handlers.themes.service import may_choose_theme

routes = Routes()


COMING_AFTER_ALL = Button(_("I am coming after all"), Go("revenir"), style="primary")


async def offer_return(request: Request) -> View:
    """Return, for the home screen, the button by which a person who withdrew takes part again.

    The View is empty for anybody else.
    """
    if request.participant.status != "withdrawn":
        return View(())
    return View(
        (_("You told us that you are not coming. If that changes, come back: your profile is kept."),),
        (COMING_AFTER_ALL,),
    )


async def has_left(request: Request) -> bool:
    """Return whether the person has withdrawn, which means that they said they do not come."""
    return request.participant.status == "withdrawn"


async def may_leave(request: Request) -> bool:
    """Return whether the person can withdraw: they take part in the gathering, and it is not over."""
    person = request.participant
    return person.attends and person.joined and not request.gathering_is_over


@routes.answers_to(
    _(
        "I am not coming, I am not coming any more, I'm not coming, I cannot come, I can not come, I can't come,"
        " I cannot come any more"
    )
)
async def ask_who_says_so(request: Request) -> Reply:
    """Ask for confirmation after a participant wrote a sentence such as «I cannot come»."""
    return await leave.ask(request)


async def _sure_to_leave(request: Request) -> Question:
    if not (request.participant.attends and request.participant.joined):
        raise Stale
    return Question(
        _("You are not coming any more? Your place and theme go to the next person. Your profile is kept."),
        yes=_("Yes, I give up my place"),
        back=(Button(_("No, I am coming"), Go("moi")),),
    )


@routes.press("lvy", first=Asks("lv", _sure_to_leave))
async def leave(request: Request) -> Reply:
    """Withdraw the participant: give away their place, take them out of coming groups, and notify the organisers."""
    person = request.participant
    if not person.attends:
        raise Stale
    if person.joined:
        groups = await groups_to_come(request.tx, person.id, request.now)
        await request.declared.leave(request.tx, person, request.now, quiet=True)
        await participant_store.set_status(request.tx, person.id, "withdrawn")
        name = Strong(called(person, "full"))
        if groups:
            was_in = Listing(tuple(groups.values()))
            said = _("{name} is not coming any more and leaves {groups}.", name=name, groups=was_in)
            await _spread(request, said, Button(_("Groups"), Go("groupes")))
        else:
            await _spread(request, _("{name} is not coming any more.", name=name))
    return reply(
        _("Thank you for telling us: someone else gets your place. If that changes, come back."),
        buttons=(Button(_("I am coming after all"), Go("revenir")), HOME),
        toast=_("Already done.") if not person.joined else _("Noted."),
    )


@routes.press("sr")
async def resume(request: Request) -> Reply:
    """Let the bot send all messages to the person again, which they had stopped."""
    await participant_store.set_stopped(request.tx, request.participant.id, False)
    return reply(_("You get messages again from now on."), buttons=(SETTINGS, HOME), toast=_("Noted."))


STOPPED = _("You stopped the messages.")
GET_MESSAGES_AGAIN = Button(_("Get messages again"), resume.to())

NOT_COMING = Button(_("I am not coming"), leave.ask.to())
"""The button that asks whether the person really withdraws."""


@routes.command("revenir", _("Come after all"), names={"en": "return", "de": "zurueck"}, linkable=False)
async def come_back(request: Request) -> Reply:
    """Let a person who withdrew take part again, and notify the organisers. They must choose a theme again.

    A person who has not withdrawn is told that they are expected, or how to get messages again, and nobody is notified.
    """
    request.require_owner()
    person = request.participant
    if person.status != "withdrawn" and person.stopped:
        return reply(STOPPED, buttons=(GET_MESSAGES_AGAIN, HOME))
    if person.status != "withdrawn":
        return reply(_("We are already expecting you."), buttons=(HOME,))
    await notices.not_too_often(request.tx, request.settings, person, request.now)
    await participant_store.set_status(request.tx, person.id, "joined")
    await _spread(request, _("{name} is coming after all.", name=Strong(called(person, "full"))))
    if not await may_choose_theme(request.tx, request.now):
        back = _("Good to have you back, {name}.", name=called(person, "given"))
        return reply(back, PLACE_FOUND, buttons=(ASK, HOME))
    return reply(
        _("Good to have you back, {name}. Choose your theme again: someone may have your former place.",
          name=called(person, "given")),
        buttons=(Button(_("Choose a theme"), Go("theme"), style="primary"), HOME),
    )  # fmt: skip


async def _spread(request: Request, said: Text, *buttons: Button) -> None:
    person = request.participant
    await outbox.refresh_membership(request.tx, person.id, request.now)
    await outbox.notify_organisers(
        request.tx, View((said,), buttons), request.now, outbox.Telling.NEWS, but=person.id, about=person.id
    )

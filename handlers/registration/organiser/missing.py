"""Screens about people who have not joined, who can be written to by mail, and people without a theme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.content.errors import UserError
from bot.content.texts import Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, NextStep, Preparation, Request, Routes
from bot.delivery import outbox
from bot.membership.inviting import invite_anew
from bot.people import presence_store
from handlers.navigation import people_store
from handlers.navigation.actions import BACK, NotJoined
from handlers.navigation.layout import as_buttons, paged
from handlers.registration.organiser import posting, sending
from handlers.registration.organiser.cards import CARDS_WITHOUT_ADDRESS
from handlers.registration.organiser.importing import take_list
from handlers.registration.organiser.invitations import send_file, show_invitations
from handlers.themes.actions import ShowThemes
from handlers.themes.model import choosing_is_open
from handlers.themes.store import theme_deadline

routes = Routes()

_MOVE_DEADLINE = Button(_("Themes"), ShowThemes())
"""The button to the screen on which the deadline for choosing themes is changed."""
_REMINDED = "themes_reminded_at"
_REST = timedelta(days=1)
_AHEAD = timedelta(days=21)
"""How long before the deadline organisers are reminded of people who have not joined or have no theme."""


async def count_people(request: Request) -> View:
    """Return the organisers' home screen's part that tells how many people joined.

    It has a button to the people who did not join, and one to the people without a theme.
    """
    people = await people_store.turnout(request.tx)
    lines: list[Span] = []
    if people.selected:
        lines.append(_("Joined: {joined} of {selected}.", joined=Strong(people.joined), selected=people.selected))
    if people.withdrawn:
        lines.append(_("Not coming: {withdrawn}.", withdrawn=people.withdrawn))
    buttons: list[Button] = []
    if people.invited:
        buttons.append(Button(_("Not joined: {count}", count=people.invited), NotJoined(0)))
    if people.undecided:
        buttons.append(Button(_("Without a theme: {count}", count=people.undecided), not_chosen.to(0)))
    return View(tuple(lines), tuple(buttons))


async def people_to_reach(request: Request) -> Sequence[NextStep]:
    """Return the steps that organisers should take next to reach people, until the gathering begins.

    The steps are to import a list, to send invitations, and to write to people who have not joined or have no theme.
    """
    gathering = request.settings.gathering
    if request.now >= gathering.opens:
        return ()
    people = await people_store.turnout(request.tx)
    invites = gathering.registration == "invited"
    if invites and not people.selected:
        return (NextStep(request.now, _("Nobody is on the list yet"), Button(_("Import a list"), take_list.to())),)
    deadline = await theme_deadline(request.tx)
    by = deadline if deadline and request.now < deadline < gathering.opens else gathering.opens
    steps: list[NextStep] = []
    if invites and people.uninvited:
        post = await posting.to_post(request)
        # By letter, those whose letter waits are not counted.
        if count := len(post.people) if request.settings.sends_letters else people.uninvited:
            line = _n("{count} invitation to send", "{count} invitations to send", count)
            ahead = posting.SEND if post.people else Button(_("Make the invitations"), show_invitations.to())
            steps.append(NextStep(by, line, ahead))
        if count := len(post.without_address):
            line = _n(
                "{count} person without an address: their card", "{count} people without an address: their cards", count
            )
            steps.append(NextStep(by, line, CARDS_WITHOUT_ADDRESS))
    if invites:
        steps += await posting.letters_that_came_back(request, by)
    unused = people.invited - people.uninvited
    step = await sending.next_step(request, by, unused) if invites and unused else None
    steps += [step] if step else []
    if request.now < by - _AHEAD:
        return steps
    if people.undecided and choosing_is_open(deadline, request.now) and not await _reminded_lately(request):
        line = _n("{count} person without a theme", "{count} people without a theme", people.undecided)
        steps.append(NextStep(by, line, Button(_("Without a theme"), not_chosen.to(0))))
    if unused and not step:  # nothing that is done here ends it: it gives way to all else
        line = _n("{count} person has not joined yet", "{count} people have not joined yet", unused)
        # L10N: a button: the people who have not come in
        steps.append(NextStep(gathering.closes, line, Button(_("Not joined"), NotJoined(0))))
    return steps


async def _list_is_there(request: Request) -> bool:
    return _everybody_may_come(request) or (await people_store.turnout(request.tx)).selected > 0


async def _all_are_invited(request: Request) -> bool:
    people = await people_store.turnout(request.tx)
    if _everybody_may_come(request):
        return True
    return people.selected > 0 and not people.uninvited and not (people.invited and await sending.to_send(request))


def _everybody_may_come(request: Request) -> bool:
    return request.settings.gathering.registration == "open"


TO_PREPARE = (
    # L10N: what organisers prepare: the list of the selected people
    Preparation(20, "list", _("The list"), _list_is_there, take_list.to()),
    Preparation(
        30,
        "invitations",
        _("Invitations"),
        _all_are_invited,
        sending.ask_whether_sent.to(),
        also=(show_invitations.to(),),
    ),
)


@routes.press(NotJoined, who=ORGANISER)
async def not_joined(request: Request, page: int) -> Reply:
    """Show a page of the people who have not joined, with a button for a file of all of them."""
    people = await people_store.not_joined(request.tx)
    if not people:
        return reply(_("Everyone selected has joined."), buttons=(BACK,))
    shown, pages = paged(people, page, NotJoined)
    return reply(
        _n("{count} person has not joined.", "{count} people have not joined.", len(people)),
        _("A bot cannot write to them first: take the file and write by e-mail."),
        buttons=(
            Button(_("File for mail merge"), not_joined_file.to(), style="primary"),
            *as_buttons(shown),
            *pages,
            BACK,
        ),
    )


@routes.press("ojf", who=ORGANISER)
async def not_joined_file(request: Request) -> Reply:
    """Return a file for reminding everyone who has not joined, with a new invitation for each.

    Earlier invitations of these people stay valid.
    """
    username = await setting_store.telegram_username(request.tx)
    made = await invite_anew(request.tx, request.settings, request.now, bot_username=username)
    if not made:
        return await not_joined(request, 0)
    said = _("Each line has a new way in. Until one is used, the earlier ones work too.")
    return await send_file(request, made, said, name=_("not-joined.csv"))


@routes.press("on", who=ORGANISER)
async def not_chosen(request: Request, page: int) -> Reply:
    """Show a page of the people without a theme, with a button to remind them unless they were reminded within a day.

    After the deadline there is a button to move the deadline instead.
    """
    people = await people_store.not_chosen(request.tx)
    if not people:
        return reply(_("Everyone who joined has a theme."), buttons=(BACK,))
    lines: list[Span] = [_n("{count} person has no theme yet.", "{count} people have no theme yet.", len(people))]
    first: tuple[Button, ...] = ()
    if not choosing_is_open(await theme_deadline(request.tx), request.now):
        lines.append(_("The deadline has passed: open each person to give them a theme, or move the deadline."))
        first = (_MOVE_DEADLINE,)
    elif last := await _reminded_lately(request):
        lines.append(_reminded(last))
    else:
        first = (Button(_("Remind them"), remind.ask.to(), style="primary"),)
    shown, pages = paged(people, page, not_chosen.to)
    return reply(*lines, buttons=(*first, *as_buttons(shown), *pages, BACK))


async def _sure_to_remind(request: Request) -> Question | Reply:
    await _may_remind(request)
    reachable, unreachable = await _counts(request)
    question = _n("Remind {count} person to choose a theme?", "Remind {count} people to choose a theme?", reachable)
    lines = (question, _unreachable(unreachable)) if unreachable else (question,)
    if not reachable:
        return reply(*lines, buttons=(BACK,))
    return Question(*lines, yes=_("Send the reminder"), style="primary", back=(BACK,))


@routes.press("ony", who=ORGANISER, first=Asks("onr", _sure_to_remind))
async def remind(request: Request) -> Reply:
    """Remind everyone without a theme to choose one, outside quiet hours.

    Raises UserError after the deadline, or if people were reminded less than a day ago.
    """
    await _may_remind(request)
    reachable, unreachable = await _counts(request)
    message = await _reminder(request)
    people = [person.id for person in await people_store.not_chosen(request.tx) if person.reachable]
    awake = await presence_store.awake_at(request.tx, people, request.settings.gathering.hours, request.now)
    await outbox.notify_many(
        request.tx, people, message, request.now, outbox.Telling.NEWS, topic="reminders", due=awake
    )
    await setting_store.put(request.tx, _REMINDED, str(to_micros(request.now)))
    lines: list[Span] = [_n("{count} reminder is on its way.", "{count} reminders are on their way.", reachable)]
    if unreachable:
        lines.append(_unreachable(unreachable))
    return reply(*lines, buttons=(BACK,), toast=_("Sent."))


async def _may_remind(request: Request) -> None:
    """Raise UserError if the deadline for themes has passed, or the last reminder is less than a day old."""
    if not choosing_is_open(await theme_deadline(request.tx), request.now):
        raise UserError(_("The deadline for themes has passed. Move it first."), buttons=(_MOVE_DEADLINE, BACK))
    if last := await _reminded_lately(request):
        raise UserError(_reminded(last), buttons=(BACK,))


async def _reminded_lately(request: Request) -> datetime | None:
    """Return when people without a theme were last reminded, if that is less than a day ago; else None."""
    reminded = await setting_store.get(request.tx, _REMINDED)
    last = from_micros(int(reminded)) if reminded else None
    return last if last and request.now < last + _REST else None


def _reminded(last: datetime) -> Text:
    return _("They were reminded on {date}. Once a day is enough.", date=Moment(last))


async def _counts(request: Request) -> tuple[int, int]:
    people = await people_store.not_chosen(request.tx)
    reachable = sum(person.reachable for person in people)
    return reachable, len(people) - reachable


def _unreachable(count: int) -> Span:
    return _n(
        "{count} person cannot be written to: they blocked the bot or want no messages.",
        "{count} people cannot be written to: they blocked the bot or want no messages.",
        count,
    )


async def _reminder(request: Request) -> View:
    deadline = await theme_deadline(request.tx)
    until = (_("You can choose until {deadline}.", deadline=Moment(deadline)),) if deadline else ()
    return View(
        (_("You have not chosen your theme yet."), *until),
        (Button(_("Choose a theme"), Go("theme"), style="primary"),),
    )

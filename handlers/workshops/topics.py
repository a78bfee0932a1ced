"""Answers people's typed questions about a phase: how long it lasts, and what it asks."""

from __future__ import annotations

from bot.content.texts import Moment, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Go, Request
from bot.conversation.topics import Topic
from handlers.themes.service import may_choose_theme
from handlers.themes.store import theme_deadline
from handlers.workshops.messages import SHOW_PHASE, phase_title, time_left
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import latest_run_of_person


async def tell_deadline(request: Request, _text: str) -> Reply:
    """Tell until when the phase of the person's group lasts or, between phases, until when themes can be chosen.

    If there is neither, show what is next in the programme, because «when is the workshop» also asks for that. The
    words of the question (`_text`) do not matter.
    """
    run = await latest_run_of_person(request.tx, request.participant.id)
    phase = await find_phase(request.tx, run.phase) if run else None
    if run and phase and run.open and not request.gathering_is_over:
        return reply(Strong(phase_title(phase)), time_left(run), buttons=(SHOW_PHASE,))
    deadline = await theme_deadline(request.tx)
    if deadline is not None and request.participant.takes_part and await may_choose_theme(request.tx, request.now):
        themes = Button(_("My theme"), Go("theme"))
        return reply(_("Themes can be chosen until {deadline}.", deadline=Moment(deadline)), buttons=(themes,))
    return reply(_("No phase is running in your group now."), then=Go("programme"))


DEADLINE = Topic(
    "deadline",
    # L10N: long
    _(
        "how long, how long left, how long we have, how long phase, how much time, time left, how much time left, how"
        " much longer, much longer, minutes left, how many minutes, more minutes, until when, till when, deadline,"
        " when close, closes, phase end/ends/over/close, end of phase, workshop end/over, when thing end, when end,"
        " when over phase/workshop, time limit, cutoff, cut off, hand in, submit until/when, when due, due, still"
        " send/submit/add/time, too late to send/add/submit, late idea/ideas, extension, extend, few more minutes,"
        " more time, countdown, timer, time remaining, is it over, how long does"
    ),
    _("How much time is left"),
    tell_deadline,
)


async def tell_task(_request: Request, _text: str) -> Reply:
    """Show the phase of the person's group, with its task, whatever the question (`_text`) says exactly."""
    return reply(then=Go("phase"))


TASK = Topic(
    "task",
    # L10N: long
    _(
        "the question, what is the question, question again, don't understand the question, the task, what is the"
        " task, the exercise, the instructions, what is asked, what do you want us to write, what should we write"
    ),
    _("What this phase asks you to do"),
    tell_task,
    about="questions",
)

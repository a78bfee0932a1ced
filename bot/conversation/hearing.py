"""Decides what words become that no command, no question and no screen takes: the one place where that is decided.

Distress comes first. Then listeners are asked stage by stage (`bot.conversation.listening.Stage`): who is sure takes
the words. Where several may be meant, or a cry is weak, their writer is asked, and the words wait meanwhile where the
alarm keeps them. So nobody has to type anything again, and nothing is taken that was not meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.texts import Span, _
from bot.content.views import Reply, View
from bot.conversation.listening import Cry, Heard, Listener, Offer, Stage, Words
from bot.conversation.routes import ANYONE, Request, Routes

routes = Routes()

_MOST_OFFERED = 3
"""How many things a question names at most."""


class TakeWords(Action):
    """The button that says what waiting words are: the listener with the key `listener` takes them."""

    code: ClassVar[str] = "lk"
    listener: str
    number: int


class ItIsMyAnswer(Action):
    """The button that says that waiting words are an answer after all: to the question at the position `field`."""

    code: ClassVar[str] = "la"
    field: int
    number: int


class ItIsMyEdit(Action):
    """The button that says that waiting words are the new text of a message, given by its native id, after all."""

    code: ClassVar[str] = "le"
    message: str
    number: int


def heard_in(request: Request, text: str) -> Cry | None:
    """Return what the alarm hears in a text; None for nothing, or where no capability has an alarm.

    What was scored before the transaction is not scored again.
    """
    if request.alarm is None or not text:
        return None
    return request.alarm.listen(text, likelihood_of(request, text))


def likelihood_of(request: Request, text: str) -> Mapping[str, float]:
    """Return how likely a text is of each kind, scored once for each text of an update."""
    if text not in request.scored:
        request.scored[text] = request.score(text)
    return request.scored[text]


async def decide(request: Request, text: str) -> Reply | None:
    """Give words to the listener they are for, or ask their writer. Returns None where no listener hears them."""
    cry = heard_in(request, text)
    if request.alarm and cry and cry.sure:
        return await request.alarm.ask(request, text, cry, await offers_beside(request, text))
    words = Words(text, request.locale, likelihood_of(request, text))
    heard = [
        (listener, found)
        for listener in request.listeners
        if (found := await listener.hear(request, words)) is not None
    ]
    sure = [(listener, found) for listener, found in heard if found.sure]
    taker = _taker(sure)
    if taker and taker.stage is Stage.TEAM and len(heard) > len(sure):
        taker = None  # it hears anything: what else the words may be is asked, and none is lost for another
    if taker and not cry:
        return await taker.take(request, text)
    if not heard and not cry:
        return None
    ranked = sorted(heard, key=lambda pair: (pair[0].stage is Stage.TEAM, not pair[1].sure, -pair[1].weight))
    offers = [offer(listener, found) for listener, found in ranked]
    if request.alarm is None or request.person is None:
        return await (taker or ranked[0][0]).take(request, text) if heard else None
    if cry:
        return await request.alarm.ask(request, text, cry, offers[: _MOST_OFFERED - 1])
    return await request.alarm.ask_which(request, text, offers[:_MOST_OFFERED])


def _taker(sure: Sequence[tuple[Listener, Heard]]) -> Listener | None:
    """Return who takes words unasked: who is sure first, unless what takes any words now is sure of them as well."""
    if not sure:
        return None
    first = sure[0][0]
    claimed = any(listener.stage is Stage.OPEN for listener, _found in sure)
    return None if claimed and first.stage < Stage.OPEN else first


def offer(listener: Listener, found: Heard) -> Offer:
    """Return the offer that a listener takes the words in which it heard something."""
    return Offer(found.button, _action(listener.key))


def _action(key: str) -> Callable[[int], Action]:
    return lambda number: TakeWords(key, number)


async def offers_beside(request: Request, text: str, but: str = "") -> Sequence[Offer]:
    """Return the offers that stand beside a cry or a confidence: what takes any words now, such as a phase.

    `but` is the key of a listener that is left out.
    """
    words = Words(text, request.locale, likelihood_of(request, text))
    return [
        offer(listener, replace(found, sure=False))
        for listener in request.listeners
        if listener.stage is Stage.OPEN
        and listener.key != but
        and (found := await listener.hear(request, words)) is not None
    ]


async def ask_what_else(request: Request, text: str, but: str, became: Span) -> Reply:
    """Ask what words are that the listener with the key `but` had taken, which was wrong.

    `became` says what became of them. What hears any words is always among what is offered.
    """
    if request.alarm is None:
        return Reply(View((became,)))
    words = Words(text, request.locale, likelihood_of(request, text))
    heard = [
        (listener, found)
        for listener in request.listeners
        if listener.key != but and (found := await listener.hear(request, words)) is not None
    ]
    if len(heard) >= _MOST_OFFERED:
        heard = [*heard[: _MOST_OFFERED - 2], heard[-1]]
    offers = [offer(listener, found) for listener, found in heard]
    asked = await request.alarm.ask(request, text, heard_in(request, text) or Cry(sure=False), offers)
    # Instead of the line that nobody was shown the words, which is not so here.
    lines = (became, *asked.view.lines[1:])
    buttons = {button.action.encode(): button for button in reversed(asked.view.buttons) if button.action}
    return replace(asked, view=replace(asked.view, lines=lines, buttons=tuple(reversed(buttons.values()))))


async def kept(request: Request, number: int) -> str:
    """Return the words that wait under a number for the person who asks. Raises UserError if they are gone."""
    text = await request.alarm.kept(request, number) if request.alarm else None
    if text is None:
        raise UserError(_("These words are not kept any more, and went nowhere. Write them again, if you want."))
    return text


@routes.action(TakeWords, who=ANYONE)
async def take_words(request: Request, action: TakeWords) -> Reply:
    """Give waiting words to the listener whose button was pressed."""
    text = await kept(request, action.number)
    listener = next((each for each in request.listeners if each.key == action.listener), None)
    if listener is None or request.alarm is None:
        raise UserError(_("This is not possible now. Your words are kept for a day."))
    reply = await (listener.chosen or listener.take)(request, text)
    await request.alarm.drop(request, action.number)
    return replace(reply, fresh=False)  # in the place of the question, which is answered

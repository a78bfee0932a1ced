"""The one place that decides which function gets typed words that no command, question or screen takes.

Cries for help come first: the alarm recognises them. Then the listeners are asked, stage by stage
(`bot.conversation.listening.Stage`). A listener is a function for typed words that another part of the program
declares; if it is sure, it takes the words. If several listeners may be meant, or a cry is uncertain, the writer is
asked; meanwhile the alarm keeps the words. So nobody has to type anything again, and no listener gets words that were
not meant for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Span, _
from bot.content.views import Reply, View
from bot.conversation.listening import WEAK, Cry, Heard, Listener, Offer, Stage, Words
from bot.conversation.routes import ANYONE, Request, Routes
from bot.people import codes

routes = Routes()

_MOST_OFFERED = 3
"""How many meanings of words a question offers at most."""
_KNOWN = 0.6
"""The least weight of a topic that is so likely that the writer is asked before words count as a cry for help."""

_DIGEST_BYTES = 6


class TakeWords(Action, code="lk"):
    """The button by which a person chooses the listener that takes the words they typed.

    A listener is a function for typed words that another part of the program declares; `listener` is its key. The words
    are stored under the number `number` until the person chooses. If several messages belong together, they have all
    numbers from `first` to `number`.
    """

    listener: str
    number: int
    first: int


class ItIsMyAnswer(Action, code="la"):
    """The button by which a person says that the words they typed are the answer to a question of a form.

    `field` is the position of the question. The words are stored under the number `number` until the person chooses.
    `form` is a digest of the encoded action that opens the form: if another form is open when the button is pressed,
    the words are not put into that form, because other people might read them in it.
    """

    form: str
    field: int
    number: int


class ItIsMyEdit(Action, code="le"):
    """The button by which a person says that the words they typed are the new text of a message that they edited.

    `message` is the platform's id of that message. The words are stored under the number `number` until the person
    chooses.
    """

    message: str
    number: int


CODES = (f"{ItIsMyAnswer.code}-", f"{ItIsMyEdit.code}-")
"""The beginnings of the payloads of buttons that say that words are an answer or an edit; no route may use them."""


def heard_in(request: Request, text: str) -> Cry | None:
    """Return the cry for help that the alarm recognises in a text.

    Returns None if there is none, or if no part of the program has an alarm.
    """
    if request.alarm is None or not text:
        return None
    return request.alarm.hear(text, likelihood_of(request, text))


def likelihood_of(request: Request, text: str) -> Mapping[str, float]:
    """Return how likely a text is to be of each kind of words, from 0 to 1, by the name of the kind.

    The result is kept in the request, so that a text is scored only once.
    """
    if text not in request.scored:
        request.scored[text] = request.score(text)
    return request.scored[text]


async def decide(request: Request, text: str) -> Reply | None:
    """Give typed words to the listener that takes them, or ask the writer what they mean; return the reply.

    A listener is a function for typed words that another part of the program declares. The writer is asked if the words
    may be a cry for help, or may be for several listeners. Returns None if no listener recognises the words.
    """
    cry = heard_in(request, text)
    if request.alarm and cry and (cry.phrase or request.person is None) and cry.sure:
        return await request.alarm.ask(request, text, cry, await offers_beside(request, text))
    words = Words(text, request.locale, likelihood_of(request, text))
    heard = [
        (listener, found)
        for listener in request.listeners
        if (found := await listener.hear(request, words)) is not None
    ]
    taker = _taker(heard)
    if request.alarm is None or request.person is None:
        first = taker or (heard[0][0] if heard else None)
        return await first.take(request, text) if first else None
    offers = [offer(listener, found) for listener, found in sorted(heard, key=_rank)]
    known = taker is not None or any(
        found.weight >= _KNOWN and listener.stage < Stage.OPEN for listener, found in heard
    )
    if cry and cry.sure and (not known or cry.certain_beside(words.folded)):
        beside = [offer(listener, found) for listener, found in heard if listener.stage is Stage.OPEN]
        return await request.alarm.ask(request, text, cry, beside)
    if taker and not (cry and cry.likelihood >= WEAK):
        return await taker.take(request, text)
    if cry:
        return await request.alarm.ask(request, text, replace(cry, sure=False), offers[: _MOST_OFFERED - 1])
    if all(listener.stage is Stage.TEAM for listener, _found in heard):
        return await heard[0][0].take(request, text) if heard else None  # it asks before it takes anything
    return await request.alarm.ask_which(request, text, offers[:_MOST_OFFERED])


def cries_in_letter(request: Request, text: str, *, certain: bool = False) -> bool:
    """Return whether words of an e-mail may be a cry for help; if `certain`, or from an unknown writer, surely are."""
    cry = heard_in(request, text)
    return cry is not None and (cry.weak if request.person and not certain else cry.certain)


async def hear_letter(request: Request, text: str, files: str = "") -> Reply | None:
    """Give the words of an e-mail to the listener for e-mails; return its reply, None if no listener takes them.

    A listener is a function for typed words that another part of the program declares. If the words may be a cry for
    help, the listener does not get them: the reply, to their writer alone, says whom to call. A writer whom the bot
    does not know gets this reply only if the cry is certain. The listener gets the names of the e-mail's `files` in a
    line below; nobody cries by them.
    """
    if not (text or files) or codes.must_be(text):
        return None
    listener = next((each for each in request.listeners if each.by_letter), None)
    if request.alarm and cries_in_letter(request, text) and (cry := heard_in(request, text)):
        words = Words(text, request.locale, likelihood_of(request, text))
        found = await listener.hear(request, words) if listener and request.person else None
        return await request.alarm.ask(request, text, cry, [offer(listener, found)] if listener and found else [])
    if listener is None or listener.by_letter is None or request.person is None:
        return None
    return await listener.by_letter(request, f"{text}\n{files}".strip())


def _rank(pair: tuple[Listener, Heard]) -> tuple[bool, bool, float]:
    """Return what sorts listeners that heard something: the team last, who is sure first, then by weight."""
    listener, found = pair
    return listener.stage is Stage.TEAM, not found.sure, -found.weight


def _taker(heard: Sequence[tuple[Listener, Heard]]) -> Listener | None:
    """Return who takes words unasked: who is sure first, unless what takes any words now is sure of them as well.

    Who asked for them comes before all others.
    """
    sure = [listener for listener, found in heard if found.sure]
    if not sure:
        return None
    first = next((listener for listener, found in heard if found.sure and found.asked), sure[0])
    claimed = any(listener.stage is Stage.OPEN for listener in sure)
    return None if claimed and first.stage < Stage.OPEN else first


def offer(listener: Listener, found: Heard) -> Offer:
    """Return the offer (a button) to give typed words to a listener; `found` is what the listener said of the words.

    A listener is a function for typed words that another part of the program declares. The offer has the label of the
    button, and the question that the button answers.
    """
    return Offer(found.button, _action(listener.key), found.question)


def _action(key: str) -> Callable[[int], Action]:
    return lambda number: TakeWords(key, number, number)


async def offers_beside(request: Request, text: str, but: str = "") -> Sequence[Offer]:
    """Return buttons for the other things that words could be, if the words may be a cry for help or a confidence.

    The words could answer a question that waits for an answer. They could also be for a listener that takes any words
    now, such as a phase in which ideas are collected. A listener is a function for typed words that another part of the
    program declares; the listener with the key `but` is left out.
    """
    words = Words(text, request.locale, likelihood_of(request, text))
    answers = () if request.asked is None else (answer_offer(*request.asked),)
    return [
        *answers,
        *[
            offer(listener, replace(found, sure=False))
            for listener in request.listeners
            if listener.stage is Stage.OPEN
            and listener.key != but
            and (found := await listener.hear(request, words)) is not None
        ],
    ]


def form_digest(action: str) -> str:
    """Return a digest of the encoded action of a form, for buttons, which have no room for the action itself."""
    return blake2b(action.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def answer_offer(action: str, field: int) -> Offer:
    """Return the offer, a button, by which a person says that words are the answer to a question of a form.

    `action` is the encoded action that opens the form, `field` the position of the question in it.
    """
    # L10N: a button: what one wrote is the answer to the question, and no cry of distress
    return Offer(_("This is my answer"), partial(ItIsMyAnswer, form_digest(action), field))


def edit_offer(message: str) -> Offer:
    """Return the offer, a button, by which a person says that words are the new text of a message.

    `message` is the platform's id of the message.
    """
    # L10N: a button: what one wrote is the new text of one's message, and no cry of distress
    return Offer(_("This is my new text"), partial(ItIsMyEdit, message))


async def ask_what_else(request: Request, text: str, but: str, became: Span) -> Reply:
    """Ask a person what their words really are, because a listener took them by mistake.

    A listener is a function for typed words that another part of the program declares; `but` is the key of the listener
    that took the words. `became` says what happened to the words. A listener that takes any words now is always among
    the choices. If no part of the program has an alarm, which stores words until their writer chooses, the reply is
    only `became`.
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
    cry = heard_in(request, text) or Cry(sure=False, likelihood=0.0)
    return await request.alarm.ask(request, text, replace(cry, sure=False), offers, became)


@routes.press(TakeWords, who=ANYONE)
async def take_words(request: Request, listener_key: str, number: int, first: int) -> Reply:
    """Give stored words to the listener that their writer chose, and return its reply.

    The words have the numbers from `first` to `number`. A listener is a function for typed words that another part of
    the program declares; `listener_key` is its key. Raises UserError if no words have these numbers, or if the listener
    no longer exists; the words then stay stored.
    """
    if request.alarm is None:
        raise Stale
    text = await request.alarm.waiting(request, number, first)
    listener = next((each for each in request.listeners if each.key == listener_key), None)
    if listener is None:
        raise UserError(_("This is not possible now. Your words are kept for a day."))
    reply = await (listener.chosen or listener.take)(request, text)
    await request.alarm.drop(request, number, first)
    return replace(reply, fresh=False)  # in the place of the question, which is answered

"""Asks what becomes of words that may be a cry of distress, or that were typed on a confidential screen.

Until their writer chooses, the words wait where confidential words stand, for a day; nobody is shown them, and nothing
else keeps them. What asks shows none of them either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.names import clean_lines
from bot.content.texts import Name, Span, _
from bot.content.views import Button, Reply, View, reply, with_lines_last
from bot.conversation.hearing import TakeWords, heard_in, offers_beside
from bot.conversation.incoming import Content, Sent, Typed
from bot.conversation.listening import Cry, Offer, Stage
from bot.conversation.routes import Request, Routes
from handlers.navigation.actions import HOME
from handlers.trust import service, store
from handlers.trust.actions import (
    ALL_WORDS,
    EMERGENCY,
    TRUST,
    AskToEraseConversation,
    ChooseWhom,
    ForgetWords,
    HandOver,
    OpenConversation,
    SendHere,
    SendKept,
    SendNow,
    SendTo,
    WriteMore,
)
from handlers.trust.messages import danger_line, may_read, name_of_author, talk_line
from handlers.trust.model import MOST_WAITING, WORDS_KEPT, TrustedPerson
from handlers.trust.settings import SafetySettings

routes = Routes()

_GONE = _("These words do not wait any more: you decided about them, or a day has passed.")
_WAITS = _("Your words wait here for you for a day, then go.")
_FILE_NOT_KEPT = _("What you sent with it is not kept: only words can wait here.")


async def ask(request: Request, text: str, cry: Cry, offers: Sequence[Offer]) -> Reply:
    """Answer a cry of distress, or ask about one that may be none; the words wait meanwhile.

    A cry is answered by whom to call and whom to tell in confidence, never by the team. `offers` name what else it is
    perhaps. Whoever calls for help reads the number first.
    """
    settings = request.settings.of(SafetySettings)
    danger = [*danger_line(settings), *(talk_line(settings) if cry.self_harm else ())] if cry.weak else []
    if request.person is None:
        return _confidential([*danger, _("I keep nothing of what you wrote.")], (EMERGENCY,))
    number = await _keep(request, text)
    send = await _send_button(request, number)
    forget = _forget_button(number)
    buttons = _buttons(offers, number)
    if not cry.sure:
        if not cry.weak:
            return _question((*buttons, *send, forget))
        lines: list[Span] = [_("I have shown this message to nobody. What is it?"), *danger, _WAITS]
        return _confidential(lines, (*buttons, *send, forget))
    shown = _("I have shown this message to nobody.")
    request.opened = ChooseWhom(number).encode()
    return _confidential(
        (*danger, shown, _WAITS) if cry.phrase else (shown, *danger, _WAITS),
        (*send, EMERGENCY, *(buttons or (forget,))),
    )


async def ask_which(request: Request, text: str, offers: Sequence[Offer]) -> Reply:
    """Ask which of several things words are in which nobody heard a cry; they wait meanwhile."""
    number = await _keep(request, text)
    return _question((*_buttons(offers, number), _forget_button(number)))


def _question(buttons: Sequence[Button]) -> Reply:
    """Return the question what words are in which nobody heard a cry: they stand in the chat as any others do."""
    return reply(_("I have noted nothing yet. What is this?"), _WAITS, buttons=tuple(buttons), fresh=True)


async def ask_about(
    request: Request, text: str, *, to: Callable[[int], Action] | None = None, name: Span = ""
) -> Reply:
    """Ask about words that were typed on a confidential screen or one for safety; they wait meanwhile.

    `to` makes the action that sends them where the screen writes, to whom `name` says; None where the screen leaves
    open to whom.
    """
    cry = heard_in(request, text)
    cry = cry if cry and cry.weak else None
    offers = await offers_beside(request, text)
    number = await _keep(request, text)
    if to:
        question: Span = _("To {name}, in confidence?", name=name)
        # L10N: a button, a verb: send what was just written to a person of trust
        send: tuple[Button, ...] = (Button(_("Send it"), to(number), style="primary"),)
    else:
        question = _("I have shown this message to nobody. What is it?")
        send = await _send_button(request, number)
    settings = request.settings.of(SafetySettings)
    danger = () if cry is None else (*danger_line(settings), *(talk_line(settings) if cry.self_harm else ()))
    urgent = () if cry is None else (EMERGENCY,)
    lines = (*danger, question, _WAITS) if cry and cry.phrase else (question, *danger, _WAITS)
    return _confidential(lines, (*send, *_buttons(offers, number), *urgent, _forget_button(number)))


def _buttons(offers: Sequence[Offer], number: int) -> tuple[Button, ...]:
    return tuple(Button(offer.label, offer.action(number)) for offer in offers)


def _forget_button(number: int) -> Button:
    # L10N: a button: what was just written is for nobody, and is not to be kept
    return Button(_("Nothing, forget it"), ForgetWords(number))


async def _send_button(request: Request, number: int) -> tuple[Button, ...]:
    """Return the button that sends waiting words in confidence; to the team, by name, where nobody is of trust."""
    people = await _others(request)
    if len(people) == 1:
        # L10N: a button: send what was just written to this person of trust
        label = _("Send it to {name}, in confidence", name=Name(people[0].given_name))
        return (Button(label, SendTo(people[0].id, number), style="primary"),)
    if people:
        # L10N: a button: choose to which person of trust goes what was just written
        return (Button(_("In confidence: to whom?"), ChooseWhom(number), style="primary"),)
    if any(listener.stage is Stage.TEAM for listener in request.listeners):
        # L10N: a button: send what was just written to the organisers, as nobody else is there for it
        return (Button(_("To the whole team, by name"), TakeWords("team", number)),)
    return ()


async def _others(request: Request) -> Sequence[TrustedPerson]:
    """Return the persons of trust besides the person who asks."""
    return [person for person in await store.trusted_people(request.tx) if person.id != request.participant.id]


async def _keep(request: Request, text: str) -> int:
    """Keep words until their writer says what they are, and return their number; the same words only once.

    Raises UserError where as many of theirs wait as may.
    """
    number = await store.number_of_words(request.tx, request.participant.id, text, request.now - WORDS_KEPT)
    if number is not None:
        return number
    if await store.count_waiting(request.tx, request.participant.id) >= MOST_WAITING:
        raise UserError(
            _("Many of your messages wait for you to say what they are. In danger, see /urgence."),
            # L10N: a button: all that one wrote and that waits for one's choice is for nobody, and is not to be kept
            buttons=(EMERGENCY, TRUST, Button(_("Forget all that waits"), ForgetWords(ALL_WORDS))),
        )
    return await store.keep_words(request.tx, request.participant.id, text, request.now)


def _confidential(lines: Sequence[Span], buttons: Sequence[Button]) -> Reply:
    """Return a reply that is in no document of anybody's data, with buttons for as long as the words wait."""
    view = View(tuple(lines), tuple(buttons), confidential=True)
    return Reply(view, fresh=True, unsaid=True)


# --- what is typed on a confidential screen


async def hear_in_confidence(request: Request, action: Action, content: Content) -> Reply | None:
    """Ask about what somebody writes while a screen of trust or of safety is the last that they opened."""
    match content:
        case Typed(text):
            return await _ask_for(request, action, clean_lines(text))
        case Sent(caption=caption) if caption:
            return with_lines_last(await _ask_for(request, action, clean_lines(caption)), _FILE_NOT_KEPT)
        case _:
            lines = (_("Text only, please: nothing else can be sent in confidence."), *numbers(request.settings))
            return _confidential(lines, (EMERGENCY, TRUST))


async def _ask_for(request: Request, action: Action, text: str) -> Reply:
    """Ask whether words go to whom the screen of an action writes to."""
    if not text:
        return _confidential((_("There is nothing to read in this."),), (EMERGENCY, TRUST))
    me = request.participant.id
    match action:
        case WriteMore() | OpenConversation() | SendKept() | HandOver() | AskToEraseConversation() | SendHere():
            conversation = await store.find_conversation(request.tx, action.conversation)
            if conversation and not conversation.closed and await may_read(request.tx, conversation, me):
                trusted = await service.find_trusted(request.tx, conversation.trusted_id)
                if conversation.author_id != me:
                    name = await name_of_author(request.tx, conversation)
                    return await ask_about(request, text, to=_here(conversation.id), name=name)
                if trusted is not None:
                    return await ask_about(request, text, to=_here(conversation.id), name=Name(trusted.given_name))
        case _ if (trusted_id := getattr(action, "trusted", None)) is not None:
            trusted = await service.find_trusted(request.tx, trusted_id)
            if trusted is not None and trusted.id != me:
                to = _to(trusted.id, getattr(action, "anonymous", None))
                return await ask_about(request, text, to=to, name=Name(trusted.given_name))
    others = await _others(request)
    if len(others) == 1:
        return await ask_about(request, text, to=_to(others[0].id, None), name=Name(others[0].given_name))
    return await ask_about(request, text)


def _here(conversation_id: int) -> Callable[[int], Action]:
    return lambda number: SendHere(conversation_id, number)


def _to(trusted_id: int, anonymous: bool | None) -> Callable[[int], Action]:
    """Return what makes the action that sends words to a person of trust; None asks first, with or without a name."""
    if anonymous is None:
        return lambda number: SendTo(trusted_id, number)
    return lambda number: SendNow(trusted_id, anonymous, number)


def numbers(settings: Settings) -> Sequence[Span]:
    """Return the line with whom to call in danger; none where no country is set."""
    return danger_line(settings.of(SafetySettings))


def not_changed() -> Reply:
    """Return the answer to an edit of what was written in confidence, which changes nothing of what was sent."""
    line = _(
        "What you sent in confidence stays as it was: a change in your app does not reach it. Write a new message."
    )
    return _confidential((line,), (TRUST, HOME))


# --- what becomes of them


@routes.action(ChooseWhom, hears=hear_in_confidence)
async def choose_whom(request: Request, action: ChooseWhom) -> Reply:
    """Ask to which person of trust waiting words go."""
    await waiting(request, action.number)
    people = await _others(request)
    buttons = [Button(Name(person.given_name), SendTo(person.id, action.number)) for person in people]
    lines: list[Span] = [_("To whom, in confidence?")]
    lines += [
        _("{name}: {languages}; {hours}.", name=Name(p.given_name), languages=Name(p.languages), hours=Name(p.hours))
        for p in people
    ]
    return replace(_confidential(lines, (*buttons, EMERGENCY, _forget_button(action.number))), fresh=False)


@routes.action(SendTo, hears=hear_in_confidence)
async def send_to(request: Request, action: SendTo) -> Reply:
    """Ask whether waiting words go to a person of trust with or without one's name."""
    await waiting(request, action.number)
    trusted = await service.find_trusted(request.tx, action.trusted)
    if trusted is None or trusted.id == request.participant.id:
        raise UserError(
            _("They are no longer a person of trust. Your words are kept: choose someone else."),
            buttons=(*await _send_button(request, action.number), EMERGENCY),
        )
    return replace(
        _confidential(
            (with_or_without(trusted),),
            (
                Button(_("Without my name"), SendNow(trusted.id, True, action.number), style="primary"),
                Button(_("With my name"), SendNow(trusted.id, False, action.number)),
                _forget_button(action.number),
            ),
        ),
        fresh=False,
    )


def with_or_without(trusted: TrustedPerson) -> Span:
    """Return the question whether to write to a person of trust with or without one's name."""
    return _(
        "To {name}: with your name, or without? Without it, {name} does not see who you are, and can still answer you.",
        name=Name(trusted.given_name),
    )


@routes.action(ForgetWords)
async def forget_words(request: Request, action: ForgetWords) -> Reply:
    """Delete waiting words, because they were for nobody."""
    if action.number == ALL_WORDS:
        await store.drop_all_words(request.tx, request.participant.id)
    else:
        await store.drop_words(request.tx, request.participant.id, action.number)
    view = View((_("Forgotten: I keep nothing of it."),), (HOME,), confidential=True)
    return Reply(view)


async def waiting(request: Request, number: int) -> str:
    """Return the words of the person that wait under a number. Raises UserError if they are gone."""
    text = await kept(request, number)
    if text is None:
        raise UserError(_GONE, buttons=(TRUST, EMERGENCY))
    return text


async def kept(request: Request, number: int) -> str | None:
    """Return the words of the person that wait under a number; None if there are none, or a day has passed."""
    if request.person is None or number <= to_micros(request.now - WORDS_KEPT):
        return None
    return await store.waiting_words(request.tx, request.person.id, number)


async def drop(request: Request, number: int) -> None:
    """Delete the words of the person that wait under a number."""
    await store.drop_words(request.tx, request.participant.id, number)

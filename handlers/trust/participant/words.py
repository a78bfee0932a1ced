"""Asks the writer what to do with words that may be a cry for help, or that were typed on a confidential screen.

Until their writer chooses, for at most a day, the words wait in a confidential table. Nobody is shown them, and nothing
else stores them. The message that asks does not show them either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.actions import Action
from bot.content.errors import UserError
from bot.content.features import features_of
from bot.content.names import clean_lines
from bot.content.texts import Span, _
from bot.content.views import Button, Reply, View, reply, with_lines_last
from bot.conversation.hearing import TakeWords, heard_in, offers_beside
from bot.conversation.incoming import Content, Sent, Typed
from bot.conversation.listening import Cry, Offer, Stage
from bot.conversation.routes import Request, Routes, in_new_browser
from bot.membership.shown_store import forget_on_page
from bot.people.browser_store import counted_in
from bot.people.naming import called
from handlers.navigation.actions import HOME
from handlers.trust import service, store
from handlers.trust.actions import (
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
from handlers.trust.messages import danger_line, is_shown_in, may_read, name_of_author, talk_line, trusted_line
from handlers.trust.model import BY_LETTER, MOST_WAITING, WORDS_KEPT, Conversation, TrustedPerson
from handlers.trust.participant.answering_in_words import ask_again
from handlers.trust.settings import SafetySettings

routes = Routes()

_WAITS = _("I keep your words for you for a day, then delete them.")
_FILE_NOT_KEPT = _("What you attached is not kept, only your text.")


async def ask(request: Request, text: str, cry: Cry, offers: Sequence[Offer], became: Span | None = None) -> Reply:
    """Answer a cry for help; if it is uncertain whether the words are one, ask the person. Meanwhile the words wait.

    The answer names whom to call and whom to tell in confidence, the team only if there is no trusted person. `offers`
    are the other things that the words may be. `became` says what happened to words that people have already read; None
    if nobody has read them. The words of a person who has not joined are not stored, and the answer says so.
    """
    if not cry.phrase and became is None and (question := await ask_again(request, text)):
        return question
    danger = _danger(request, cry) if cry.weak else ()
    if request.person is None:
        lost = (_("Nobody got this message, and I have not kept it."),)
        return _confidential(
            [*danger, *((_unread(request), *_kept(request)) if _by_letter(request) else lost)], (EMERGENCY,)
        )
    number = await _keep(request, text)
    send = await _send_button(request, number)
    forget = _forget_button(number)
    buttons = _buttons(offers, number)
    if not cry.sure:
        if not cry.weak:
            return _question((*buttons, *_others_than(buttons, send), forget), became)
        lines: list[Span] = [became or _("I have shown this message to nobody. What is it?"), *danger, *_kept(request)]
        return _confidential(lines, (*_others_than(send, buttons), *send, forget))
    request.opened = ChooseWhom(number, number).encode()
    unread, kept = _unread(request), _kept(request)
    return _confidential(
        (*danger, unread, *kept) if cry.phrase else (unread, *danger, *kept),
        (*send, EMERGENCY, *(buttons or (forget,))),
    )


async def ask_which(request: Request, text: str, offers: Sequence[Offer]) -> Reply:
    """Ask what the person meant by the words `text`, which are no cry for help. Meanwhile the words wait.

    `offers` are the things that the words may be.
    """
    number = await _keep(request, text)
    return _question((*_buttons(offers, number), _forget_button(number)), offers[0].question if offers else None)


def _kept(request: Request) -> Sequence[Span]:
    """Return how long words wait of which the chat keeps nothing, and on a page that they are gone from it.

    An e-mail stays where it is.
    """
    if _by_letter(request):
        return (_("It stays in the team's mailbox, where the team can read it."),)
    return (_WAITS, _("Your message is no longer shown here.")) if request.account.is_page else (_WAITS,)


def _by_letter(request: Request) -> bool:
    """Return whether the words came by e-mail."""
    return features_of(request.account.platform).takes_letters


def _unread(request: Request) -> Span:
    """Return the line that says that nobody has read the words yet."""
    if _by_letter(request):
        return _("No person has read your e-mail yet.")
    return _("I have shown this message to nobody.")


def _question(buttons: Sequence[Button], first: Span | None = None) -> Reply:
    """Return the question what words are in which nobody heard a cry: they stand in the chat as any others do.

    `first` is what is said or asked instead of the usual question; None for that.
    """
    return reply(
        first or _("I have noted nothing yet. What shall I do with it?"), _WAITS, buttons=tuple(buttons), fresh=True
    )


async def ask_about(
    request: Request,
    text: str,
    *,
    to: Callable[[int, int], Action] | None = None,
    name: Span = "",
    after: Action | None = None,
) -> Reply:
    """Ask what to do with words that were typed on a screen about trust or safety. Meanwhile the words wait.

    `to` returns the action that sends waiting words to the person called `name`; it takes the last and the first number
    of the words. It is None if the screen is about no particular person. `after` is the action of that screen, None if
    nothing was written there before. Words typed there since a cry for help are sent together, because the last message
    alone may not say where the writer is.
    """
    cry = heard_in(request, text)
    cry = cry if cry and cry.weak else None
    offers = await offers_beside(request, text)
    number = await _keep(request, text)
    first, last = await _written_together(request, after, number)
    count = len(await store.all_waiting_words(request.tx, request.participant.id, first, last, request.here))
    together = (_("Your last {count} messages are not sent yet.", count=count),) if count > 1 else ()
    question: Span = _("I have shown this message to nobody. What is it?")
    if to:
        question = _("Send this to {name}, in confidence?", name=name)
        # L10N: a button, a verb: send what was just written to a trusted person
        label: Span = _("Send it")
        if together:
            # L10N: a button, a verb: send the last messages that one wrote, together, to a trusted person
            label = _("Send them")
        send: tuple[Button, ...] = (Button(label, to(last, first), style="primary"),)
        request.opened = to(last, first).encode()
    else:
        send = await _send_button(request, last, first)
        if after is not None:
            request.opened = ChooseWhom(last, first).encode()
    danger = _danger(request, cry) if cry else ()
    urgent = () if cry is None else (EMERGENCY,)
    lines = (*danger, question) if cry and cry.phrase else (question, *danger)
    return _confidential(
        (*lines, *together, *_kept(request)), (*send, *urgent, *_buttons(offers, number), _forget_button(last, first))
    )


async def _written_together(request: Request, after: Action | None, number: int) -> tuple[int, int]:
    """Return the numbers of the first and the last of the words that wait and go together with the words of a number.

    They are those that were written since a cry, or since a screen for confidences was opened, if no others wait
    between them.
    """
    if not isinstance(after, ChooseWhom | SendTo | SendNow | SendHere):
        return number, number
    before, first = after.number, max(after.first, to_micros(request.now - WORDS_KEPT) + 1)
    if number <= before:  # the same words once more
        return min(first, number), before
    between = await store.all_waiting_words(request.tx, request.participant.id, before + 1, number - 1, request.here)
    return (number if between else min(first, number)), number


def _danger(request: Request, cry: Cry) -> Sequence[Span]:
    """Return the lines that say whom to call who is in danger, and whom to talk to who may harm themselves."""
    settings = request.settings.of(SafetySettings)
    return (*danger_line(settings), *(talk_line(settings) if cry.self_harm else ()))


def _buttons(offers: Sequence[Offer], number: int) -> tuple[Button, ...]:
    return tuple(Button(offer.label, offer.action(number)) for offer in offers)


def _others_than(shown: Sequence[Button], buttons: Sequence[Button]) -> tuple[Button, ...]:
    """Return which of some buttons do not do what one that is shown does already: the team is named once."""
    done = {button.action for button in shown}
    return tuple(button for button in buttons if button.action not in done)


def _forget_button(number: int, first: int | None = None) -> Button:
    # L10N: a button: what was just written is for nobody, and is not to be kept
    return Button(_("Nothing, forget it"), ForgetWords(number, number if first is None else first))


async def _send_button(request: Request, number: int, first: int | None = None) -> tuple[Button, ...]:
    """Return the button that sends waiting words in confidence; to the team, by name, where nobody is of trust.

    With them go those between `first` (None: none) and them.
    """
    first = number if first is None else first
    people = await _others(request)
    if len(people) == 1:
        # L10N: a button: send what was just written to this trusted person
        label = _("In confidence, to {name}", name=called(people[0], "given"))
        return (Button(label, _to(people[0].id, None)(number, first), style="primary"),)
    if people:
        # L10N: a button: choose to which trusted person goes what was just written
        return (Button(_("In confidence, to someone"), ChooseWhom(number, first), style="primary"),)
    return tuple(
        # L10N: a button: send what was just written to the organisers, as nobody else is there for it
        Button(_("To the whole team, by name"), TakeWords(listener.key, number, first))
        for listener in request.listeners
        if listener.stage is Stage.TEAM
    )


async def _others(request: Request) -> Sequence[TrustedPerson]:
    """Return the trusted people besides the person who asks."""
    return [person for person in await store.trusted_people(request.tx) if person.id != request.participant.id]


@in_new_browser
async def _keep(request: Request, text: str) -> int:
    """Keep words until their writer says what they are, and return their number; the same words only once.

    Raises UserError where as many of theirs wait as may. Words from letters are counted by themselves: anybody may have
    written them in this person's name.
    """
    by_letter = _by_letter(request)
    me, here = request.participant.id, BY_LETTER if by_letter else request.here
    number = await store.number_of_words(request.tx, me, text, request.now - WORDS_KEPT, here)
    if number is not None:
        return number
    counted = ((here, MOST_WAITING),) if by_letter else counted_in(here, MOST_WAITING)
    waiting = [(await store.count_waiting(request.tx, me, place), most) for place, most in counted]
    if any(count >= most for count, most in waiting):
        everything = ForgetWords(to_micros(request.now + WORDS_KEPT), 0)  # numbers run ahead of the clock a little
        raise UserError(
            _(
                "I could not keep this message: many of yours are waiting for your choice. Choose for those"
                " first. If you are in danger, see /urgence."
            ),
            # L10N: a button: all that one wrote and that waits for one's choice is for nobody, and is not to be kept
            buttons=(EMERGENCY, TRUST, Button(_("Forget everything waiting"), everything)),
        )
    return await store.keep_words(request.tx, me, text, request.now, here)


def _confidential(lines: Sequence[Span], buttons: Sequence[Button]) -> Reply:
    """Return a reply that is in no document of anybody's data, with buttons for as long as the words wait."""
    view = View(tuple(lines), tuple(buttons), confidential=True)
    return Reply(view, fresh=True, unsaid=True)


# --- what is typed on a confidential screen


async def hear_in_confidence(request: Request, action: Action, content: Content) -> Reply | None:
    """Ask what to do with words typed while a screen about trust or safety is the last one that the person opened.

    `action` is what opened that screen. Files, photos and sounds are not kept, and the reply says so.
    """
    match content:
        case Typed(text):
            return await _ask_for(request, action, clean_lines(text))
        case Sent(caption=caption) if caption:
            return with_lines_last(await _ask_for(request, action, clean_lines(caption)), _FILE_NOT_KEPT)
        case _:
            lines = (_("This went to nobody: in confidence, you can only send text."), *numbers(request.settings))
            return _confidential(lines, (EMERGENCY, TRUST))


async def _ask_for(request: Request, action: Action, text: str) -> Reply:
    """Ask whether words go to whom the screen of an action writes to."""
    if not text:
        return _confidential((_("I see no words in this message."),), (EMERGENCY, TRUST))
    me = request.participant.id
    match action:
        case WriteMore() | OpenConversation() | SendKept() | HandOver() | AskToEraseConversation() | SendHere():
            conversation = await store.find_conversation(request.tx, action.conversation)
            if conversation and not conversation.closed and await _may_be_named(request, conversation):
                trusted = await service.find_trusted(request.tx, conversation.trusted_id)
                here = partial(SendHere, conversation.id)
                if conversation.author_id != me:
                    name = await name_of_author(request.tx, conversation)
                    return await ask_about(request, text, to=here, name=name, after=action)
                if trusted is not None:
                    return await ask_about(request, text, to=here, name=called(trusted, "given"), after=action)
        case _ if (trusted_id := getattr(action, "trusted_id", None)) is not None:
            trusted = await service.find_trusted(request.tx, trusted_id)
            if trusted is not None and trusted.id != me:
                to = _to(trusted.id, getattr(action, "anonymous", None))
                return await ask_about(request, text, to=to, name=called(trusted, "given"), after=action)
    others = await _others(request)
    if len(others) == 1:
        name = called(others[0], "given")
        return await ask_about(request, text, to=_to(others[0].id, None), name=name, after=action)
    return await ask_about(request, text, after=action)


async def _may_be_named(request: Request, conversation: Conversation) -> bool:
    """Return whether the person may read with whom a conversation is.

    In a new browser only if something of it is shown, in one that nobody confirmed only if they began it.
    """
    me = request.participant.id
    if request.unconfirmed and conversation.author_id != me:
        return False
    if request.waits and not await is_shown_in(request.tx, conversation, me, request.waits.id):
        return False
    return await may_read(request.tx, conversation, me)


def _to(trusted_id: int, anonymous: bool | None) -> Callable[[int, int], Action]:
    """Return what makes the action that sends words to a trusted person; None asks first, with or without a name."""
    return partial(SendTo, trusted_id) if anonymous is None else partial(SendNow, trusted_id, anonymous)


def numbers(settings: Settings) -> Sequence[Span]:
    """Return the line that says which number to call in danger; () if no country is set."""
    return danger_line(settings.of(SafetySettings))


def not_changed() -> Reply:
    """Return the reply to a person who edited a confidential message in their app: what was sent stays as it was."""
    line = _(
        "What you sent in confidence stays as it was: editing it in your app changes nothing here. Write a new message."
    )
    return _confidential((line,), (TRUST, HOME))


# --- what becomes of them


@routes.press(ChooseWhom, hears=hear_in_confidence)
async def choose_whom(request: Request, number: int, first: int) -> Reply:
    """Ask which trusted person should get the person's waiting words.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """
    await waiting(request, number, first)
    people = await _others(request)
    buttons = [Button(called(person, "given"), SendTo(person.id, number, first)) for person in people]
    lines: list[Span] = [_("Who should it go to, in confidence?")]
    lines += [trusted_line(person, called(person, "given")) for person in people]
    forget = _forget_button(number, first)
    return replace(_confidential(lines, (*buttons, EMERGENCY, forget)), fresh=False)


@routes.press(SendTo, hears=hear_in_confidence)
async def send_to(request: Request, trusted_id: int, number: int, first: int) -> Reply:
    """Ask whether waiting words go to a trusted person with or without the writer's name.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. Raises UserError, and keeps the words, if the person chosen is no longer a trusted person.
    """
    await waiting(request, number, first)
    trusted = await service.find_trusted(request.tx, trusted_id)
    if trusted is None or trusted.id == request.participant.id:
        raise UserError(
            _("They are no longer a trusted person. Your words are kept: choose someone else."),
            buttons=(*await _send_button(request, number, first), EMERGENCY),
        )
    without, by_name = (SendNow(trusted.id, anonymous, number, first) for anonymous in (True, False))
    return replace(
        _confidential(
            (_("Not sent yet: one last choice."), with_or_without(trusted)),
            (
                Button(_("Without my name"), without, style="primary"),
                Button(_("With my name"), by_name),
                _forget_button(number, first),
            ),
        ),
        fresh=False,
    )


def with_or_without(trusted: TrustedPerson) -> Span:
    """Return the question whether to write to a trusted person with or without the writer's name."""
    return _(
        "To {name}: with your name, or without? Without it, {name} does not see who you are, and can still answer you.",
        name=called(trusted, "given"),
    )


@routes.press(ForgetWords)
@in_new_browser
async def forget_words(request: Request, number: int, first: int) -> Reply:
    """Delete a person's waiting words, so that nobody gets them.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. In an unconfirmed browser, only words that were written there are deleted.
    """
    await drop(request, number, first)
    line = _("Forgotten: I have kept nothing.")
    if request.unconfirmed:  # the same whether or not words wait elsewhere
        line = _("Only what you wrote in this browser is forgotten.")
    return Reply(View((line,), (HOME,), confidential=True))


async def waiting(request: Request, number: int, first: int) -> str:
    """Return a person's waiting words, one line for each message.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. In an unconfirmed browser, only words that were written there count. Raises UserError if no words are
    left.
    """
    return "\n".join((await _all_waiting(request, number, first)).values())


async def _all_waiting(request: Request, number: int, first: int) -> Mapping[int, str]:
    found: Mapping[int, str] = {}
    if request.person is not None:
        first = max(first, to_micros(request.now - WORDS_KEPT) + 1)
        found = await store.all_waiting_words(request.tx, request.person.id, first, number, request.here)
    if not found:
        raise UserError(
            _("These words are gone: you chose already, or a day has passed."),
            buttons=(TRUST, EMERGENCY),
        )
    return found


async def drop_sent(request: Request, number: int, first: int) -> None:
    """Delete waiting words that have now been sent, also from the person's page.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`.
    """
    for words in (await _all_waiting(request, number, first)).values():
        await forget_on_page(request.tx, request.participant.id, words, request.shown_in)
    await drop(request, number, first)


@in_new_browser
async def drop(request: Request, number: int, first: int) -> None:
    """Delete a person's waiting words.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. In an unconfirmed browser, only words that were written there are deleted.
    """
    await store.drop_words(request.tx, request.participant.id, first, number, request.here)

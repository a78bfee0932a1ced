"""The screens of conversations with a trusted person, for authors and for trusted people.

What is written here is stored in one table only, and shown to the two people who read it. It is in no draft, chat
history, log or document of personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, Unconfirmed, UserError
from bot.content.forms import Form, text
from bot.content.texts import Moment, Span, Strong, Text, _
from bot.content.views import Button, Later, Reply, View
from bot.conversation import dialogue_store
from bot.conversation.questions import Asks, Question
from bot.conversation.routes import ORGANISER, Go, Request, Routes, in_new_browser
from bot.conversation.shown_screen_store import CONFIDENTIAL_SCREEN
from bot.membership import browsers
from bot.people.naming import called
from handlers.navigation.actions import ASK, HOME
from handlers.trust import service, store
from handlers.trust.actions import (
    EMERGENCY,
    NAME_TRUSTED,
    TRUST,
    AskToEraseConversation,
    HandOver,
    HideConversation,
    OpenConversation,
    SendHere,
    SendKept,
    SendNow,
    WriteMore,
)
from handlers.trust.messages import (
    CLOSED,
    NOTICES,
    danger_line,
    draw_conversation,
    draw_named,
    drawn_name,
    is_shown_in,
    may_read,
    name_of_author,
    of_trusted,
    screen_of,
    trusted_line,
    unreached,
)
from handlers.trust.model import LONGEST, MOST_KEPT, SHOWN_FOR, Conversation, TrustedPerson
from handlers.trust.participant.words import (
    drop_sent,
    hear_in_confidence,
    waiting,
    with_or_without,
)
from handlers.trust.settings import SafetySettings

routes = Routes()


class TrustForm(Form):
    """The form for one message to or from a trusted person."""

    title: ClassVar[Text] = _("In confidence")
    confidential: ClassVar[bool] = True
    words: str = text(
        _("What do you want to say?"), max_length=LONGEST, multiline=True, hint=_("Text only: no picture, no voice.")
    )


@routes.command(
    "confiance",
    _("Talk to a trusted person"),
    names={"en": "trust", "de": "vertrauen"},
    plain_words=_("trust, person of trust, trusted person, harassment, harassed, I was harassed, I do not feel safe"),
    hears=hear_in_confidence,
)
async def show_trust(request: Request) -> Reply:
    """Show the trusted people with buttons to write to them, the person's conversations, and the numbers for danger."""
    me = request.participant.id
    people = await store.trusted_people(request.tx)
    is_trusted = any(trusted.id == me for trusted in people)
    others = [trusted for trusted in people if trusted.id != me]
    lines: list[Span] = [Strong(_("Talk to a trusted person"))]
    if others:
        lines += [trusted_line(trusted, Strong(called(trusted, "given"))) for trusted in others]
        if len(others) == 1:
            lines.append(_("They listen, and tell nobody without your consent, unless a life is in danger."))
        else:
            lines.append(_("They tell nobody without your consent, unless a life is in danger."))
    elif is_trusted:
        lines.append(_("You are the only trusted person. Nobody else reads what is written to you."))
    else:
        lines.append(_("No trusted person is named yet. You can write to the team: all organisers read that."))
    conversations = await _conversation_buttons(request, is_trusted=is_trusted)
    waiting_here: View | None = None
    if request.waits:
        waiting_here = await browsers.waiting_view(request.tx, me, request.waits)
        lines += waiting_here.lines
    elif is_trusted and not await store.conversations_of_trusted(request.tx, me):
        lines.append(_("Nobody has written to you yet. When somebody does, you will know at once."))
    lines += danger_line(request.settings.of(SafetySettings))
    reads_others = is_trusted and not request.unconfirmed
    return _kept_apart(
        *lines,
        buttons=(
            *(
                Button(
                    _("Write to {name}", name=called(trusted, "given")),
                    choose_trusted.to(trusted.id),
                    style="primary" if len(others) == 1 else "plain",
                )
                for trusted in others
            ),
            *conversations,
            *(waiting_here.buttons if waiting_here else ()),
            *((NAME_TRUSTED,) if request.may(ORGANISER) else () if people else (ASK,)),
            *((WHO_READS,) if others else ()),
            EMERGENCY,
            HOME,
        ),
        again=Go("confiance"),
    ).meant_for(of_trusted() if reads_others else None)


@routes.press("tcr", hears=hear_in_confidence)
async def who_reads(request: Request) -> Reply:
    """Show who can read what is written to a trusted person, how long it is kept, and that the apps keep copies."""
    days = request.settings.of(SafetySettings).days_kept
    return _kept_apart(
        # L10N: long
        _(
            "Only you and the person you choose read these messages; whoever hosts the database or its"
            " backups could. They are erased {days} days after the gathering or the last message, or when"
            " you decide.",
            days=days,
        ),
        _("They tell nobody without your consent, not even the team, unless a life is in danger."),
        _("Without your name, they see neither who you are nor which app you use. What you say may still show it."),
        _("Text only. The app you write in keeps a copy: you can delete it there."),
        buttons=(TRUST, EMERGENCY, HOME),
    )


# L10N: a button: who can read what one writes in confidence
WHO_READS = Button(_("Who can read it?"), who_reads.to())


def _kept_apart(*lines: Span, buttons: tuple[Button, ...], again: Action | None = None) -> Reply:
    """Return a reply that is in no document of the person's data, as it says that they look for a trusted person."""
    return Reply(View(lines, buttons, confidential=True, again=again), screen=f"{CONFIDENTIAL_SCREEN}trust")


async def _conversation_buttons(request: Request, *, is_trusted: bool) -> Sequence[Button]:
    """Return a button for each conversation of the person: the ones they began, and the ones of a trusted person.

    A new browser has those in which something was written there; one that nobody confirmed has none of the latter.
    """
    me = request.participant.id
    buttons: list[Button] = []
    for conversation in await store.conversations_of_author(request.tx, me):
        if request.waits and not await is_shown_in(request.tx, conversation, me, request.waits.id):
            continue
        trusted = await service.find_trusted(request.tx, conversation.trusted_id)
        # L10N: a button: one's conversation with a trusted person; then: with someone who is none any more
        label = _("With {name}", name=called(trusted, "given")) if trusted else _("Conversation nobody reads now")
        buttons.append(Button(label, OpenConversation(conversation.id, 0), stays="at first"))
    for conversation in (
        await store.conversations_of_trusted(request.tx, me) if is_trusted and not request.unconfirmed else ()
    ):
        author = await name_of_author(request.tx, conversation)
        # L10N: a button: a conversation in which one is the trusted person; {begun} tells those without a name apart
        label = _("{name} writes (since {begun})", name=author, begun=Moment(conversation.begun_at, "datetime"))
        buttons.append(Button(label, OpenConversation(conversation.id, 0)))
    return buttons


async def offer_trust(request: Request) -> bool:
    """Return whether the menu offers the screen about trusted people: there are some, and the reader has joined."""
    return request.participant.joined and bool(await store.trusted_people(request.tx))


@routes.press("tcp", hears=hear_in_confidence)
async def choose_trusted(request: Request, trusted_id: int) -> Reply:
    """Ask whether to write to a trusted person with or without a name.

    Raises UserError if the person chosen is no longer a trusted person.
    """
    trusted = await _trusted(request, trusted_id)
    return _kept_apart(
        with_or_without(trusted),
        buttons=(
            Button(_("Without my name"), write_first.to(trusted.id, True), style="primary"),
            Button(_("With my name"), write_first.to(trusted.id, False)),
            WHO_READS,
            TRUST,
        ),
    )


async def _trusted(request: Request, participant_id: int) -> TrustedPerson:
    """Return a trusted person to write to. Raises UserError for oneself, and for someone who is none (any more)."""
    if participant_id == request.participant.id:
        raise UserError(_("You are this trusted person. Choose another one, or write to the team."), buttons=(TRUST,))
    trusted = await service.find_trusted(request.tx, participant_id)
    if trusted is None:
        raise UserError(_("They are no longer a trusted person. Choose someone else."), buttons=(TRUST, EMERGENCY))
    return trusted


async def _may_be_written_to(request: Request, trusted_id: int, _anonymous: bool) -> None:
    """Raise UserError before the form opens, if there is nobody to write to, or too much waits."""
    await _trusted(request, trusted_id)
    await _has_room(request)


async def _has_room(request: Request) -> None:
    """Raise UserError while as many messages of the person wait unsent as may be kept."""
    if not await service.may_keep_more(request.tx, request.participant.id, request.here):
        raise UserError(
            _("{count} of your messages are waiting here, not sent. Send or erase them first.", count=MOST_KEPT),
            buttons=(TRUST, EMERGENCY),
        )


async def _to_whom(request: Request, trusted_id: int, anonymous: bool) -> Span:
    """Return the line above the form that says who will read it, and whether they see the writer's name."""
    name = called(await _trusted(request, trusted_id), "given")
    return _("To {name}, without your name.", name=name) if anonymous else _("To {name}.", name=name)


@routes.form("tcn", TrustForm, check=_may_be_written_to, about=_to_whom, hears=hear_in_confidence)
@in_new_browser
async def write_first(request: Request, form: TrustForm, trusted_id: int, anonymous: bool) -> Reply:
    """Send a first message to a trusted person, without its author's name if `anonymous`.

    If the addressee is no longer a trusted person, or the author sent many messages lately, the message is stored
    unsent, and the reply says so. Raises UserError if too many messages of the author are stored unsent already.
    """
    me = request.participant.id
    if trusted_id == me:
        await _trusted(request, me)
    await _has_room(request)
    conversation = await service.write_to(
        request.tx,
        me,
        trusted_id,
        form.words,
        request.now,
        anonymous=anonymous,
        browser=request.here,
    )
    return await _after_writing(request, conversation)


async def _may_write(request: Request, conversation: int) -> None:
    """Raise UserError before the form opens for a conversation in which the person may not write."""
    await _open_conversation(request, conversation)
    await _has_room(request)


@routes.form(WriteMore, TrustForm, check=_may_write, hears=hear_in_confidence)
@in_new_browser
async def write_more(request: Request, form: TrustForm, conversation_id: int) -> Reply:
    """Send another message in a conversation, or store it unsent; the reply says which.

    It is stored unsent if nobody reads the conversation now, or its writer sent many messages lately. Raises UserError
    if too many messages of the writer are stored unsent already.
    """
    conversation = await _open_conversation(request, conversation_id)
    await _has_room(request)
    me, here = request.participant.id, request.here
    written = await service.write_on(request.tx, conversation, me, form.words, request.now, here)
    return await _after_writing(request, written)


# --- words that waited until their writer chose


@routes.press(SendNow, hears=hear_in_confidence)
@in_new_browser
async def send_now(request: Request, trusted_id: int, anonymous: bool, number: int, first: int) -> Reply:
    """Send waiting words to a trusted person, without the writer's name if `anonymous`.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. Raises UserError, and sends nothing, if they wait no longer or the addressee is no longer a trusted
    person.
    """
    words = await waiting(request, number, first)
    await _trusted(request, trusted_id)
    await _has_room(request)
    me, here = request.participant.id, request.here
    opening, *more = _in_parts(words)
    conversation = await service.write_to(
        request.tx, me, trusted_id, opening, request.now, anonymous=anonymous, browser=here
    )
    for part in more:
        await service.write(request.tx, conversation, me, part, request.now, here)
    await drop_sent(request, number, first)
    return replace(await _after_writing(request, conversation), fresh=False)


@routes.press(SendHere, hears=hear_in_confidence)
@in_new_browser
async def send_here(request: Request, conversation_id: int, number: int, first: int) -> Reply:
    """Send waiting words into a conversation with a trusted person.

    Waiting words are words whose writer has not chosen yet who gets them; here the ones with numbers from `first` to
    `number`. Raises UserError if they wait no longer.
    """
    words = await waiting(request, number, first)
    conversation = await _open_conversation(request, conversation_id)
    await _has_room(request)
    me, here = request.participant.id, request.here
    for part in _in_parts(words):
        conversation = await service.write_on(request.tx, conversation, me, part, request.now, here)
    await drop_sent(request, number, first)
    return replace(await _after_writing(request, conversation), fresh=False)


def _in_parts(words: str) -> Sequence[str]:
    """Return waiting words as messages of at most LONGEST characters, cut after a line or a word where there is one.

    Their writer may not have them any more: a page keeps none of them.
    """
    parts: list[str] = []
    while len(words) > LONGEST:
        cuts = (words.rfind(blank, LONGEST // 2, LONGEST + 1) for blank in ("\n", " "))
        cut = next((cut for cut in cuts if cut > 0), LONGEST)
        parts.append(words[:cut].strip())
        words = words[cut:].strip()
    return [*parts, words] if words else parts


async def _after_writing(request: Request, conversation: Conversation) -> Reply:
    """Say whether the last message was sent, without showing the conversation, which is hidden until it is opened.

    What is typed next is asked about. One that was not sent is shown, with what can be done about it.
    """
    me = request.participant.id
    if not (await store.messages(request.tx, conversation, me))[-1].sent:
        readable = await service.find_trusted(request.tx, conversation.trusted_id) is not None
        notice = "too many" if readable else "nobody"
        if request.waits:  # a new browser shows no conversation, and says all the same whether the words were sent
            return replace(_kept_apart(NOTICES[notice], buttons=(TRUST, EMERGENCY, HOME)), fresh=True)
        return await open_conversation(request, conversation.id, 0, notice=notice, fresh=True)
    trusted = await service.find_trusted(request.tx, conversation.trusted_id)
    name = called(trusted, "given") if trusted and conversation.author_id == me else None
    line = _("Sent to {name}, who is told at once. The answer comes to you here.", name=name) if name else _("Sent.")
    away = trusted if name and trusted and not trusted.reachable else None
    if away:
        line = unreached(away)
    buttons = (
        # L10N: a button, a verb: write another message in confidence
        Button(_("Write on"), WriteMore(conversation.id), style="primary"),
        # L10N: a button, a verb: show a conversation
        Button(_("Read the conversation"), OpenConversation(conversation.id, 0)),
        EMERGENCY,
        HOME,
    )
    if away:
        buttons = (replace(TRUST, style="primary"), *buttons[1:])
    return replace(_kept_apart(line, buttons=buttons), fresh=True)


@routes.press(OpenConversation, hears=hear_in_confidence)
async def open_conversation(
    request: Request, conversation_id: int, page: int, *, notice: str = "", fresh: bool = False
) -> Reply:
    """Show a conversation to one of its two readers. Pages do not store it, and chats hide it after an hour.

    Page 0 has the latest messages. `notice` is the key of a short notice above them, '' for none. With `fresh`, the
    conversation is sent as a new message.
    """
    me, here = request.participant.id, request.shown_in
    if request.waits and await draw_named(request.tx, me, drawn_name(conversation_id, page, notice), here) is None:
        instead = await browsers.waiting_view(request.tx, me, request.waits)
        # It is drawn once that is confirmed; what is hidden later would tell that there is something to hide. It says
        # the same if there is no such conversation.
        return Reply(replace(instead, drawn=drawn_name(conversation_id, page, notice)), fresh=fresh)
    conversation = await _conversation(request, conversation_id)
    view = await draw_conversation(request.tx, conversation, me, page, notice, here)
    hidden = View((_("This was hidden after an hour."),), (TRUST, HOME), quiet=True, confidential=True)
    return Reply(view, fresh=fresh, screen=screen_of(conversation.id), later=Later(request.now + SHOWN_FOR, hidden))


async def _conversation(request: Request, conversation_id: int) -> Conversation:
    """Return a conversation that the person may read. Raises UserError if it is gone, or was never theirs.

    In a browser that nobody confirmed, raises Unconfirmed for any that the person did not begin, whether or not there
    is one.
    """
    conversation = await store.find_conversation(request.tx, conversation_id)
    if conversation is None or conversation.author_id != request.participant.id:
        request.require_owner()
    if conversation is None or not await may_read(request.tx, conversation, request.participant.id):
        request.require_confirmed()  # nor is it told in a new browser which conversations there are
        raise UserError(_("This conversation was erased, or you cannot read it."), buttons=(TRUST, HOME))
    return conversation


async def _open_conversation(request: Request, conversation_id: int) -> Conversation:
    """Return a conversation in which the person may write. Raises UserError for others, and for closed ones.

    Raises Unconfirmed in a new browser that does not show the conversation: the answer would tell with whom it is,
    and whoever opened the page of a trusted person there would ask in their name.
    """
    conversation = await _conversation(request, conversation_id)
    if request.waits and not await is_shown_in(request.tx, conversation, request.participant.id, request.waits.id):
        raise Unconfirmed
    if conversation.closed:
        raise UserError(CLOSED, buttons=(TRUST, HOME))
    return conversation


async def _own(request: Request, conversation_id: int) -> Conversation:
    """Return a conversation that the person began, to end it or hand it to somebody else, which nobody takes back.

    Raises UserError for any other.
    """
    conversation = await _conversation(request, conversation_id)
    if conversation.author_id != request.participant.id:
        raise Stale
    return conversation


@routes.press(SendKept, hears=hear_in_confidence)
@in_new_browser
async def send_kept(request: Request, conversation_id: int) -> Reply:
    """Send the unsent messages of a conversation, if that is possible now."""
    conversation = await _open_conversation(request, conversation_id)
    me, here = request.participant.id, request.here
    sent = await service.send_kept(request.tx, conversation, me, request.now, here)
    return await open_conversation(request, conversation.id, 0, notice="sent" if sent else "not yet")


@routes.press(HandOver, hears=hear_in_confidence)
async def hand_over(request: Request, conversation_id: int, trusted_id: int) -> Reply:
    """Let another trusted person read a conversation, with its unsent messages, after the first one lost the role.

    Raises Stale if a trusted person still reads the conversation.
    """
    conversation = await _own(request, conversation_id)
    if await service.find_trusted(request.tx, conversation.trusted_id) is not None:
        raise Stale
    trusted = await _trusted(request, trusted_id)
    await service.hand_over(request.tx, conversation, trusted, request.now)
    return await open_conversation(request, conversation.id, 0)


@routes.press(HideConversation, hears=hear_in_confidence)
async def hide(request: Request) -> Reply:
    """Hide the conversation that is shown, and no longer take what the person types as its next message."""
    await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
    return _kept_apart(
        _("The conversation is no longer shown here. What you typed in this app stays there: delete it if you want."),
        buttons=(HOME,),
    )


async def _sure_to_erase(request: Request, conversation_id: int) -> Question:
    conversation = await _own(request, conversation_id)
    return Question(
        _(
            "Erase this conversation for both of you, now? Nobody can bring it back here. A backup may keep it"
            " for a while."
        ),
        yes=_("Yes, erase it"),
        back=(Button(_("No, keep it"), OpenConversation(conversation.id, 0)),),
        shown=_kept_apart,
    )


@routes.press("tcz", hears=hear_in_confidence, first=Asks(AskToEraseConversation, _sure_to_erase))
async def erase(request: Request, conversation_id: int) -> Reply:
    """Erase a conversation, at once, for both people who read it."""
    conversation = await _own(request, conversation_id)
    await service.erase_own(request.tx, conversation, request.now)
    await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
    return _kept_apart(
        _("Erased, for both of you. What you typed in this app stays there: delete it if you want."),
        buttons=(TRUST, HOME),
    )

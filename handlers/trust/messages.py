"""The messages about trusted people, emergencies and safety checks («Are you safe?»)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from bot.content.roles import Required, Who, known
from bot.content.texts import SOMEONE, Joined, Link, Moment, Name, Person, Quote, Span, Strong, Text, _, _n
from bot.content.views import Button, Place, View
from bot.conversation.routes import Transaction
from bot.people import participant_store
from bot.people.naming import called
from handlers.groups.messages.cards import room_name
from handlers.navigation.actions import HOME
from handlers.navigation.layout import paged
from handlers.trust import store
from handlers.trust.actions import (
    EMERGENCY,
    TRUST,
    AnswerHelp,
    AnswerSafe,
    AskToEraseConversation,
    HandOver,
    HideConversation,
    OpenCheck,
    OpenConversation,
    SendKept,
    WriteMore,
)
from handlers.trust.model import (
    EMERGENCY_NUMBERS,
    EVERYTHING,
    NOT_JOINED,
    SUICIDE,
    TALK,
    TRUSTED,
    WITHOUT_GROUP,
    CheckedPerson,
    Conversation,
    SafetyCheck,
    SafetyGroup,
    SafetyList,
    SaidPlace,
    TrustedPerson,
    TrustMessage,
)
from handlers.trust.settings import SafetySettings

_MOST_CHARACTERS = 2_400
"""About how many characters of a conversation one screen shows."""
# L10N: in a list, after a name: nobody has heard from them
NO_ANSWER = _("no answer")
"""What stands after the name of a person of whom nothing is known."""
MOST_EARLIER = 3
"""How many earlier places of a person the list shows, in addition to the latest one."""
_MOST_NEW = 10
"""Of how many pages that are not confirmed the list shows the latest place of a person."""
_LONGEST_LATEST, _LONGEST_EARLIER = 300, 60
"""The most characters that the list shows of the latest place, and of each earlier one."""

ERASED = View((_("This conversation was erased, for both of you."),), (TRUST, HOME), confidential=True)
"""The screen that replaces a conversation that was erased."""
NOT_SHOWN = View((_("This is not shown any more."),), (HOME,), confidential=True)
"""The screen that replaces a conversation that its reader may not read any more, without a word from it."""

CLOSED = _("You can write nothing more in this conversation. They can write to you in a new one.")
"""The text for a trusted person below a conversation that its author may no longer read; it does not say why."""


def screen_of(conversation_id: int) -> str:
    """Return the name of the screen that shows a conversation.

    Because of this name, the screen is left out of the file with a person's data.
    """
    return f"confidential-{conversation_id}"


NOTICES: Mapping[str, Text] = {
    "nobody": _(
        "They are no longer a trusted person: your message was not sent. It is kept here, and nobody else can read it."
    ),
    "too many": _(
        "Not sent yet: that was a lot of messages in an hour. Yours is kept here, send it in an hour. If you"
        " are in danger, see /urgence."
    ),
    "sent": _("Sent."),
    "not yet": _("Not possible yet: your message stays here."),
}
"""The lines above a conversation that tell what was just done in it, by key."""


def drawn_name(conversation_id: int, page: int, notice: str) -> str:
    """Return the name that is stored instead of the words of a conversation's page, to draw the page again.

    `notice` is the key of a short notice on the page, '' for none.
    """
    return f"trust:{conversation_id}:{page}:{notice}"


async def draw_named(tx: Transaction, reader: int, name: str, browser: str = "") -> View | None:
    """Return the page of a conversation with this `name`, as the participant `reader` may see it now.

    `name` looks like «trust:12:0:», with the conversation's id, the page and a notice. A reader who may not read the
    conversation (any more) gets a placeholder. `browser` is the id of the unconfirmed browser in which the page is
    shown, '' for any other place. Returns None if the name is for something else, or the reader wrote nothing in that
    browser.
    """
    kind, _colon, rest = name.partition(":")
    if kind != "trust":
        return None
    number, page, notice = rest.split(":")
    conversation = await store.find_conversation(tx, int(number))
    if browser and not (conversation and await is_shown_in(tx, conversation, reader, browser)):
        return None
    if conversation is None:
        return ERASED
    if not await may_read(tx, conversation, reader):
        return NOT_SHOWN
    return await draw_conversation(tx, conversation, reader, int(page), notice, browser)


async def is_shown_in(tx: Transaction, conversation: Conversation, reader: int, browser: str) -> bool:
    """Return whether an unconfirmed browser of the `reader` shows any message of a conversation."""
    return bool(_shown_in(browser, await store.messages(tx, conversation, reader), conversation, reader))


def _shown_in(
    browser: str, messages: Sequence[TrustMessage], conversation: Conversation, reader: int
) -> Sequence[TrustMessage]:
    """Return the messages that an unconfirmed browser shows its author: those written there, and the answers to them.

    The author may have no other way to write. Somebody else who opened the page in the author's place sees only what
    they wrote themselves. An answer to words that were written elsewhere is not shown.
    """
    shown: list[TrustMessage] = []
    here = False
    for message in messages if reader == conversation.author_id else ():
        if message.writer_id == reader:
            here = message.browser == browser
        if here:
            shown.append(message)
    return shown


async def may_read(tx: Transaction, conversation: Conversation, reader: int) -> bool:
    """Return whether a participant may read a conversation: its trusted person, or its author until it is closed."""
    if reader == conversation.author_id:
        return not conversation.closed
    return reader == conversation.trusted_id and any(trusted.id == reader for trusted in await store.trusted_people(tx))


async def name_of_author(tx: Transaction, conversation: Conversation) -> Span:
    """Return what a trusted person reads as the name of a conversation's author, who may be anonymous."""
    if conversation.anonymous:
        # L10N: stands for the name of someone who writes without a name, at the beginning of a line
        return _("Someone")
    person = await participant_store.find(tx, conversation.author_id)
    return called(person, "full") if person else _("Someone")


async def draw_conversation(
    tx: Transaction, conversation: Conversation, reader: int, page: int, notice: str = "", browser: str = ""
) -> View:
    """Return a page of a conversation for one of its two readers; page 0 has the latest messages.

    `notice` is the key of a short notice shown on the page, '' for none. If `browser` is the id of an unconfirmed
    browser of the reader, only messages written there and the answers to them are shown; '' shows everything.
    """
    is_author = reader == conversation.author_id
    trusted_people = await store.trusted_people(tx)
    trusted = next((person for person in trusted_people if person.id == conversation.trusted_id), None)
    author = await name_of_author(tx, conversation)
    messages = await store.messages(tx, conversation, reader)
    if browser:
        messages = _shown_in(browser, messages, conversation, reader)
    (shown,), pages = paged(
        _pages(messages), page, partial(OpenConversation, conversation.id), per_page=1, labels=(_("Newer"), _("Older"))
    )
    lines: list[Span] = [NOTICES[notice]] if notice else []
    lines.append(Strong(_heading(trusted, author, conversation, is_author)))
    if is_author and trusted and not trusted.reachable and not conversation.closed:
        lines.append(unreached(trusted))
    if not is_author and not conversation.anonymous and any(message.browser for message in messages):
        lines.append(
            _(
                "Written in a new browser, not confirmed yet: it may be somebody else. Make sure who"
                " it is before you tell anything."
            )
        )
    for message in shown:
        # L10N: before the words that the reader wrote themselves
        who: Span = _("You") if message.writer_id == reader else _name_of_writer(message, conversation, author, trusted)
        line = _("{name}: {words}", name=Strong(who), words=Name(message.words))
        lines.append(line if message.sent else Joined((line, " ", _("(not sent)"))))
    buttons: list[Button] = []
    if conversation.closed:
        lines.append(CLOSED)
    elif trusted is not None:
        kept = not all(message.sent for message in messages)
        if kept:
            buttons.append(Button(_("Send what was kept"), SendKept(conversation.id), style="primary"))
        # L10N: a button, a verb
        label = _("Write on") if is_author else _("Answer")
        buttons.append(Button(label, WriteMore(conversation.id), style="plain" if kept else "primary"))
    elif is_author:
        lines.append(_("Nobody else can read this now. You can hand it, as it stands, to someone else."))
        buttons += [
            # L10N: a button: hand a conversation to this trusted person
            Button(_("Hand it to {name}", name=called(other, "given")), HandOver(conversation.id, other.id))
            for other in trusted_people
            if other.id != reader
        ]
    buttons += reversed(pages)
    if is_author:
        buttons.append(Button(_("Erase it for both"), AskToEraseConversation(conversation.id), style="danger"))
    # L10N: a button, a verb: take what is shown off the screen
    buttons.append(Button(_("Hide this"), HideConversation()))
    drawn, required = drawn_name(conversation.id, page, notice), None if is_author else of_trusted()
    return View(tuple(lines), tuple(buttons), confidential=True, drawn=drawn, who=required)


def of_trusted() -> Required:
    """Return the role of trusted people, for messages that only they may read."""
    return known()[TRUSTED]


def unreached(trusted: TrustedPerson) -> Text:
    """Return what the author of a conversation reads while messages do not reach the trusted person."""
    return _(
        "{name} cannot be reached at the moment, and reads this only on coming back. Write to somebody else too:"
        " /confiance. If you are in danger, see /urgence.",
        name=called(trusted, "given"),
    )


def trusted_line(trusted: TrustedPerson, name: Span) -> Span:
    """Return the line about a trusted person: `name`, languages, and when the person can be reached."""
    if not trusted.reachable:
        return _("{name}: cannot be reached at the moment.", name=name)
    # L10N: a trusted person, the languages they speak, and when they can be reached
    return _(
        "{name}: {languages}; {hours}.",
        name=name,
        languages=Quote(store.ABOUT_TRUSTED, f"{trusted.id}.languages", trusted.languages),
        hours=Quote(store.ABOUT_TRUSTED, f"{trusted.id}.hours", trusted.hours),
    )


def _name_of_writer(
    message: TrustMessage, conversation: Conversation, author: Span, trusted: TrustedPerson | None
) -> Span:
    """Return what stands before a message that its reader did not write; the `trusted` person is the present one."""
    if message.writer_id == conversation.author_id:
        return author
    if trusted is not None and message.writer_id == trusted.id:
        return called(trusted, "given")
    # L10N: stands for the name of a trusted person who is not one any more, at the beginning of a line
    return _("The trusted person")


def _heading(trusted: TrustedPerson | None, author: Span, conversation: Conversation, is_author: bool) -> Span:
    if not is_author:
        return author if not conversation.anonymous else _("Someone who does not give their name")
    if trusted is None:
        return _("Your trusted person no longer has this role")
    if conversation.anonymous:
        return _("You and {name}, who does not know who you are", name=called(trusted, "given"))
    return _("You and {name}", name=called(trusted, "given"))


def _pages(messages: Sequence[TrustMessage]) -> list[list[TrustMessage]]:
    """Return messages in pages that fit on a screen, the latest page first; each page is in the order of writing."""
    pages: list[list[TrustMessage]] = [[]]
    length = 0
    for message in reversed(messages):
        if pages[-1] and length + len(message.words) > _MOST_CHARACTERS:
            pages.append([])
            length = 0
        pages[-1].insert(0, message)
        length += len(message.words)
    return pages


# --- emergencies


def _telephone(number: str) -> Span:
    """Return a number to call, which a tap calls where a browser shows it."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return Strong(Link(number, f"tel:{digits}"))


def danger_line(settings: SafetySettings) -> Sequence[Span]:
    """Return the line with the numbers to call in danger in the gathering's country; () if no country is set.

    Somebody in danger should not have to choose: if there is a number for any emergency, it is the only one in the
    line. The emergency screen shows all numbers.
    """
    numbers = EMERGENCY_NUMBERS.get(settings.country, ())
    if not numbers:
        return ()
    if numbers[0].whom == EVERYTHING:
        return (_("If you are in danger, call {number}.", number=_telephone(numbers[0].number)),)
    parts: list[Span] = []
    for number in numbers:
        if number.whom != TALK:
            # L10N: in a list of emergency numbers; whom one reaches there: police, ambulance
            parts += [" · ", _("{number} ({whom})", number=_telephone(number.number), whom=number.whom)]
    return (_("If you are in danger, call: {numbers}", numbers=Joined(tuple(parts[1:]))),)


def talk_line(settings: SafetySettings) -> Sequence[Span]:
    """Return the line with the number that people who may harm themselves can call at any hour; () if none is known."""
    for number in EMERGENCY_NUMBERS.get(settings.country, ()):
        if number.whom in (SUICIDE, TALK):
            return (
                _("To talk to someone, now: {number} ({whom}).", number=_telephone(number.number), whom=number.whom),
            )
    return ()


def on_call_line(settings: SafetySettings) -> Span:
    """Return the line with the telephone number of the organiser on call. The number must be configured."""
    return _("The organiser on call: {number}", number=_telephone(settings.telephone))


def emergency_lines(settings: SafetySettings) -> Sequence[Span]:
    """Return all lines for an emergency: the numbers to call, who is on call, and the address to say."""
    numbers = [
        # L10N: a line of a list: an emergency number, and whom one reaches there
        _("{number}: {whom}", number=_telephone(number.number), whom=number.whom)
        for number in EMERGENCY_NUMBERS.get(settings.country, ())
    ]
    lines: list[Span] = [Strong(_("In an emergency, call first")), *numbers]
    if settings.telephone:
        lines.append(on_call_line(settings))
    if settings.address:
        lines.append(_("Say where you are: {address}", address=Strong(settings.address)))
    return lines


# --- «Are you safe?»


def marked(check: SafetyCheck, line: Span) -> Span:
    """Return `line`; if the safety check is a drill (an exercise), begin it with «DRILL»."""
    # L10N: before each line of a check for safety in which nothing has happened
    return _("DRILL, nothing happened: {line}", line=line) if check.drill else line


def question(check: SafetyCheck, *, again: bool = False) -> View:
    """Return the message that asks people whether they are safe; with `again`, for the second time."""
    asked = _("Second call: are you safe? We have no answer from you.") if again else _("Are you safe?")
    return View(
        (
            Strong(marked(check, asked)),
            _("One tap is enough. Only the team and your group's facilitators see your answer."),
        ),
        (
            # L10N: a button: the answer to «Are you safe?»
            Button(_("Yes, I am safe"), AnswerSafe(check.id), style="primary"),
            # L10N: a button: the answer to «Are you safe?» of somebody who is not
            Button(_("I need help"), AnswerHelp(check.id), style="danger"),
            EMERGENCY,
        ),
    )


def call_to_mark(check: SafetyCheck) -> View:
    """Return the message that tells facilitators of a new safety check, with a button to the list of their groups."""
    line = _("«Are you safe?» has begun. On your list, press the name of each person whom you see safe.")
    # L10N: a button of facilitators
    see = Button(_("The list of my groups"), OpenCheck(check.id), style="primary")
    return View((marked(check, line),), (see,), who=Who.FACILITATOR)


def needs_help(
    check: SafetyCheck, person: CheckedPerson, group: SafetyGroup | None = None, *, late: bool = False
) -> Span:
    """Return the line that tells organisers that a person needs help, with the person's group and room if known.

    With `late`, the person said so after the check was closed.
    """
    name: Span = Strong(called(person, "full"))
    if group and (where := where_of(group)):
        name = Joined((name, " (", _joined(where), ")"))
    if late:
        return marked(check, _("{name} needs help. They answered after the check was closed.", name=name))
    return marked(check, _("{name} needs help.", name=name))


def state_of(check: SafetyCheck) -> Text:
    """Return the line that says when a safety check began, when people were asked again, and when it was closed."""
    if check.closed_at is not None:
        return _(
            "Started {begun}, closed {closed}.",
            begun=Moment(check.begun_at),
            closed=Moment(check.closed_at, "time"),
        )
    if check.second_round_at is not None:
        return _(
            "Started {begun}; asked again {again}.",
            begun=Moment(check.begun_at, "time"),
            again=Moment(check.second_round_at, "time"),
        )
    return _(
        "Started {begun}; people who do not answer are asked again after five minutes.",
        begun=Moment(check.begun_at, "time"),
    )


def where_of(group: SafetyGroup) -> Sequence[Span]:
    """Return the title of a group and, where known, its room; () for the lists of people without a group."""
    if group.key in (WITHOUT_GROUP, NOT_JOINED):
        return ()
    return (group.title, room_name(group.room)) if group.room else (group.title,)


def counts(on_list: SafetyList) -> Sequence[Span]:
    """Return the lines that say how many people are safe or not, were absent, and are not on a safety check's list."""
    people = on_list.people
    lines: list[Span] = [
        _(
            "Safe: {safe} of {count} · need help: {help} · no answer: {silent}",
            count=len(people),
            safe=sum(person.is_safe for person in people),
            help=on_list.in_need,
            silent=on_list.missing,
        )
    ]
    if absent := sum(person.is_absent for person in people):
        # L10N: how many people the attendance of that day has as absent
        lines.append(_("Marked absent: {count}", count=absent))
    if left_out := on_list.left_out:
        lines.append(_n("{count} person is not on this list.", "{count} people are not on this list.", left_out))
    return lines


def person_lines(
    person: CheckedPerson, places: Sequence[SaidPlace], group: SafetyGroup | None = None
) -> Sequence[Span]:
    """Return lines about one person for organisers: name, `group` and room if given, telephone, answer, and places.

    `places` are what the person sent about where they are, the latest first. A place that was sent in an unconfirmed
    browser has a line of its own that says so; only the latest place from each of these browsers is shown.
    """
    own = [place for place in places if not place.browser]
    in_new = {place.browser: place for place in reversed(places) if place.browser}
    facts: list[Span] = [called(person, "full"), *(where_of(group) if group else ())]
    known = len(facts)
    if person.phone:
        phone = Quote(store.PHONE, str(person.id), person.phone)
        # L10N: in a line about somebody who needs help: a telephone number, which somebody else may have left
        unsure = _("{phone} (from a page not confirmed yet)", phone=phone)
        facts.append(unsure if person.phone_unsure else phone)
    if own:
        latest = place_of(own[0], _LONGEST_LATEST)
        # L10N: in a line about somebody who needs help: where they are, and when they said so
        facts.append(_("where, at {time}: {place}", time=Moment(own[0].said_at, "time"), place=Strong(latest)))
    if person.help_at is not None:
        asked = Moment(person.help_at, "time")
        if person.browsers:
            # L10N: in a line about somebody who needs help, or of whom somebody who opened their page says so
            facts.append(_("help asked for at {time}, from a page not confirmed yet", time=asked))
        else:
            facts.append(_("help asked for at {time}", time=asked))
        if person.answer == "safe" and person.answered_at is not None:
            facts.append(_("says at {time} that they are safe", time=Moment(person.answered_at, "time")))
    facts += standing(person)
    if len(facts) == known:
        facts.append(NO_ANSWER)
    lines: list[Span] = [_joined(facts)]
    if len(own) > 1:
        # L10N: below a line about somebody who needs help: where they said before that they are
        lines.append(_("before that, {places}", places=_joined([_earlier(place) for place in own[1:]])))
    if in_new:
        shown = sorted(in_new.values(), key=lambda place: place.said_at, reverse=True)[:_MOST_NEW]
        said = _joined([_earlier(place, _LONGEST_LATEST) for place in shown])
        # L10N: below a line about somebody who needs help: where they are, or somebody who opened their page says so
        lines.append(_("in a new browser, not confirmed yet, {places}", places=said))
    return lines


def standing(person: CheckedPerson) -> Sequence[Span]:
    """Return what is known of a person apart from their own answer: who saw them safe, or that no message reaches them.

    Returns () for a person who needs help: an earlier mark «seen safe» could mislead readers.
    """
    facts: list[Span] = []
    if person.needs_help:
        return facts
    if person.seen_at is not None:
        by: Span = Person(person.seen_by, "given", person.marker) if person.seen_by is not None else SOMEONE
        # L10N: in a line about a person, of whatever gender: somebody stood before them, and they are safe
        facts.append(_("seen, safe (by {name}, {time})", name=by, time=Moment(person.seen_at, "time")))
    if person.is_absent:
        facts.append(_not_there(person))
    if person.is_silent and not person.joined:
        # L10N: in a line about a person who was invited and never joined
        facts.append(_("not in Rencontres yet"))
    elif person.is_silent and not person.reachable:
        # L10N: in a line about a person who does not answer: no message reaches them
        facts.append(_("I cannot message them, please call"))
    return facts


def _not_there(person: CheckedPerson) -> Span:
    assert person.absence
    by, time = person.absence.by or SOMEONE, Moment(person.absence.at, "time")
    if person.absence.afternoon:
        # L10N: in a line about a person: {name} marked them absent at {time}
        return _("not there this afternoon ({name}, {time})", name=by, time=time)
    # L10N: in a line about a person: {name} marked them absent at {time}
    return _("not there this morning ({name}, {time})", name=by, time=time)


def group_line(group: SafetyGroup) -> Text:
    """Return the line of a group: «Culture 6 · room 3 · 4/6» (4 of 6 are safe), how many were absent or need help."""
    values: Mapping[str, Span] = {"group": group.title, "safe": group.safe, "count": len(group.people)}
    # L10N: a group, how many of it are safe, and how many they are
    line = _("{group} · {safe}/{count}", **values)
    if group.room:
        # L10N: a group, its room, how many of it are safe, and how many they are
        line = _("{group} · {room} · {safe}/{count}", room=room_name(group.room), **values)
    if group.absent:
        # L10N: a line about a group, and how many of it are marked absent
        line = _("{line} · absent: {count}", line=line, count=group.absent)
    if group.in_need:
        # L10N: a button about a group, as short as can be, and how many of it need help
        return _("{line} · help: {count}", line=line, count=group.in_need)
    return line


def how(person: CheckedPerson) -> Span:
    """Return words that tell facilitators how a person is (safe or not), without places or telephone numbers."""
    if facts := standing(person):
        return facts[0]
    if person.needs_help and person.help_at is not None:
        asked = Moment(person.help_at, "time")
        if person.browsers:
            return _("help asked for at {time}, from a page not confirmed yet", time=asked)
        return _("help asked for at {time}", time=asked)
    if person.is_safe and person.answered_at is not None:
        # L10N: in a list, after a name: they said themselves that they are safe
        return _("says at {time} that they are safe", time=Moment(person.answered_at, "time"))
    return NO_ANSWER


def _joined(spans: Sequence[Span]) -> Span:
    return Joined(tuple(part for span in spans for part in (" · ", span))[1:])


def _earlier(place: SaidPlace, most: int = _LONGEST_EARLIER) -> Span:
    # L10N: in a list: when somebody said where they were, and where
    return _("{time}: {place}", time=Moment(place.said_at, "time"), place=place_of(place, most))


def place_of(place: SaidPlace, most: int) -> Span:
    """Return a place as organisers read it: the first `most` characters of its words, a link to a map, and «photo»."""
    parts: list[Span] = []
    if place.words:
        parts.append(Quote(store.PLACE, str(place.id), place.words, most))
    if place.latitude is not None and place.longitude is not None:
        # L10N: a link to a map, in a list of the places where somebody was
        parts.append(Link(_("on the map"), Place(place.latitude, place.longitude, "").map_url))
    if place.photo:
        # L10N: in a list of the places where somebody was: they sent a photo
        parts.append(_("photo"))
    return Joined(tuple(part for each in parts for part in (", ", each))[1:])

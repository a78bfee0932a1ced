"""What people can do with trusted people (write, hand over, erase) and with safety checks (begin, answer, close)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.background.reminding import configured
from bot.content.discretion import something_to_read
from bot.content.errors import UserError
from bot.content.roles import Who
from bot.content.texts import Span, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.logs import under_reference
from bot.membership.browsers import UNCONFIRMED
from bot.people import attempt_store, audience_store, browser_store, limits, participant_store, role_store
from bot.people.audiences import Audience
from bot.people.browser_store import counted_in
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.attendance.store.marks import latest_halves
from handlers.groups.messages.cards import short_title
from handlers.groups.service.membership import round_of_the_day
from handlers.groups.store.groups import groups_with_themes
from handlers.groups.store.members import placements_of_round
from handlers.navigation.actions import BACK
from handlers.trust import store
from handlers.trust.actions import NAME_TRUSTED, TRUST, OpenCheck, OpenConversation
from handlers.trust.messages import ERASED, NOT_SHOWN, call_to_mark, needs_help, of_trusted, question, screen_of
from handlers.trust.model import (
    HELP_TOLD_AGAIN,
    MOST_AN_HOUR,
    MOST_KEPT,
    MOST_TRUSTED,
    NOT_JOINED,
    PLACES_KEPT,
    SECOND_ROUND,
    TRUSTED,
    WITHOUT_GROUP,
    Absence,
    Answer,
    CheckedPerson,
    Conversation,
    SafetyCheck,
    SafetyGroup,
    SafetyList,
    SaidPlace,
    TrustedPerson,
    in_order,
)
from handlers.workshops.service.facilitators import groups_run_by

_ERASED_MESSAGES = attempt_store.counted_action("erased messages")
"""The word under which messages are counted that were sent and then erased."""
_HELP_IN_NEW = attempt_store.counted_action("help from new browsers")
"""The word under which it is counted how often somebody who needs help was announced from new browsers."""


async def find_trusted(tx: Transaction, participant_id: int | None) -> TrustedPerson | None:
    """Return the trusted person with this participant id; None if the participant is no trusted person (any more)."""
    return next((trusted for trusted in await store.trusted_people(tx) if trusted.id == participant_id), None)


async def may_keep_more(tx: Transaction, writer_id: int, browser: str = "") -> bool:
    """Return whether another unsent message of a person may be stored.

    `browser` is the id of the unconfirmed browser in which the message is written, '' for any other place. Each place
    has a limit of its own.
    """
    return all([await store.count_kept(tx, writer_id, place) < most for place, most in counted_in(browser, MOST_KEPT)])


async def can_write_from(tx: Transaction, writer_id: int, now: datetime, browser: str = "") -> datetime | None:
    """Return when a person may send their next message to or as a trusted person; None for at once.

    Erased messages count too, so that nobody can alert a trusted person endlessly. `browser` is the id of the
    unconfirmed browser in which they write, '' for any other place. Each place has a limit of its own, so that an
    intruder cannot silence the owner of the page.
    """
    if not browser:
        pause = await attempt_store.pause(tx, _ERASED_MESSAGES, str(writer_id), now, tries=MOST_AN_HOUR)
        if pause is not None:
            return now + pause
    counted = counted_in(browser, MOST_AN_HOUR)
    sent = [await store.sent_before(tx, writer_id, most, place) for place, most in counted]
    return max((free for each in sent if (free := limits.an_hour_after(each, now))), default=None)


async def write_to(
    tx: Transaction,
    author_id: int,
    trusted_id: int | None,
    words: str,
    now: datetime,
    *,
    anonymous: bool,
    browser: str = "",
) -> Conversation:
    """Write to a trusted person, and return the conversation that contains the message.

    The message goes into the author's present conversation with that person, or begins a new one. With `anonymous`, the
    conversation does not show the author's name. If `trusted_id` is None or no trusted person's any more, the message
    is stored in a conversation that nobody else reads. If the author sent too many messages lately, the message is
    stored unsent. `browser` is the id of the unconfirmed browser in which the message was written, '' for any other
    place. Such a browser has its own conversation, so that answers to what was confided elsewhere cannot be read there.
    """
    trusted = await find_trusted(tx, trusted_id)
    present = trusted.id if trusted else None
    conversation: Conversation | None = None
    if present is not None:
        conversation = await _conversation_with(tx, author_id, present, anonymous, browser)
    if conversation is None:
        conversation = await store.begin_conversation(tx, author_id, present, now, anonymous=anonymous)
    await write(tx, conversation, author_id, words, now, browser)
    return conversation


async def _conversation_with(
    tx: Transaction, author_id: int, trusted_id: int, anonymous: bool, browser: str
) -> Conversation | None:
    """Return the conversation that words go on in, from an unconfirmed `browser` or ('') elsewhere; None for none."""
    for conversation in await store.conversations_of_author(tx, author_id):
        meant = conversation.trusted_id == trusted_id and conversation.anonymous == anonymous
        if meant and await _takes_from(tx, conversation, browser):
            return conversation
    return None


async def _takes_from(tx: Transaction, conversation: Conversation, browser: str) -> bool:
    """Return whether what its author writes in an unconfirmed `browser`, or ('') elsewhere, goes on in a conversation.

    What is written elsewhere goes into none that was begun in a browser that is not confirmed.
    """
    places = await store.places_of(tx, conversation)
    return places == {browser} if browser else places <= {""}


async def write_on(
    tx: Transaction, conversation: Conversation, writer_id: int, words: str, now: datetime, browser: str = ""
) -> Conversation:
    """Add a message to a conversation of its writer, and return the conversation that contains the message.

    `browser` is the id of the unconfirmed browser in which the message was written, '' for any other place. If the
    author began the conversation in another place, the message goes into another conversation with the same person,
    anonymous or not as before: otherwise answers to it could be read in the wrong place.
    """
    if writer_id == conversation.author_id and not await _takes_from(tx, conversation, browser):
        trusted_id, anonymous = conversation.trusted_id, conversation.anonymous
        return await write_to(tx, writer_id, trusted_id, words, now, anonymous=anonymous, browser=browser)
    await write(tx, conversation, writer_id, words, now, browser)
    return conversation


async def write(
    tx: Transaction, conversation: Conversation, writer_id: int, words: str, now: datetime, browser: str = ""
) -> bool:
    """Add a message to a conversation, and notify its other reader, without quoting the message.

    `browser` is the id of the unconfirmed browser in which it was written, '' for any other place. Returns False if the
    message was stored unsent, because nobody reads the conversation now or the writer sent too many.
    """
    trusted = await find_trusted(tx, conversation.trusted_id)
    sent = trusted is not None and await can_write_from(tx, writer_id, now, browser) is None
    await store.add_message(tx, conversation.id, writer_id, words, now, sent=sent, browser=browser)
    if sent and not await _was_told_often(tx, conversation, writer_id, now, browser):
        await _tell_other(tx, conversation, writer_id, now)
    return sent


async def _was_told_often(
    tx: Transaction, conversation: Conversation, writer_id: int, now: datetime, browser: str
) -> bool:
    """Return whether the other participant was told of enough messages from unconfirmed browsers of a writer lately.

    Together these send several times as many as one may. All are read, but after so many within an hour only the first
    of a conversation is told, so that whoever holds a stolen link makes no device ring on and on.
    """
    oldest = await store.sent_before(tx, writer_id, MOST_AN_HOUR + 1, browser_store.ALL_NEW) if browser else None
    if limits.an_hour_after(oldest, now) is None:
        return False
    written = await store.messages(tx, conversation, writer_id)
    return sum(message.writer_id == writer_id for message in written) > 1


async def send_kept(
    tx: Transaction, conversation: Conversation, writer_id: int, now: datetime, browser: str = ""
) -> bool:
    """Send the unsent messages of a writer in a conversation. Returns False if they still cannot be sent.

    `browser` is the id of the unconfirmed browser in which the writer asks for this, '' for any other place; only
    messages written in that browser are sent then.
    """
    if await find_trusted(tx, conversation.trusted_id) is None:
        return False
    if await can_write_from(tx, writer_id, now, browser) is not None:
        return False
    if await store.send_kept(tx, conversation.id, writer_id, now, browser) and not await _was_told_often(
        tx, conversation, writer_id, now, browser
    ):
        await _tell_other(tx, conversation, writer_id, now)
    return True


async def _tell_other(tx: Transaction, conversation: Conversation, writer_id: int, now: datetime) -> None:
    """Enqueue the message that something waits in a conversation, for the one of the two who did not write it.

    It names nobody, goes out at once and says nothing of its cause: on a locked phone, it could be anything.
    """
    reader = conversation.trusted_id if writer_id == conversation.author_id else conversation.author_id
    if reader is None:
        return
    waiting = await _waiting_words(tx, conversation)
    if reader != conversation.author_id:
        waiting = replace(waiting, who=of_trusted())
    await outbox.notify(tx, reader, waiting, now, outbox.Telling.PRESSING_ANSWER)


async def tell_of_absence(tx: Transaction, participant_id: int, now: datetime) -> Sequence[None]:
    """Tell the people who wrote to a trusted person within a day, and got no answer, that messages do not reach them.

    Nothing happens if the participant is no trusted person, or another account is reached.
    """
    trusted = await find_trusted(tx, participant_id)
    if trusted is None or trusted.reachable:
        return ()
    for conversation in await store.conversations_of_trusted(tx, participant_id):
        author = conversation.author_id
        if conversation.closed or not await store.count_sent(tx, conversation.id, author, now - timedelta(days=1)):
            continue
        if (await store.messages(tx, conversation, author))[-1].writer_id == author:
            await outbox.notify(tx, author, await _waiting_words(tx, conversation), now, outbox.Telling.PRESSING_ANSWER)
    return ()


async def _waiting_words(tx: Transaction, conversation: Conversation) -> View:
    """Return the message that something waits in a conversation; a new browser shows it if all was begun there."""
    places = await store.places_of(tx, conversation)
    view = something_to_read(OpenConversation(conversation.id, 0), confidential=True)
    return replace(view, asked_in=next(iter(places)) if len(places) == 1 else "")


async def hand_over(tx: Transaction, conversation: Conversation, trusted: TrustedPerson, now: datetime) -> None:
    """Let another trusted person read a conversation that no trusted person reads now, and send its unsent messages."""
    await store.hand_to(tx, conversation.id, trusted.id)
    await store.send_kept(tx, conversation.id, conversation.author_id, now)
    await _tell_other(tx, replace(conversation, trusted_id=trusted.id), conversation.author_id, now)


async def erase_conversation(tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """Delete a conversation, and remove it from the chats and pages of both people who read it."""
    await store.delete_conversation(tx, conversation.id)
    readers = [reader for reader in (conversation.author_id, conversation.trusted_id) if reader is not None]
    await _take_off(tx, conversation.id, readers, ERASED, now)


async def erase_own(tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """Erase a conversation at its author's request, for both people who read it.

    Messages that the author sent in it within the last hour still count towards the limit of messages an hour.
    """
    author_id = conversation.author_id
    if sent := await store.count_sent(tx, conversation.id, author_id, now - timedelta(hours=1)):
        await attempt_store.count(tx, _ERASED_MESSAGES, str(author_id), now, more=sent)
    await erase_conversation(tx, conversation, now)


async def _take_off(tx: Transaction, conversation_id: int, readers: Iterable[int], view: View, now: datetime) -> None:
    """Replace a conversation by a view wherever it is still shown to these participants."""
    people = list(readers)
    with under_reference(None):  # the same on both sides, it would tell who wrote to the trusted person
        await message_updates.expire_screens(tx, people, (), now, over={screen_of(conversation_id): view})
        for reader in people:
            await outbox.refresh_pages(tx, reader, now)


async def check_trusted(tx: Transaction, person: Participant) -> None:
    """Raise UserError if a person cannot become a trusted person.

    The person must have joined, and there must be fewer trusted people than allowed.
    """
    back = (NAME_TRUSTED, BACK)
    if not person.joined:
        raise UserError(
            _("{name} has not joined, and could not read anything.", name=called(person, "full")), buttons=back
        )
    people = await store.trusted_people(tx)
    if person.id not in [trusted.id for trusted in people] and len(people) >= MOST_TRUSTED:
        raise UserError(
            _("There are {most} trusted people already. Take the role from one of them first.", most=MOST_TRUSTED),
            buttons=back,
        )


async def name_trusted(tx: Transaction, participant_id: int, languages: str, hours: str, now: datetime) -> None:
    """Make a participant a trusted person, or change what people read about them. The participant is notified.

    People read which `languages` the participant speaks and at which `hours` they answer; both are texts.
    """
    await store.name_trusted(tx, participant_id, languages, hours, now)
    line = _("The organisers named you a trusted person. What is written to you is read by you alone.")
    await outbox.notify(tx, participant_id, View((line,), (TRUST,)), now, outbox.Telling.ANSWER)


async def end_trust(tx: Transaction, participant_id: int, now: datetime, *, tell: bool = True) -> bool:
    """End a person's role as a trusted person, and notify the people who wrote to them.

    The person can then no longer read their conversations. With `tell`, the person is notified too. Returns False if
    the person was no trusted person.
    """
    if not await role_store.take(tx, participant_id, TRUSTED, ""):
        return False
    await free_conversations(tx, participant_id, now)
    if tell:
        line = _("You are no longer a trusted person, and cannot read what was written to you.")
        await outbox.notify(tx, participant_id, View((line,)), now, outbox.Telling.ANSWER)
    return True


async def free_conversations(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Remove a former trusted person from their conversations, and notify the authors of the conversations."""
    await store.forget_trusted(tx, participant_id)
    for conversation in await store.all_conversations_of_trusted(tx, participant_id):
        await store.hand_to(tx, conversation.id, None)
        await _take_off(tx, conversation.id, [participant_id], NOT_SHOWN, now)
        if conversation.closed:
            continue  # whoever came in by the author's new invitation shall not learn that there was one
        view = await _waiting_words(tx, conversation)  # the conversation says what changed
        await outbox.notify(tx, conversation.author_id, view, now, outbox.Telling.ANSWER)


async def forget_all_of(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Prepare a person's erasure: erase the conversations that the person began, and stop the person reading others."""
    await end_trust(tx, participant_id, now, tell=False)
    for conversation in await store.all_conversations_of_author(tx, participant_id):
        await erase_conversation(tx, conversation, now)


async def close_all_of(tx: Transaction, author_id: int, now: datetime) -> None:
    """Close the conversations that a person began, and remove them from that person's chats and pages.

    Words for which the person has not chosen a recipient are deleted too. So whoever enters with the person's new
    invitation cannot read any of this.
    """
    await store.drop_all_words(tx, author_id)
    for conversation in await store.conversations_of_author(tx, author_id):
        await close_conversation(tx, conversation, now)


async def close_conversation(tx: Transaction, conversation: Conversation, now: datetime) -> None:
    """Close a conversation, and remove it from its author's chats and pages."""
    await store.close_conversation(tx, conversation.id)
    await _take_off(tx, conversation.id, [conversation.author_id], NOT_SHOWN, now)


async def erase_outdated(tx: Transaction, ends: datetime, kept: timedelta, now: datetime) -> int:
    """Erase the conversations in which nobody has written for the time `kept`; return the number of them.

    No conversation is erased before the time `kept` has also passed since `ends`, the end of the gathering.
    """
    if now < ends + kept:
        return 0
    conversations = await store.untouched_before(tx, now - kept)
    for conversation in conversations:
        await erase_conversation(tx, conversation, now)
    return len(conversations)


# --- «Are you safe?»


def subject(check_id: int) -> str:
    """Return the subject (key) under which the messages that ask people in a safety check are stored."""
    return f"safety:{check_id}"


async def begin_check(
    tx: Transaction, author_id: int, audience: Audience, now: datetime, *, drill: bool
) -> SafetyCheck | None:
    """Ask everybody in an audience whether they are safe, on all their accounts, and return the safety check.

    With `drill`, the check is an exercise: nothing has happened, and every message says so. Facilitators get a button
    to the list of their groups. Returns None, and asks nobody, if another check is running.
    """
    check = await store.begin_check(tx, author_id, audience, now, drill=drill)
    if check is None:
        return None
    people = [person.id for person in await store.checked_people(tx, check.id)]
    await outbox.notify_everywhere(tx, people, question(check), now, subject=subject(check.id))
    others = await audience_store.people(tx, Audience("organisers"))
    facilitators = [each for each in await audience_store.people(tx, Audience("facilitators")) if each not in others]
    await outbox.notify_everywhere(tx, facilitators, call_to_mark(check), now)
    return check


async def ask_again(tx: Transaction, check: SafetyCheck, now: datetime) -> int:
    """Ask people who have not answered a safety check a second time; return the number of people asked.

    Accounts that the first message did not reach come first, then all others. A person who asked for help only in an
    unconfirmed browser is asked too, because somebody else may have done that. A person who was seen safe is not asked.
    """
    await store.begin_second_round(tx, check.id, now)
    people = await store.checked_people(tx, check.id)
    silent = [person.id for person in people if person.is_silent or (person.needs_help and person.browsers)]
    await outbox.notify_everywhere(tx, silent, question(check, again=True), now, subject=subject(check.id))
    await store.touch_lists(tx, [check.id])
    return len(silent)


async def release_second_round(tx: Transaction, now: datetime) -> int | None:
    """Ask people without an answer a second time in the running safety check, if that is due.

    Returns how many people are asked; None if it is not due.
    """
    check = await store.running_check(tx)
    if check is None or check.second_round_at is not None or now < check.begun_at + SECOND_ROUND:
        return None
    return await ask_again(tx, check, now)


async def second_round_due(tx: Transaction) -> datetime | None:
    """Return when the second round of the running safety check is due; None if there will be none."""
    check = await store.running_check(tx)
    return check.begun_at + SECOND_ROUND if check and check.second_round_at is None else None


async def answer(
    tx: Transaction,
    check: SafetyCheck,
    participant_id: int,
    safe_or_help: Answer,
    now: datetime,
    browser: str = "",
) -> None:
    """Store a person's answer to a safety check, update the organisers' list, and notify organisers if help is needed.

    The last answer counts, but organisers always see that help was asked for. If they were told within two minutes that
    the same person needs help, they are told again when these are over, if that is still so; at once if somebody has
    seen the person safe in between. `browser` is the id of the unconfirmed browser in which the answer is given, '' for
    any other place. A request for help in such a browser is announced independently of one made elsewhere, and only a
    few such announcements are made about one person.
    """
    before = await store.answer_of(tx, check.id, participant_id)
    await store.answer_check(tx, check.id, participant_id, safe_or_help, now, browser)
    await store.touch_lists(tx, [check.id])
    person = await store.answer_of(tx, check.id, participant_id)
    if safe_or_help != "help" or person is None:
        return
    told = await outbox.last_notified_at(tx, _about_help(check, participant_id, browser))
    if before is not None and before.asked_for_help_in(browser) and (told or browser not in before.browsers):
        return  # it stands: organisers were told, or will be
    seen_since = told is not None and before is not None and before.seen_at is not None and before.seen_at >= told
    if not seen_since and (again := limits.after_pause(told, HELP_TOLD_AGAIN, now)) is not None:
        await store.tell_later(tx, check.id, participant_id, again)
        return
    was_safe = before is not None and before.is_safe
    if browser and not was_safe:  # the first cry of somebody who was safe is announced, however many there were before
        who, most = str(participant_id), browser_store.TOGETHER
        if await attempt_store.pause(tx, _HELP_IN_NEW, who, now, tries=most):
            return
        await attempt_store.count(tx, _HELP_IN_NEW, who, now)
    await _tell_help(tx, check, person, now, browser)


def _about_help(check: SafetyCheck, participant_id: int, browser: str) -> str:
    """Return the subject (key) of the messages that tell organisers of a request for help."""
    return f"help:{check.id}:{participant_id}{f':{browser}' if browser else ''}"


async def _tell_help(tx: Transaction, check: SafetyCheck, person: CheckedPerson, now: datetime, browser: str) -> None:
    asked_at = person.answered_at if person.answer == "help" else person.help_at
    late = check.closed_at is not None and (asked_at is None or asked_at >= check.closed_at)
    groups = await groups_listed(tx, check, None)
    group = next((group for group in groups if any(each.id == person.id for each in group.people)), None)
    view = View(
        (needs_help(check, person, group, late=late), *((UNCONFIRMED,) if browser else ())),
        (Button(_("See the list"), OpenCheck(check.id), style="primary"),),
        who=Who.ORGANISER,
    )
    others = [organiser for organiser in await participant_store.organisers(tx) if organiser != person.id]
    await outbox.notify_everywhere(tx, others, view, now, subject=_about_help(check, person.id, browser))


async def release_help(tx: Transaction, now: datetime) -> int | None:
    """Tell organisers of a request for help that came too soon after another one, if it still stands.

    Returns how many such requests were announced; None if none is due.
    """
    due = await store.help_to_tell(tx, now)
    if due is None:
        return None
    check_id, participant_id = due
    await store.tell_later(tx, check_id, participant_id, None)
    check, person = await store.find_check(tx, check_id), await store.answer_of(tx, check_id, participant_id)
    announced = 0
    if check is not None and person is not None and person.needs_help:
        for browser in person.browsers or ("",):
            told = await outbox.last_notified_at(tx, _about_help(check, person.id, browser))
            # of a browser nothing was told before where there are too many of them
            if (told or not browser) and limits.after_pause(told, HELP_TOLD_AGAIN, now) is None:
                await _tell_help(tx, check, person, now, browser)
                announced += 1
    return announced


async def leave_phone(tx: Transaction, participant_id: int, phone: str, browser: str = "") -> None:
    """Store a person's telephone number for emergencies ('' deletes it), and update the lists that show it.

    `browser` is the id of the unconfirmed browser in which the number is left, '' for any other place. A number left in
    another browser stays.
    """
    await store.put_phone(tx, participant_id, phone, browser)
    await show_anew(tx, participant_id)


async def take_as_own(tx: Transaction, participant_id: int, browser_id: str) -> Sequence[None]:
    """Treat everything that was confided in a browser as its owner's, after the owner has confirmed the browser.

    The organisers' lists that show it are updated. Returns an empty sequence.
    """
    await store.take_as_own(tx, participant_id, browser_id)
    await show_anew(tx, participant_id)
    return ()


async def show_anew(tx: Transaction, participant_id: int) -> None:
    """Redraw the lists of all safety checks that asked a person, because something about the person has changed."""
    await store.touch_lists(tx, await store.checks_of(tx, participant_id))


async def say_where(tx: Transaction, check: SafetyCheck, place: SaidPlace, message: str = "") -> None:
    """Store the place of a person who was asked in a safety check; organisers see it on the list for a day.

    A person who sends a place needs help: if the person had said that they are safe, or was seen safe, organisers are
    told again. `message` is the key of the message if it is a live location or an album, '' for any other message.
    """
    person = await store.answer_of(tx, check.id, place.participant_id)
    if person is not None and not person.asked_for_help_in(place.browser):
        await answer(tx, check, place.participant_id, "help", place.said_at, place.browser)
    await store.add_place(tx, check.id, place, message)
    await store.touch_lists(tx, [check.id])


async def follow_place(tx: Transaction, place: SaidPlace, message: str, *, moves: bool) -> None:
    """Store the new position of a live location. `moves` says whether the location is still live.

    `message` is the key of the message with the location. Nothing is stored if the sender said that they are safe, or
    did not send this location as an answer to «I need help».
    """
    check_id = await store.move_place(tx, place, message, moves=moves)
    if check_id is not None:
        await store.touch_lists(tx, [check_id])


async def groups_listed(tx: Transaction, check: SafetyCheck, reader: Participant | None) -> Sequence[SafetyGroup]:
    """Return the groups of `list_for`, the list of a safety check."""
    return (await list_for(tx, check, reader)).groups


async def list_for(tx: Transaction, check: SafetyCheck, reader: Participant | None) -> SafetyList:
    """Return the list of a safety check, group by group, as `reader` may see it; with None, all people.

    These are the groups of the day on which the check began. Groups in which somebody needs help come first, then those
    in which not everybody is safe.
    Facilitators see only the groups that they run. Organisers also see the people without a group.
    """
    day = check.begun_at.astimezone(ZoneInfo((await configured(tx)).zone)).date()
    round_ = await round_of_the_day(tx, day)
    placed = (
        {person: group for person, group, _pinned in await placements_of_round(tx, round_.number)} if round_ else {}
    )
    marks = await latest_halves(tx, day.isoformat())
    people: dict[int | str, list[CheckedPerson]] = defaultdict(list)
    left_out = set(await store.who_may_come(tx, check))
    for person in await store.listed_people(tx, check):
        afternoon, mark = marks.get(person.id, (False, None))
        absence = Absence(afternoon, mark.by, mark.at) if mark and not mark.present else None
        key = placed.get(person.id, WITHOUT_GROUP if person.joined else NOT_JOINED)
        people[key].append(replace(person, absence=absence))
        left_out.discard(person.id)
    themes = await groups_with_themes(tx, round_.number) if round_ else ()
    groups = [
        SafetyGroup(str(group.id), short_title(group, theme), group.room, in_order(people[group.id]))
        for group, theme in themes
        if people[group.id]
    ]
    if reader is None or reader.organises:
        # L10N: on a list of people by group: those who are in none
        groups.append(SafetyGroup(WITHOUT_GROUP, _("Without a group"), "", in_order(people[WITHOUT_GROUP])))
        # L10N: on a list of people by group: invited, and never joined
        groups.append(SafetyGroup(NOT_JOINED, _("Not in Rencontres yet"), "", in_order(people[NOT_JOINED])))
    else:
        run = {group.id for group in await groups_run_by(tx, reader, day)}
        groups = [group for group in groups if int(group.key) in run]
        left_out = {person for person in left_out if placed.get(person) in run}
    shown = sorted((group for group in groups if group.people), key=lambda each: (not each.in_need, each.is_complete))
    return SafetyList(shown, len(left_out))


async def mark(
    tx: Transaction, check: SafetyCheck, person: CheckedPerson, by: int, at: datetime, *, seen: bool
) -> bool:
    """Mark a person on the list of a safety check as seen and safe by the participant `by`, or remove the mark.

    `at` is when they were seen. It may be some time ago, and is taken for the earliest possible time if it is before
    that: the check's beginning, or the person's last request for help. If the person is marked already, that mark
    stays. Returns False, and changes nothing, if `person` was marked so already, or had no mark.
    """
    if seen == (person.seen_at is not None and not person.needs_help):
        return False
    if seen:
        asked = (person.help_at, person.answered_at if person.needs_help else None)
        await store.mark_seen(tx, check.id, person.id, by, max(at, check.begun_at, *filter(None, asked)))
    else:
        await store.take_mark(tx, check.id, person.id)
    await store.touch_lists(tx, [check.id])
    return True


async def close_check(tx: Transaction, check: SafetyCheck, now: datetime) -> bool:
    """Close a safety check: nobody is asked again, and its messages say that it is over.

    Returns False, and changes nothing, if it was closed before.
    """
    if not await store.close_check(tx, check.id, now):
        return False
    over: Span = _("This check is closed. If you need help, press «I need help»: the organisers still read it.")
    await message_updates.add_line(tx, subject(check.id), over, now)
    await store.touch_lists(tx, [check.id])
    return True


async def forget_places(tx: Transaction, now: datetime) -> int:
    """Delete the places that people sent more than a day ago, and update the lists that showed them.

    Returns the number of safety checks that had such places. The hourly housekeeping deletes photos once nothing refers
    to them.
    """
    changed = await store.forget_places(tx, now - PLACES_KEPT)
    await store.touch_lists(tx, changed)
    return len(changed)

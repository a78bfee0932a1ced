"""The SQL of trusted people and their conversations, of telephone numbers, and of safety checks."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from bot.clock import to_micros
from bot.config.chosen import Chosen
from bot.database.engine import Transaction
from bot.files.named_files import FileTable
from bot.people import ending_store, role_store
from bot.people.audience_store import where
from bot.people.audiences import COMES, Audience
from bot.people.browser_store import COUNTED, OPEN, counted_in
from handlers.trust.model import (
    BY_LETTER,
    MOST_PLACES,
    TRUSTED,
    Answer,
    CheckedPerson,
    Conversation,
    SafetyCheck,
    SaidPlace,
    TrustedPerson,
    TrustMessage,
)
from handlers.trust.settings import SafetySettings

CLOSED_ENDING, ERASED_ENDING, FORGOTTEN_ENDING = "trust.closed", "trust.erased", "trust.forgotten"
CHECK_ENDING = "trust.check"
"""The kinds of endings: conversations closed for their author, or erased; waiting words that were forgotten."""
ON_CALL = Chosen(SafetySettings, "safety", ("telephone", "address"))
"""The telephone and the address for emergencies, which organisers change in chat."""

# --- trusted people

_IS_HERE = "p.status = 'joined'"
_REACHABLE = (
    "CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id AND a.unreachable = 0) THEN 1 ELSE 0 END"
)


async def trusted_people(tx: Transaction) -> Sequence[TrustedPerson]:
    """Return the trusted people who take part, the reachable ones first, in the order in which they were chosen."""
    return await tx.rows(
        TrustedPerson,
        "SELECT p.id, p.given_name, p.family_name, COALESCE(t.languages, '') AS languages,"
        f" COALESCE(t.hours, '') AS hours, {_REACHABLE} AS reachable"
        " FROM roles r JOIN participants p ON p.id = r.participant_id"
        " LEFT JOIN trusted_people t ON t.participant_id = p.id"
        f" WHERE r.role = :role AND {_IS_HERE} ORDER BY {_REACHABLE} DESC, r.given_at, p.id",
        role=TRUSTED,
    )


async def name_trusted(tx: Transaction, participant_id: int, languages: str, hours: str, now: datetime) -> None:
    """Store that a participant is a trusted person, or change what people read about them.

    People read which `languages` the participant speaks and at which `hours` they answer; both are texts.
    """
    await role_store.give(tx, participant_id, TRUSTED, "", now)
    await tx.run(
        "INSERT INTO trusted_people (participant_id, languages, hours) VALUES (:id, :languages, :hours)"
        " ON CONFLICT (participant_id) DO UPDATE SET languages = :languages, hours = :hours",
        id=participant_id,
        languages=languages,
        hours=hours,
    )


async def forget_trusted(tx: Transaction, participant_id: int) -> None:
    """Delete what people read about a former trusted person; conversations stay."""
    await tx.run("DELETE FROM trusted_people WHERE participant_id = :id", id=participant_id)


async def was_named(tx: Transaction, since: datetime) -> bool:
    """Return whether any present trusted person was chosen after `since`."""
    return await tx.exists(
        "SELECT 1 FROM roles WHERE role = :role AND given_at > :since LIMIT 1", role=TRUSTED, since=to_micros(since)
    )


# --- conversations

_ID_BITS = 53
"""How long the random ids of conversations are: two are not the same, and each goes into a button."""
_CONVERSATION = "id, author_id, trusted_id, anonymous, closed, begun_at"


async def begin_conversation(
    tx: Transaction, author_id: int, trusted_id: int | None, now: datetime, *, anonymous: bool
) -> Conversation:
    """Store a new conversation of an author and return it; `trusted_id` is None if no trusted person reads it.

    If it is `anonymous`, the trusted person does not learn who the author is. Its id is random, because ids are in
    buttons, and counted ids would tell how many conversations there are.
    """
    [added] = await tx.rows(
        Conversation,
        "INSERT INTO trust_conversations (id, author_id, trusted_id, anonymous, begun_at)"
        f" VALUES (:id, :author, CAST(:trusted AS BIGINT), :anonymous, :now) RETURNING {_CONVERSATION}",
        id=secrets.randbits(_ID_BITS),
        author=author_id,
        trusted=trusted_id,
        anonymous=int(anonymous),
        now=to_micros(now),
    )
    return added


async def find_conversation(tx: Transaction, conversation_id: int) -> Conversation | None:
    """Return the conversation with this id; None if there is none."""
    return await tx.row(
        Conversation, f"SELECT {_CONVERSATION} FROM trust_conversations WHERE id = :id", id=conversation_id
    )


async def conversations_of_author(tx: Transaction, author_id: int) -> Sequence[Conversation]:
    """Return the conversations that a participant began and may read, the latest first."""
    return [
        conversation for conversation in await all_conversations_of_author(tx, author_id) if not conversation.closed
    ]


async def all_conversations_of_author(tx: Transaction, author_id: int) -> Sequence[Conversation]:
    """Return all conversations that a participant began, closed ones included, the latest first."""
    return await tx.rows(
        Conversation,
        f"SELECT {_CONVERSATION} FROM trust_conversations WHERE author_id = :id ORDER BY begun_at DESC, id",
        id=author_id,
    )


async def close_conversation(tx: Transaction, conversation_id: int) -> None:
    """Store that the author of a conversation can no longer read it, and that nobody can write in it."""
    await tx.run("UPDATE trust_conversations SET closed = 1 WHERE id = :id", id=conversation_id)
    await ending_store.record_endings(tx, CLOSED_ENDING, [str(conversation_id)])


async def conversations_of_trusted(tx: Transaction, trusted_id: int) -> Sequence[Conversation]:
    """Return the conversations that a trusted person reads: first the ones that wait for an answer, then by age."""
    return await tx.rows(
        Conversation,
        f"SELECT {_CONVERSATION} FROM trust_conversations c WHERE trusted_id = :id AND EXISTS (SELECT 1"
        " FROM trust_messages m WHERE m.conversation_id = c.id AND m.sent_at IS NOT NULL)"
        " ORDER BY (SELECT CASE WHEN m.writer_id = c.author_id THEN 0 ELSE 1 END FROM trust_messages m"
        " WHERE m.conversation_id = c.id AND m.sent_at IS NOT NULL ORDER BY m.id DESC LIMIT 1), c.begun_at, c.id",
        id=trusted_id,
    )


async def all_conversations_of_trusted(tx: Transaction, trusted_id: int) -> Sequence[Conversation]:
    """Return every conversation of a trusted person, also conversations without a sent message."""
    return await tx.rows(
        Conversation,
        f"SELECT {_CONVERSATION} FROM trust_conversations WHERE trusted_id = :id ORDER BY id",
        id=trusted_id,
    )


async def hand_to(tx: Transaction, conversation_id: int, trusted_id: int | None) -> None:
    """Set which trusted person reads a conversation; with None, only its author reads it."""
    await tx.run(
        "UPDATE trust_conversations SET trusted_id = CAST(:trusted AS BIGINT) WHERE id = :id",
        id=conversation_id,
        trusted=trusted_id,
    )


async def delete_conversation(tx: Transaction, conversation_id: int) -> None:
    """Delete a conversation with all its messages. Soon after the commit, their words are also wiped from the disk."""
    await tx.run("DELETE FROM trust_conversations WHERE id = :id", id=conversation_id)
    await ending_store.record_endings(tx, ERASED_ENDING, [str(conversation_id)], traces=True)


async def add_message(
    tx: Transaction, conversation_id: int, writer_id: int, words: str, now: datetime, *, sent: bool, browser: str = ""
) -> None:
    """Add a message to a conversation. If it is not `sent`, only its writer can read it.

    `browser` is the id of the unconfirmed browser in which it was written, '' for any other place.
    """
    await tx.run(
        "INSERT INTO trust_messages (conversation_id, writer_id, words, written_at, sent_at, browser)"
        " VALUES (:conversation, :writer, :words, :now, CAST(:sent AS BIGINT), :browser)",
        browser=browser,
        conversation=conversation_id,
        writer=writer_id,
        words=words,
        now=to_micros(now),
        sent=to_micros(now) if sent else None,
    )


async def send_kept(tx: Transaction, conversation_id: int, writer_id: int, now: datetime, browser: str = "") -> int:
    """Mark the unsent messages of a writer in a conversation as sent. Returns how many there were.

    If `browser` is the id of an unconfirmed browser, only the messages written there are marked; '' marks all.
    """
    return await tx.run(
        "UPDATE trust_messages SET sent_at = :now"
        " WHERE conversation_id = :conversation AND writer_id = :writer AND sent_at IS NULL"
        " AND (CAST(:browser AS TEXT) = '' OR browser = :browser)",
        browser=browser,
        conversation=conversation_id,
        writer=writer_id,
        now=to_micros(now),
    )


async def messages(tx: Transaction, conversation: Conversation, reader: int) -> Sequence[TrustMessage]:
    """Return the messages of a conversation, oldest first; unsent messages only if the `reader` wrote them."""
    return await tx.rows(
        TrustMessage,
        "SELECT writer_id, words, sent_at IS NOT NULL AS sent, browser FROM trust_messages WHERE conversation_id = :id"
        " AND (sent_at IS NOT NULL OR writer_id = :reader) ORDER BY id",
        id=conversation.id,
        reader=reader,
    )


async def places_of(tx: Transaction, conversation: Conversation) -> frozenset[str]:
    """Return where the author of a conversation wrote: ids of unconfirmed browsers, and '' for any other place."""
    return frozenset(
        await tx.values(
            str,
            "SELECT DISTINCT browser FROM trust_messages WHERE conversation_id = :id AND writer_id = :author",
            id=conversation.id,
            author=conversation.author_id,
        )
    )


async def take_as_own(tx: Transaction, participant_id: int, browser: str) -> None:
    """Store what a person wrote in an unconfirmed browser as if written elsewhere, once the browser is confirmed."""
    owner: dict[str, int | str] = {"id": participant_id, "browser": browser}
    cried = f"participant_id = :id AND {_ASKED_THERE}"
    await tx.run(
        f"UPDATE safety_answers SET answer = 'help', answered_at = help_at WHERE {cried} AND help_at > answered_at",
        **owner,
    )
    await tx.run(f"UPDATE safety_answers SET browser = '' WHERE {cried}", **owner)
    left_there = "participant_id = :id AND browser = :browser"
    deleted = await tx.run(
        "DELETE FROM emergency_phones WHERE participant_id = :id AND browser = ''"
        f" AND EXISTS (SELECT 1 FROM emergency_phones WHERE {left_there})",
        **owner,
    )
    await _wipe(tx, [0] if deleted else ())
    for table in ("safety_places", "emergency_phones"):
        await tx.run(f"UPDATE {table} SET browser = '' WHERE {left_there}", **owner)
    await tx.run("UPDATE trust_messages SET browser = '' WHERE writer_id = :id AND browser = :browser", **owner)


async def count_kept(tx: Transaction, writer_id: int, browser: str = "") -> int:
    """Return how many unsent messages of a participant are stored in conversations that the participant may read.

    `browser` says which messages count: those written in the unconfirmed browser with this id, in any unconfirmed
    browser («*»), or in any other place ('').
    """
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM trust_messages m JOIN trust_conversations c ON c.id = m.conversation_id"
        " WHERE m.writer_id = :id AND m.sent_at IS NULL AND c.closed = 0 AND :id IN (c.author_id, c.trusted_id)"
        f" AND {COUNTED}",
        id=writer_id,
        browser=browser,
    )


async def count_sent(tx: Transaction, conversation_id: int, writer_id: int, since: datetime) -> int:
    """Return how many messages a writer has sent in a conversation since `since`, except from unconfirmed browsers."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM trust_messages WHERE conversation_id = :id AND writer_id = :writer AND sent_at > :since"
        " AND browser = ''",
        id=conversation_id,
        writer=writer_id,
        since=to_micros(since),
    )


async def sent_before(tx: Transaction, writer_id: int, back: int, browser: str = "") -> datetime | None:
    """Return when a participant sent one of their last messages to or as a trusted person; None if there are fewer.

    `back` says which: 1 for the last, 2 for the one before. `browser` says which messages count: those written in the
    unconfirmed browser with this id, in any unconfirmed browser («*»), or in any other place ('').
    """
    return await tx.value_or_none(
        datetime,
        f"SELECT sent_at FROM trust_messages WHERE writer_id = :id AND sent_at IS NOT NULL AND {COUNTED}"
        " ORDER BY sent_at DESC, id DESC LIMIT 1 OFFSET :before",
        id=writer_id,
        browser=browser,
        before=back - 1,
    )


# --- words that wait until their writer says what they are


async def keep_words(tx: Transaction, writer_id: int, words: str, now: datetime, browser: str = "") -> int:
    """Store words that wait until their writer chooses who gets them, and return the number under which they wait.

    `browser` is the id of the unconfirmed browser in which they were written, BY_LETTER for a letter, '' for any other
    place. The number is the time of writing, or slightly later if the writer has other words with that number; so it
    does not reveal how many people wrote something.
    """
    return await tx.value(
        int,
        "INSERT INTO trust_messages (conversation_id, writer_id, words, written_at, browser)"
        " SELECT NULL, CAST(:writer AS BIGINT), CAST(:words AS TEXT),"
        " CASE WHEN w.last >= :now THEN w.last + 1 ELSE CAST(:now AS BIGINT) END, CAST(:browser AS TEXT)"
        " FROM (SELECT COALESCE(MAX(written_at), 0) AS last FROM trust_messages WHERE writer_id = :writer"
        " AND conversation_id IS NULL) w RETURNING written_at",
        writer=writer_id,
        words=words,
        now=to_micros(now),
        browser=browser,
    )


async def number_of_words(
    tx: Transaction, writer_id: int, words: str, since: datetime, browser: str = ""
) -> int | None:
    """Return the number under which the same words of a writer already wait; None if no such words wait.

    Only words count that were written after `since` and in the same place: in the unconfirmed browser with the id
    `browser`, in a letter (BY_LETTER), or in any other place ('').
    """
    return await tx.value_or_none(
        int,
        "SELECT MAX(written_at) FROM trust_messages WHERE writer_id = :writer AND words = :words"
        " AND written_at > :since AND browser = :browser AND conversation_id IS NULL",
        writer=writer_id,
        words=words,
        since=to_micros(since),
        browser=browser,
    )


_WAIT = (
    "writer_id = :writer AND written_at BETWEEN :first AND :last AND conversation_id IS NULL"
    f" AND (browser = CAST(:browser AS TEXT) OR (CAST(:browser AS TEXT) = '' AND browser = '{BY_LETTER}'"
    " AND (written_at IN (:first, :last) OR CAST(:first AS BIGINT) = 0)))"
)
"""The SQL condition that words of a writer wait, under these numbers and those between."""


async def all_waiting_words(
    tx: Transaction, writer_id: int, first: int, last: int, browser: str = ""
) -> Mapping[int, str]:
    """Return a writer's waiting words with numbers from `first` to `last`, by number, the oldest first.

    Waiting words are words whose writer has not chosen yet who gets them. Only words from one place are returned: from
    the unconfirmed browser with the id `browser`, or from any other place (''). With the latter are words from letters
    that have one of the two numbers themselves, so that nobody else's letter gets between what a person sends together.
    """
    rows = await tx.all(
        f"SELECT written_at, words FROM trust_messages WHERE {_WAIT} ORDER BY written_at",
        writer=writer_id,
        first=first,
        last=last,
        browser=browser,
    )
    return {row["written_at"]: row["words"] for row in rows}


async def drop_words(tx: Transaction, writer_id: int, first: int, last: int, browser: str) -> None:
    """Delete a writer's waiting words with numbers from `first` to `last`.

    Waiting words are words whose writer has not chosen yet who gets them. Only words from one place are deleted, as
    `all_waiting_words` returns them; if `first` is 0, all words from letters too.
    """
    deleted = await tx.values(
        int,
        f"DELETE FROM trust_messages WHERE {_WAIT} RETURNING id",
        writer=writer_id,
        first=first,
        last=last,
        browser=browser,
    )
    await _wipe(tx, deleted)


async def drop_all_words(tx: Transaction, writer_id: int) -> None:
    """Delete all waiting words of a writer, that is, words for which the writer has not chosen a recipient."""
    deleted = await tx.values(
        int,
        "DELETE FROM trust_messages WHERE writer_id = :writer AND conversation_id IS NULL RETURNING id",
        writer=writer_id,
    )
    await _wipe(tx, deleted)


async def _wipe(tx: Transaction, deleted: Iterable[int]) -> None:
    """Have deleted waiting words (ids) wiped from the disk too, soon after the commit, and deleted in old backups."""
    await ending_store.record_endings(tx, FORGOTTEN_ENDING, map(str, deleted), traces=True)


async def forget_again(tx: Transaction, ids: Iterable[str]) -> int:
    """Delete waiting words (without a recipient yet) that a restored backup brought back. Returns how many."""
    found = ", ".join(str(int(each)) for each in ids)
    return await tx.run(f"DELETE FROM trust_messages WHERE conversation_id IS NULL AND id IN ({found})")


async def count_waiting(tx: Transaction, writer_id: int, browser: str = "") -> int:
    """Return how many texts of a writer wait until the writer chooses who gets them.

    `browser` says which texts count: those written in the unconfirmed browser with this id, in any unconfirmed browser
    («*»), in letters (BY_LETTER), or in any other place ('').
    """
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM trust_messages WHERE writer_id = :writer AND conversation_id IS NULL AND {COUNTED}"
        f" AND (browser <> '{BY_LETTER}' OR CAST(:browser AS TEXT) <> '*')",
        writer=writer_id,
        browser=browser,
    )


async def first_waiting_at(tx: Transaction) -> datetime | None:
    """Return when the oldest waiting words (without a recipient yet) were written; None if no words wait."""
    return await tx.value_or_none(datetime, "SELECT MIN(written_at) FROM trust_messages WHERE conversation_id IS NULL")


async def forget_waiting(tx: Transaction, before: datetime) -> int:
    """Delete waiting words (without a recipient yet) written at `before` or earlier. Returns how many."""
    deleted = await tx.values(
        int,
        "DELETE FROM trust_messages WHERE conversation_id IS NULL AND written_at <= :before RETURNING id",
        before=to_micros(before),
    )
    await _wipe(tx, deleted)
    return len(deleted)


_LAST_WRITTEN = "COALESCE((SELECT MAX(m.written_at) FROM trust_messages m WHERE m.conversation_id = c.id), c.begun_at)"


async def first_untouched_since(tx: Transaction) -> datetime | None:
    """Return when somebody last wrote in the conversation that has been unused longest; None without conversations."""
    return await tx.value_or_none(datetime, f"SELECT MIN({_LAST_WRITTEN}) AS at FROM trust_conversations c")


async def untouched_before(tx: Transaction, before: datetime) -> Sequence[Conversation]:
    """Return the conversations in which nobody has written since `before`."""
    return await tx.rows(
        Conversation,
        f"SELECT {_CONVERSATION} FROM trust_conversations c WHERE {_LAST_WRITTEN} <= :before ORDER BY id",
        before=to_micros(before),
    )


# --- telephone numbers for emergencies


async def phone_of(tx: Transaction, participant_id: int, here: str = "") -> str:
    """Return the telephone number that a participant left for emergencies; '' for none.

    `here` is the id of the unconfirmed browser in which the number is shown, '' for any other place. A number left in
    an unconfirmed browser is shown only there.
    """
    found = await tx.value_or_none(
        str,
        "SELECT phone FROM emergency_phones WHERE participant_id = :id AND browser = :here",
        id=participant_id,
        here=here,
    )
    return found or ""


async def put_phone(tx: Transaction, participant_id: int, phone: str, browser: str = "") -> None:
    """Store a participant's telephone number for emergencies in place of an earlier one; '' deletes it.

    `browser` is the id of the unconfirmed browser in which the number is left, '' for any other place. A number left in
    an unconfirmed browser replaces only numbers left in the same browser, or in such browsers that were closed since.
    """
    deleted = await tx.run(
        "DELETE FROM emergency_phones WHERE participant_id = :participant AND (CAST(:browser AS TEXT) = ''"
        f" OR browser = :browser OR (browser <> '' AND browser NOT IN {OPEN}))",
        participant=participant_id,
        browser=browser,
    )
    await _wipe(tx, [0] if deleted else ())  # no such words: a number is only wiped
    if phone:
        await tx.run(
            "INSERT INTO emergency_phones (participant_id, phone, browser) VALUES (:id, :phone, :browser)",
            browser=browser,
            id=participant_id,
            phone=phone,
        )


# --- «Are you safe?»

_ASKED_THERE = "' ' || browser || ' ' LIKE '% ' || CAST(:browser AS TEXT) || ' %' AND browser <> ''"
"""The SQL condition that `:browser` is one of the unconfirmed browsers in which somebody asked for help."""
_CHECK = "id, author_id, audience, drill, begun_at, second_round_at, closed_at"


async def begin_check(
    tx: Transaction, author_id: int, audience: Audience, now: datetime, *, drill: bool
) -> SafetyCheck | None:
    """Store a new safety check of everybody in an audience. Returns None, and stores nothing, if one is running.

    People who join the audience later are not asked. With `drill`, the check is an exercise: nothing has happened, and
    every message says so.
    """
    check = await tx.row(
        SafetyCheck,
        "INSERT INTO safety_checks (author_id, audience, drill, running, begun_at)"
        " VALUES (:author, :audience, :drill, 1, :now) ON CONFLICT (running) DO NOTHING"
        f" RETURNING {_CHECK}",
        author=author_id,
        audience=audience.encode(),
        drill=int(drill),
        now=to_micros(now),
    )
    if check is None:
        return None
    condition, params = where(audience)
    await tx.run(
        "INSERT INTO safety_answers (check_id, participant_id)"
        f" SELECT CAST(:check_id AS BIGINT), p.id FROM participants p WHERE {condition}",
        check_id=check.id,
        **params,
    )
    return check


async def running_check(tx: Transaction) -> SafetyCheck | None:
    """Return the running safety check; None if there is none."""
    return await tx.row(SafetyCheck, f"SELECT {_CHECK} FROM safety_checks WHERE running = 1")


async def find_check(tx: Transaction, check_id: int) -> SafetyCheck | None:
    """Return the safety check with this id; None if there is none."""
    return await tx.row(SafetyCheck, f"SELECT {_CHECK} FROM safety_checks WHERE id = :id", id=check_id)


async def last_check(tx: Transaction) -> SafetyCheck | None:
    """Return the latest safety check, running or closed; None if there never was one."""
    return await tx.row(SafetyCheck, f"SELECT {_CHECK} FROM safety_checks ORDER BY id DESC LIMIT 1")


async def close_check(tx: Transaction, check_id: int, now: datetime) -> bool:
    """Close a safety check. Returns False if it was closed before."""
    closed = await tx.run(
        "UPDATE safety_checks SET running = NULL, closed_at = :now WHERE id = :id AND running = 1",
        id=check_id,
        now=to_micros(now),
    )
    if closed:
        await ending_store.record_endings(tx, CHECK_ENDING, [str(check_id)])
    return bool(closed)


async def begin_second_round(tx: Transaction, check_id: int, now: datetime) -> None:
    """Store that people without an answer to a safety check were asked a second time."""
    await tx.run("UPDATE safety_checks SET second_round_at = :now WHERE id = :id", id=check_id, now=to_micros(now))


async def checks_of(tx: Transaction, participant_id: int) -> Sequence[int]:
    """Return the ids of the running safety check, and of the checks in which a participant was asked or marked people.

    Checks in which somebody marked the participant are included.
    """
    return await tx.values(
        int,
        "SELECT id FROM safety_checks WHERE running = 1"
        " OR id IN (SELECT check_id FROM safety_answers WHERE participant_id = :id)"
        " OR id IN (SELECT check_id FROM safety_marks WHERE participant_id = :id OR marked_by = :id)",
        id=participant_id,
    )


async def is_asked(tx: Transaction, check_id: int, participant_id: int) -> bool:
    """Return whether a safety check asked a participant."""
    return await tx.exists(
        "SELECT 1 FROM safety_answers WHERE check_id = :id AND participant_id = :person",
        id=check_id,
        person=participant_id,
    )


async def answer_check(
    tx: Transaction, check_id: int, participant_id: int, answer: Answer, now: datetime, browser: str = ""
) -> None:
    """Store a participant's answer to a safety check, and keep their earlier request for help.

    `browser` is the id of the unconfirmed browser in which they answer, '' for any other place.

    - The answer replaces the last one, but in an unconfirmed browser «I need help» does not replace «I am safe».
    - A request for help is also stored on its own, with its time and browser. A later «I am safe» does not delete it.
    - A further request keeps the time of the first, and adds its browser. It counts as the first again if the
      participant was seen safe since, or if it is the first one outside unconfirmed browsers.
    """
    stays = "answer = 'safe' AND CAST(:browser AS TEXT) <> ''"
    seen = (
        "EXISTS (SELECT 1 FROM safety_marks k WHERE k.check_id = safety_answers.check_id"
        " AND k.participant_id = safety_answers.participant_id AND k.marked_at >= safety_answers.answered_at)"
    )
    first = (
        f"(help_at IS NULL OR {seen} OR ({stays} AND (browser = '' OR help_at < answered_at))"
        " OR (CAST(:browser AS TEXT) = '' AND browser <> ''))"
    )
    await tx.run(
        f"UPDATE safety_answers SET answer = CASE WHEN {stays} THEN answer ELSE CAST(:answer AS TEXT) END,"
        f" answered_at = CASE WHEN {stays} THEN answered_at ELSE CAST(:now AS BIGINT) END,"
        f" help_at = CASE WHEN :answer = 'help' AND {first} THEN CAST(:now AS BIGINT) ELSE help_at END,"
        f" browser = CASE WHEN :answer = 'help' AND {first} THEN CAST(:browser AS TEXT)"
        f" WHEN :answer <> 'help' OR browser = '' OR {_ASKED_THERE} THEN browser"
        " ELSE browser || ' ' || CAST(:browser AS TEXT) END"
        " WHERE check_id = :id AND participant_id = :person",
        browser=browser,
        id=check_id,
        person=participant_id,
        answer=answer,
        now=to_micros(now),
    )


async def tell_later(tx: Transaction, check_id: int, participant_id: int, due: datetime | None) -> None:
    """Store when organisers must be told that a participant of a safety check needs help; None if no longer."""
    await tx.run(
        "UPDATE safety_answers SET tell_at = :due WHERE check_id = :id AND participant_id = :person",
        due=None if due is None else to_micros(due),
        id=check_id,
        person=participant_id,
    )


async def help_to_tell_at(tx: Transaction) -> datetime | None:
    """Return when organisers must next be told that a person needs help; None if nothing is planned."""
    return await tx.value_or_none(datetime, "SELECT MIN(tell_at) FROM safety_answers WHERE tell_at IS NOT NULL")


async def help_to_tell(tx: Transaction, now: datetime) -> tuple[int, int] | None:
    """Return the safety check and the participant (ids) of the next request for help that is due; None if none is."""
    row = await tx.one(
        "SELECT check_id, participant_id FROM safety_answers WHERE tell_at <= :now ORDER BY tell_at LIMIT 1",
        now=to_micros(now),
    )
    return None if row is None else (row["check_id"], row["participant_id"])


_PHONES = (
    "(SELECT participant_id, {joined}(phone, ' · ') AS phone, MIN(CASE WHEN browser = '' THEN 0 ELSE 1 END) AS unsure"
    " FROM emergency_phones e WHERE browser = '' OR NOT EXISTS (SELECT 1 FROM emergency_phones o"
    " WHERE o.participant_id = e.participant_id AND o.browser = '') GROUP BY participant_id)"
)
"""SQL for the telephone number that each participant left; without one, those left in their unconfirmed browsers."""

_PEOPLE = (
    "SELECT p.id, p.given_name, p.family_name, COALESCE(s.answer, '') AS answer, s.answered_at, s.help_at,"
    " COALESCE(e.phone, '') AS phone, COALESCE(e.unsure, 0) AS phone_unsure,"
    " CASE WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id AND a.unreachable = 0)"
    " THEN 1 ELSE 0 END AS reachable, COALESCE(s.browser, '') AS browser,"
    " CASE WHEN p.status = 'joined' THEN 1 ELSE 0 END AS joined,"
    " k.marked_at AS seen_at, k.marked_by AS seen_by, COALESCE(NULLIF(m.given_name, ''), m.family_name, '') AS marker"
    " FROM participants p LEFT JOIN safety_answers s ON s.participant_id = p.id AND s.check_id = :id"
    " LEFT JOIN safety_marks k ON k.participant_id = p.id AND k.check_id = :id"
    f" LEFT JOIN participants m ON m.id = k.marked_by LEFT JOIN {_PHONES} e ON e.participant_id = p.id WHERE "
)
_ASKED = "s.participant_id IS NOT NULL"
_MAY_COME = "p.attends = 1 AND p.status IN ('invited', 'joined')"


async def checked_people(tx: Transaction, check_id: int) -> Sequence[CheckedPerson]:
    """Return everybody whom a safety check asked, with their answers, by id."""
    return await tx.rows(CheckedPerson, f"{_PEOPLE}{_ASKED} ORDER BY p.id", id=check_id)


async def listed_people(tx: Transaction, check: SafetyCheck) -> Sequence[CheckedPerson]:
    """Return everybody on the list of a safety check, sorted by id.

    These are the people whom the check asked, the people who were marked, and the people who were not asked only
    because they have not joined. People who were added to the gathering after the check was closed are left out.
    """
    condition, params = where(check.audience)
    there = condition.replace(COMES, _MAY_COME) if COMES in condition else "1 = 0"
    return await tx.rows(
        CheckedPerson,
        f"{_PEOPLE}({_ASKED} OR k.participant_id IS NOT NULL OR {there} AND p.created_at <= :until) ORDER BY p.id",
        id=check.id,
        until=to_micros(check.closed_at or datetime.max.replace(tzinfo=UTC)),
        **params,
    )


async def who_may_come(tx: Transaction, check: SafetyCheck) -> frozenset[int]:
    """Return the ids of all who may attend; for a closed check, of everyone who was on its list when it was closed."""
    until = to_micros(check.closed_at or datetime.max.replace(tzinfo=UTC))
    found = f"SELECT p.id FROM participants p WHERE {_MAY_COME} AND p.created_at <= :until"
    return frozenset(await tx.values(int, found, until=until))


async def mark_seen(tx: Transaction, check_id: int, participant_id: int, by: int, now: datetime) -> None:
    """Store that the participant `by` saw a person safe; an earlier mark of that person is replaced."""
    await tx.run(
        "INSERT INTO safety_marks (check_id, participant_id, marked_by, marked_at) VALUES (:id, :person, :by, :now)"
        " ON CONFLICT (check_id, participant_id) DO UPDATE SET marked_by = :by, marked_at = :now",
        id=check_id,
        person=participant_id,
        by=by,
        now=to_micros(now),
    )


async def take_mark(tx: Transaction, check_id: int, participant_id: int) -> None:
    """Delete the mark that a person was seen safe."""
    await tx.run(
        "DELETE FROM safety_marks WHERE check_id = :id AND participant_id = :person",
        id=check_id,
        person=participant_id,
    )


# --- the messages that show a list, which are live screens


def list_key(check_id: int, reader: int = 0, group: str = "all", page: int = 0) -> str:
    """Return the key of the message with the list of a safety check for the participant `reader`.

    The message is a live screen: the bot keeps it up to date. `group` is the key of the group that is shown, «all» for
    the list of all groups; `page` counts from 0.
    """
    return f"safety:{check_id}:{reader}:{group}:{page}"


async def touch_lists(tx: Transaction, check_ids: Iterable[int]) -> None:
    """Have every message that shows a list of one of these safety checks redrawn soon, whichever part it shows."""
    await tx.many(
        "UPDATE screens SET wanted = wanted + 1, reference = :reference WHERE key = :old OR key LIKE :key",
        [
            {"old": f"safety:{check_id}", "key": f"safety:{check_id}:%", "reference": tx.reference}
            for check_id in check_ids
        ],
    )


async def turn_list(tx: Transaction, check_id: int, account_id: int, key: str) -> None:
    """Show the part of a safety check's list with this `key` in the message in which an account has the list."""
    await tx.run(
        "UPDATE screens SET key = :key, wanted = wanted + 1, reference = :reference"
        " WHERE account_id = :account AND key LIKE :lists",
        key=key,
        lists=f"safety:{check_id}:%",
        account=account_id,
        reference=tx.reference,
    )


async def leave_lists(tx: Transaction, check_id: int, account_id: int) -> None:
    """Stop updating the messages on an account that list people in a safety check; the messages stay as they are."""
    await tx.run(
        "DELETE FROM screens WHERE account_id = :account AND key LIKE :lists",
        account=account_id,
        lists=f"safety:{check_id}:%",
    )


async def answer_of(tx: Transaction, check_id: int, participant_id: int) -> CheckedPerson | None:
    """Return a person with their answer to a safety check; None if the check did not ask that person."""
    return await tx.row(CheckedPerson, f"{_PEOPLE}{_ASKED} AND p.id = :person", id=check_id, person=participant_id)


# --- where people say that they are

FILES = FileTable(name="safety_places", owner="id", named=True, author="f.participant_id")
"""The table of the photos by which people show where they are."""

_PLACE = "participant_id, words, latitude, longitude, digest AS photo, said_at, media_type, id, browser"


async def add_place(
    tx: Transaction,
    check_id: int,
    place: SaidPlace,
    message: str,
) -> None:
    """Store a place that a person sent in a safety check, and delete the person's oldest places if there are too many.

    Places from each unconfirmed browser are counted separately, and also all of them together. `message` is the key of
    the message if it is a live location or an album, '' for any other message.
    """
    await tx.run(
        "INSERT INTO safety_places (check_id, participant_id, words, latitude, longitude, digest, media_type, message,"
        " said_at, browser) VALUES (:check_id, :person, :words, CAST(:latitude AS DOUBLE PRECISION),"
        " CAST(:longitude AS DOUBLE PRECISION), :digest, :media_type, :message, :now, :browser)",
        browser=place.browser,
        check_id=check_id,
        person=place.participant_id,
        words=place.words,
        latitude=place.latitude,
        longitude=place.longitude,
        digest=place.photo,
        media_type=place.media_type,
        message=message,
        now=to_micros(place.said_at),
    )
    theirs = f"check_id = :check_id AND participant_id = :person AND {COUNTED}"
    for browser, most in counted_in(place.browser, MOST_PLACES):
        await tx.run(
            f"DELETE FROM safety_places WHERE {theirs} AND id NOT IN (SELECT id FROM (SELECT id, said_at, ROW_NUMBER()"
            f" OVER (PARTITION BY browser ORDER BY said_at DESC, id DESC) AS back FROM safety_places WHERE {theirs}) p"
            " ORDER BY back, said_at, id LIMIT :most)",
            browser=browser,
            check_id=check_id,
            person=place.participant_id,
            most=most,
        )


async def move_place(tx: Transaction, place: SaidPlace, message: str, *, moves: bool) -> int | None:
    """Replace the last position of a live location with the next one, and return the id of its safety check.

    `message` is the key of the message that shows the location; `moves` says whether the location is still live.
    Returns None, and stores nothing, if the message is not followed (any more), for instance after the sender said that
    they are safe.
    """
    return await tx.value_or_none(
        int,
        "UPDATE safety_places SET latitude = :latitude, longitude = :longitude, said_at = :now,"
        " message = CASE WHEN :moves = 1 THEN message ELSE '' END"
        " WHERE participant_id = :person AND message = :message AND EXISTS (SELECT 1 FROM safety_answers a"
        " WHERE a.check_id = safety_places.check_id AND a.participant_id = :person AND a.answer = 'help')"
        " RETURNING check_id",
        person=place.participant_id,
        message=message,
        latitude=place.latitude,
        longitude=place.longitude,
        now=to_micros(place.said_at),
        moves=int(moves),
    )


async def knows_message(tx: Transaction, participant_id: int, message: str) -> bool:
    """Return whether a place of a participant was sent in the message or album that has this key."""
    return await tx.exists(
        "SELECT 1 FROM safety_places WHERE participant_id = :person AND message = :message LIMIT 1",
        person=participant_id,
        message=message,
    )


async def has_place(tx: Transaction, check_id: int, participant_id: int) -> bool:
    """Return whether a participant has said where they are in a safety check."""
    return await tx.exists(
        "SELECT 1 FROM safety_places WHERE participant_id = :person AND check_id = :id AND browser = '' LIMIT 1",
        id=check_id,
        person=participant_id,
    )


async def latest_places(tx: Transaction, check_id: int, most: int) -> Mapping[int, Sequence[SaidPlace]]:
    """Return the latest places that people sent in a safety check, by participant id, the last one first.

    For each person there are at most `most` places from each unconfirmed browser, and at most `most` from everywhere
    else.
    """
    found = await tx.rows(
        SaidPlace,
        f"SELECT {_PLACE} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY participant_id, browser"
        " ORDER BY said_at DESC, id DESC) AS back FROM safety_places WHERE check_id = :id) p WHERE back <= :most"
        " ORDER BY participant_id, said_at DESC, id DESC",
        id=check_id,
        most=most,
    )
    places: dict[int, list[SaidPlace]] = {}
    for place in found:
        places.setdefault(place.participant_id, []).append(place)
    return places


async def count_photos(tx: Transaction, check_id: int) -> int:
    """Return how many photos people sent in a safety check to say where they are."""
    return await tx.value(int, "SELECT COUNT(*) FROM safety_places WHERE check_id = :id AND digest <> ''", id=check_id)


async def count_photos_of(tx: Transaction, participant_id: int, since: datetime, browser: str = "") -> int:
    """Return how many photos a participant has sent since an instant to say where they are.

    `browser` says which photos count: those sent in the unconfirmed browser with this id, in any unconfirmed browser
    («*»), or in any other place ('').
    """
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM safety_places WHERE participant_id = :id AND digest <> '' AND said_at > :since"
        f" AND {COUNTED}",
        browser=browser,
        id=participant_id,
        since=to_micros(since),
    )


async def photos(tx: Transaction, check_id: int, skip: int, most: int) -> Sequence[SaidPlace]:
    """Return at most `most` places with photos in a safety check, the latest first, after leaving out the first `skip`.

    Places from unconfirmed browsers come after all others.
    """
    return await tx.rows(
        SaidPlace,
        f"SELECT {_PLACE} FROM safety_places WHERE check_id = :id AND digest <> ''"
        " ORDER BY browser <> '', said_at DESC, id DESC LIMIT :most OFFSET :skip",
        id=check_id,
        most=most,
        skip=skip,
    )


async def first_place_at(tx: Transaction) -> datetime | None:
    """Return when the oldest stored place was sent; None if there are none."""
    return await tx.value_or_none(datetime, "SELECT MIN(said_at) FROM safety_places")


async def forget_places(tx: Transaction, before: datetime) -> Sequence[int]:
    """Delete the places that were sent before an instant. Returns the ids of the safety checks that had such places."""
    rows = await tx.all(
        "DELETE FROM safety_places WHERE said_at <= :before RETURNING check_id", before=to_micros(before)
    )
    return sorted({row["check_id"] for row in rows})


# --- what stored messages quote


PLACE, PHONE, ABOUT_TRUSTED = "safetyplace", "safetyphone", "trusted"
"""The kinds of texts that messages quote (`bot.people.reference_store`): by place, by person, by «12.languages»."""


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the key and words of each quoted text of a kind that still exists; () for other capabilities' kinds.

    The kinds are: the words of a place (key: the place's id), a telephone number (key: the participant's id), and a
    text about a trusted person (key: the participant's id, then «.languages» or «.hours»).
    """
    if kind not in (PLACE, PHONE, ABOUT_TRUSTED):
        return ()
    ids = ", ".join(str(number) for number in sorted({int(key.partition(".")[0]) for key in keys}))
    if kind == PLACE:
        rows = await tx.all(f"SELECT id, words FROM safety_places WHERE id IN ({ids})")
        return [(str(row["id"]), row["words"]) for row in rows]
    if kind == PHONE:
        rows = await tx.all(f"SELECT e.participant_id, e.phone FROM {_PHONES} e WHERE e.participant_id IN ({ids})")
        return [(str(row["participant_id"]), row["phone"]) for row in rows]
    rows = await tx.all(f"SELECT participant_id, languages, hours FROM trusted_people WHERE participant_id IN ({ids})")
    return [(f"{row['participant_id']}.{field}", row[field]) for row in rows for field in ("languages", "hours")]

"""Removes what others were shown of an erased person: files that name them, messages in chats, and older messages.

Messages name people by reference (`bot.people.reference_store`): once the person's row is deleted, no stored message
has their name, and none is changed. This module handles what remains: files that the program made of them, messages
that just arrived on chat platforms, jobs that work with their data, and older messages, stored when messages still had
names in them (`bot.people.stored_before`).
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.background import job_store
from bot.clock import from_micros, to_micros
from bot.content.features import in_sql
from bot.content.names import display_name, full_name
from bot.content.texts import _
from bot.content.views import View, encode_view
from bot.database.engine import Row, Transaction
from bot.delivery import outbox
from bot.files.stored_files import Files, FilesAway
from bot.people import participant_store
from bot.people.declared import AuthoredContent, Declared
from bot.people.participants import Participant
from bot.people.reference_store import GONE
from bot.people.stored_before import Traces, companions, neutral_name

FILE_GONE = View(
    (_("The file here named someone who has erased their data, so it is gone. You can have it made again."),)
)
"""The message shown in place of a file that the program made and that named an erased person."""
OUTDATED_FILE = View(
    (_("Something in the file here has been erased, so it is gone. You can have it made again, with what is left."),)
)
"""The message shown in place of a file with confidential answers, after some of these were erased."""
PORTION = 1000
"""How many stored messages are searched at once."""
CORRECTED = timedelta(hours=48)
"""How long after its arrival on a chat platform a message is still corrected if it names an erased person."""
MOST_CORRECTED = 200
"""How many messages on chat platforms one erasure corrects at most; the latest ones are corrected."""
_TELLING = 12
"""The fewest characters of a text by which older messages are searched; shorter texts may be somebody else's."""
_GONE = json.dumps(encode_view(GONE), ensure_ascii=False)
_FILE_GONE = json.dumps(encode_view(FILE_GONE), ensure_ascii=False)
_NOTHING = json.dumps(encode_view(View(())), ensure_ascii=False)
"""The view that takes a message off a page."""
_OWN_PAGES = in_sql(lambda platform: platform.own_page)


_SENT = (
    "FROM page_files f JOIN page_messages m ON m.id = f.message_id LEFT JOIN deliveries d ON d.id = m.delivery_id"
    " WHERE COALESCE(f.named, '*') = '*' AND d.announcement_id IS NULL AND (m.author = 'bot' OR m.participant_id = :id)"
)
"""The files on pages that may be what the person `:id` sent: neither the team's, nor what somebody else said."""


async def traces_of(tx: Transaction, person: Participant, written: AuthoredContent) -> Traces:
    """Return the words about a person to search for in stored messages, and where to search.

    `written` are the texts and files by the person that are erased with them. A name that other people have too is not
    searched for. Call this before the person's rows are deleted.
    """
    others = await tx.all("SELECT given_name, family_name FROM participants WHERE id <> :id", id=person.id)
    known = {name for row in others for name in _names(row["given_name"], row["family_name"])}
    return Traces(
        person.id,
        "" if person.full_name in known else person.full_name,
        tuple(fact for fact in (person.ref, await participant_store.email_of(tx, person.id)) if fact),
        tuple(dict.fromkeys(text for text in written.texts if text)),
        tuple(written.quotes),
        frozenset({*await _team(tx), *await companions(tx, person.id)}),
        tuple(name for name in (person.given_name, person.family_name) if name and name not in known),
    )


def _names(given: str, family: str) -> Collection[str]:
    """Return what somebody with these names is called."""
    return given, family, display_name(given, family), full_name(given, family)


async def theirs_alone(tx: Transaction, declared: Declared, traces: Traces) -> Traces:
    """Return what to search for of an erased person: without short texts, and texts that another person wrote too.

    Short texts are left out because many people write the same. Call this after deleting the person's rows.
    """
    texts = {text for text in traces.texts if len(text) >= _TELLING}
    for data in declared.tables:
        for column in data.texts.split():
            if texts:
                rows = await tx.all(f"SELECT DISTINCT {column} AS words FROM {data.table}")
                texts -= {words for row in rows for words in _written_in(str(row["words"]))}
    return replace(traces, texts=tuple(text for text in traces.texts if text in texts))


def _written_in(words: str) -> Iterator[str]:
    """Yield a stored text; of JSON, the texts in it, and their lines."""
    yield words
    if words.startswith("{"):
        with suppress(ValueError):
            for value in json.loads(words).values():
                yield from (str(value), *str(value).splitlines())


async def _team(tx: Transaction) -> Sequence[int]:
    """Return the ids of organisers and of people with any role, who are told things about anybody."""
    rows = await tx.all("SELECT DISTINCT participant_id FROM roles")
    return [*await participant_store.organisers(tx), *(row["participant_id"] for row in rows)]


# --- at once, in the transaction of the erasure


async def forget_mentions(tx: Transaction, person_id: int) -> None:
    """Remove a person from the mentions in messages to shared channels. Call it before their accounts are deleted."""
    rows = await tx.all("SELECT platform, native_id FROM accounts WHERE participant_id = :id", id=person_id)
    theirs = {(row["platform"], row["native_id"]) for row in rows}
    for row in await tx.all("SELECT id, platform, mentions FROM deliveries WHERE mentions <> ''"):
        called = row["mentions"].split(",")
        if (left := [native_id for native_id in called if (row["platform"], native_id) not in theirs]) != called:
            await tx.run("UPDATE deliveries SET mentions = :left WHERE id = :id", left=",".join(left), id=row["id"])


async def keep_about(tx: Transaction, person_id: int, now: datetime) -> None:
    """Keep some messages about a person who is about to be erased, because they must still be corrected in chats.

    They are messages that are being sent, that were sent a short time before `now`, or that wait for an edit. All other
    messages about the person are deleted together with the person's row.
    """
    await tx.run(
        "UPDATE deliveries SET about = NULL WHERE about = :id AND COALESCE(participant_id, 0) <> :id"
        " AND (state = 'sending' OR (COALESCE(native_id, '') <> '' AND sent_at >= :since))",
        id=person_id,
        since=to_micros(now - CORRECTED),
    )


async def drop_files(tx: Transaction, declared: Declared, person_id: int, written: AuthoredContent) -> None:
    """Delete the files on others' pages that name an erased person, or that belong to the person's texts.

    `written` are the texts and files by the person that are erased. Files of the person that are kept are renamed.
    Files that others sent and copies of the team's messages are left unchanged, because the program did not put names
    into them.
    """
    made = {row["message_id"] for row in await _made(tx, declared, person_id)}
    needed = await declared.files(tx)  # also by somebody who sent the same file
    for digest in sorted(frozenset(written.digests) - needed):
        shown = await tx.all(
            f"SELECT f.message_id {_SENT} AND f.digest = :digest AND f.digest <> '' AND m.participant_id <> :id",
            digest=digest,
            id=person_id,
        )
        made |= {row["message_id"] for row in shown}
    for message_id in sorted(made):
        await drop_file(tx, message_id)
    for name, digest in written.files:
        for row in await tx.all(
            f"SELECT f.message_id, f.position {_SENT} AND f.digest = :digest AND f.digest <> '' AND f.name = :name",
            digest=digest,
            name=name,
            id=person_id,
        ):
            await tx.run(
                "UPDATE page_files SET name = :name WHERE message_id = :id AND position = :position",
                name=neutral_name(name, row["position"]),
                id=row["message_id"],
                position=row["position"],
            )


async def drop_late_files(tx: Transaction, declared: Declared, person_id: int, erased_at: datetime) -> None:
    """Delete from pages the files that name an erased person and that were being sent during the erasure.

    A file that may name any participant is deleted only if its message was enqueued before the erasure. A file that
    answers a request was made from what is stored now.
    """
    for row in await _made(tx, declared, person_id):
        begun = row["created_at"]
        if row["named"] != "*" or (begun is not None and from_micros(begun) <= erased_at):
            await drop_file(tx, row["message_id"])


async def names_somebody_gone(tx: Transaction, named: Sequence[frozenset[int] | None]) -> bool:
    """Return whether one of these files names an erased participant, who may have been erased while it was made.

    `named` has, for each file, the ids of the participants in it, or None if it may name anybody. With None, the file
    counts as naming an erased person while any erasure is unfinished.
    """
    people = {person for each in named if each for person in each}
    if None in named and await tx.exists("SELECT 1 FROM erasures WHERE traces <> '' LIMIT 1"):
        return True
    if not people:
        return False
    row = await tx.one(
        f"SELECT COUNT(*) AS there FROM participants WHERE id IN ({', '.join(map(str, sorted(people)))})"
    )
    return row is None or row["there"] < len(people)


async def _made(tx: Transaction, declared: Declared, person_id: int) -> Sequence[Row]:
    """Return the files on others' pages that the program made and that name a person, with when each was sent."""
    rows = await tx.all(
        "SELECT f.message_id, f.digest, f.named, d.announcement_id, d.created_at FROM page_files f"
        " CROSS JOIN page_messages m"  # SQLite keeps that order: few messages have files, and all would be looked at
        " LEFT JOIN deliveries d ON d.id = m.delivery_id"
        " WHERE m.id = f.message_id AND m.author = 'bot' AND m.participant_id <> :id"
        " AND (f.named = '*' OR f.named LIKE '% ' || CAST(:id AS TEXT) || ' %')",
        id=person_id,
    )
    sent = await declared.files(tx) if rows else frozenset[str]()
    return [row for row in rows if row["digest"] not in sent and row["announcement_id"] is None]


async def drop_file(tx: Transaction, message_id: int, notice: View = FILE_GONE) -> None:
    """Delete the files of a message on a page; the message then shows a notice in their place."""
    await tx.run("DELETE FROM page_files WHERE message_id = :id", id=message_id)
    await show_instead(tx, message_id, json.dumps(encode_view(notice), ensure_ascii=False))


async def drop_made_from(tx: Transaction, table: str, person_id: int | None = None) -> None:
    """Delete the files on pages that show confidential answers which are erased from a table.

    With `person_id`, only files that may name this participant are deleted; None stands for the answers of everybody.
    """
    rows = await tx.all(
        "SELECT DISTINCT message_id FROM page_files WHERE made_from = :table AND made_from <> ''"
        " AND (CAST(:person AS TEXT) = '' OR COALESCE(named, '*') = '*'"
        " OR named LIKE '% ' || CAST(:person AS TEXT) || ' %') ORDER BY message_id",
        table=table,
        person="" if person_id is None else str(person_id),
    )
    for row in rows:
        await drop_file(tx, row["message_id"], OUTDATED_FILE)


async def show_instead(tx: Transaction, message_id: int, content: str) -> None:
    """Replace the content of a message on a page by a stored view (JSON text); the message stays read or unread.

    Pages that are open show the new content at once.
    """
    await tx.run(
        "UPDATE page_messages SET content = :content, toast = NULL, revision = (SELECT MAX(o.revision) + 1"
        " FROM page_messages o WHERE o.participant_id = page_messages.participant_id) WHERE id = :id",
        content=content,
        id=message_id,
    )


async def forget_on_page(tx: Transaction, person_id: int, words: str, here: str) -> None:
    """Remove confidential words from the page of the person who wrote them, so that only their recipient can read them.

    Photos sent with the words are removed too. In an answer that repeats the words, only these words are removed.
    Messages that others sent the person are kept, even if they have the same words. `here` is the id of the new browser
    in which the words were written, '' for any other place; words written elsewhere are not removed from a new browser.
    """
    theirs = Traces(texts=(words,))
    said = await tx.all(
        "SELECT id, author, content FROM page_messages WHERE participant_id = :id AND answered_in IS NOT NULL"
        " AND (CAST(:here AS TEXT) = '' OR answered_in = CAST(:here AS TEXT))",
        id=person_id,
        here=here,
    )
    for row in said:
        content = theirs.taken_out(row["content"])
        if content == row["content"]:
            continue
        if row["author"] == "person":
            await tx.run("DELETE FROM page_files WHERE message_id = :id", id=row["id"])
            content = _NOTHING
        await show_instead(tx, row["id"], content)


async def forget_changes(tx: Transaction, traces: Traces) -> None:
    """Delete the stored changes, which organisers could undo, that have an erased person's number or e-mail address."""
    for row in await tx.all("SELECT id, inverse FROM journal WHERE inverse <> ''"):
        if traces.stand_in_values(row["inverse"]):
            await tx.run("DELETE FROM journal WHERE id = :id", id=row["id"])


async def give_up_jobs(tx: Transaction, traces: Traces, now: datetime) -> None:
    """Start those jobs again that may have read an erased person's data, and stop jobs that were given such data.

    People whose job is stopped are notified.
    """
    await job_store.begin_again(tx)
    for row in await tx.all("SELECT id, payload, participant_id, account_id FROM jobs"):
        if traces.stand_in_values(row["payload"]) or _holds_list(traces, json.loads(row["payload"])):
            await job_store.remove(tx, row["id"])
            asker, account = row["participant_id"], row["account_id"]
            await outbox.notify(tx, asker, job_store.GIVEN_UP, now, outbox.Telling.ANSWER, account_id=account)


def _holds_list(traces: Traces, payload: Mapping[str, Any]) -> bool:
    """Return whether a file that was sent in, to be read, holds the person's reference or e-mail address."""
    content = payload.get("content")
    if not isinstance(content, str) or not traces.facts:
        return False
    try:
        sent = b64decode(content, validate=True)
    except (NotBase64, ValueError):
        return False
    return Traces(facts=traces.facts).may_be_in(sent, str(payload.get("name", "")))


async def forget_drafts(tx: Transaction, traces: Traces) -> None:
    """Delete the half-filled forms in which an answer is an erased person's e-mail address or whole name.

    Such forms were opened to correct the person's name or address. Forms with only the person's first name or number
    are kept.
    """
    known = set(traces.addresses)
    for row in await tx.all("SELECT platform, chat, draft FROM dialogues WHERE draft <> '{}'"):
        answers = {answer for answer in json.loads(row["draft"]).values() if isinstance(answer, str) and answer}
        if known & answers or (len(traces.names) > 1 and set(traces.names) <= answers):
            await tx.run(
                "DELETE FROM dialogues WHERE platform = :platform AND chat = :chat",
                platform=row["platform"],
                chat=row["chat"],
            )


async def draw_screens_again(tx: Transaction) -> None:
    """Have all live screens (messages that are kept up to date) drawn again; only changed ones are sent."""
    await tx.run("UPDATE screens SET wanted = wanted + 1, reference = :reference", reference=tx.reference)


# --- afterwards, a portion at a time


@dataclass(frozen=True, slots=True)
class Portion:
    """What has to be done to one portion of the messages stored in a table, after an erasure.

    `last` is the id of the portion's last message. `contents` are the new contents by a message's id. `stale` are the
    ids of messages that must be edited in chats to show their new content.
    """

    last: int
    contents: Mapping[int, str]
    stale: Sequence[int] = ()


async def deliveries(tx: Transaction, after: int, traces: Traces, last_id: int, now: datetime) -> Portion | None:
    """Return what an erasure must do to the next messages in the outbox, after the id `after`; None if there are none.

    `traces` is what to search for. Messages with ids up to `last_id` contain names literally, later ones contain
    people's ids. This call only says what to change, and changes nothing.
    """
    rows = await tx.all(
        "SELECT id, participant_id, about, content, state, native_id, sent_at, announcement_id FROM deliveries"
        " WHERE id > :after ORDER BY id LIMIT :most",
        after=after,
        most=PORTION,
    )
    if not rows:
        return None
    contents = {row["id"]: new for row in rows if (new := _corrected(row, traces, last_id)) != row["content"]}
    references = traces.references
    stale = [
        row["id"]
        for row in rows
        if _is_recent(row, now) and (row["id"] in contents or _mentions(row, traces.person, references))
    ]
    return Portion(rows[-1]["id"], contents, stale)


def _corrected(row: Row, traces: Traces, last_id: int) -> str:
    """Return the content of a delivery without the person."""
    content: str = row["content"]
    if row["participant_id"] == traces.person or row["announcement_id"] is not None:
        return content
    if '"attachments"' in content and _carries(json.loads(content), traces.person):
        return _FILE_GONE
    reads = row["participant_id"] is None or row["participant_id"] in traces.readers
    return traces.taken_out(content) if row["id"] <= last_id and reads else content


def _carries(stored: Mapping[str, Any], person_id: int) -> bool:
    """Return whether a stored message carries a file that names a participant."""
    attached = stored.get("attachments", ())
    named = [part[4] if len(part) > 4 else None for part in attached]
    return any(whom is None or person_id in whom for whom in named)


def _is_recent(row: Row, now: datetime) -> bool:
    """Return whether a delivery is on its way, or has arrived so lately that it is corrected where it arrived."""
    if row["state"] == "sending":
        return True
    return bool(row["native_id"]) and row["sent_at"] is not None and from_micros(row["sent_at"]) >= now - CORRECTED


def _mentions(row: Row, person_id: int, references: Sequence[str]) -> bool:
    """Return whether a delivery to others names the person or quotes them."""
    return row["participant_id"] != person_id and any(reference in row["content"] for reference in references)


async def correct_deliveries(tx: Transaction, portion: Portion) -> None:
    """Store the new contents of messages in the outbox that named an erased person, and remove their files."""
    await tx.many(
        "UPDATE deliveries SET content = :content, about = NULL, file_id = NULL WHERE id = :id",
        [{"id": delivery_id, "content": content} for delivery_id, content in portion.contents.items()],
    )


async def edit_again(tx: Transaction, delivery_ids: Sequence[int], now: datetime) -> None:
    """Have messages in chats edited to show their present content, once nothing more urgent waits.

    Messages that are being sent are edited after they arrived. An edit that failed before is tried again.
    """
    await tx.many(
        "UPDATE deliveries SET revision = COALESCE(revision, 0) + 1 WHERE id = :id",
        [{"id": delivery_id} for delivery_id in delivery_ids],
    )
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, urgent = -1, attempts = 0, due_at = :now,"
        f" settled_at = NULL WHERE id = :id AND state IN ('sent', 'failed') AND platform NOT IN {_OWN_PAGES}"
        " AND COALESCE(native_id, '') <> '' AND content <> ''",
        [{"id": delivery_id, "now": to_micros(now)} for delivery_id in delivery_ids],
    )


async def page_messages(tx: Transaction, after: int, traces: Traces, last_id: int) -> Portion | None:
    """Return what an erasure must do to the next messages on pages, after the id `after`; None if there are none.

    `traces` is what to search for. Messages to others that are all about the person are emptied, because they may have
    words that others typed about the person. Other messages are changed only if their ids are up to `last_id`, because
    only these contain names literally. This call only says what to change, and changes nothing.
    """
    rows = await tx.all(
        "SELECT id, participant_id, author, CASE WHEN id <= :last THEN content ELSE '' END AS content,"
        " CASE WHEN content LIKE :ends OR content LIKE :goes_on THEN 1 ELSE 0 END AS about FROM page_messages"
        " WHERE id > :after ORDER BY id LIMIT :most",
        after=after,
        last=last_id,
        ends=f'%"all_about": {traces.person}}}%',
        goes_on=f'%"all_about": {traces.person},%',
        most=PORTION,
    )
    if not rows:
        return None
    contents = {}
    for row in rows:
        if row["about"] and row["participant_id"] != traces.person:
            contents[row["id"]] = _GONE
        elif row["author"] == "bot" and row["participant_id"] in traces.readers:
            contents[row["id"]] = traces.taken_out(row["content"])
    changed = {row["id"]: new for row in rows if (new := contents.get(row["id"], row["content"])) != row["content"]}
    return Portion(rows[-1]["id"], changed)


async def correct_pages(tx: Transaction, portion: Portion) -> None:
    """Store the new contents of messages on pages that named an erased person."""
    for message_id, content in portion.contents.items():
        await show_instead(tx, message_id, content)


async def forget_in_journal(tx: Transaction, traces: Traces, last_id: int) -> None:
    """Delete changes in the journal, up to the id `last_id`, that contain an erased person's name."""
    for row in await tx.all("SELECT id, what, inverse FROM journal WHERE id <= :last", last=last_id):
        if traces.taken_out(row["what"]) != row["what"] or traces.is_in(row["inverse"]):
            await tx.run("DELETE FROM journal WHERE id = :id", id=row["id"])


class FileSearch:
    """Finds out which older files may name one erased person.

    A transaction that asks about a file does not read it. If the file was not read yet, the transaction must be rolled
    back, `read` called, and the transaction run again.
    """

    def __init__(self, traces: Traces) -> None:
        self.traces = traces
        self._found: dict[tuple[str, str], bool] = {}
        self.unread: set[tuple[str, str]] = set()
        """The digests and names of the files that were asked for and are not searched yet."""

    def may_name(self, digest: str, name: str) -> bool:
        """Return True if the file with a digest, called `name`, may name the erased person.

        False means that the file does not name the person, or that it was not read yet. In the second case the file is
        added to `unread`: call `read`, then ask again.
        """
        if (digest, name) not in self._found:
            self.unread.add((digest, name))
        return self._found.get((digest, name), False)

    def read(self, files: Files, *, may_be_lost: bool) -> None:
        """Read the files in `unread`, and remember whether they name the erased person; call this in a thread.

        A single missing file counts as empty. Raises OSError if a file cannot be read. Raises FilesAway if all files
        are missing, for instance because a share is not mounted, unless `may_be_lost` is True.
        """
        for digest, name in sorted(self.unread):
            try:
                content = files.read(digest)
            except FileNotFoundError:
                if not may_be_lost and next(files.digests(), None) is None:
                    raise FilesAway("holds no file at all", files.place) from None
                content = b""
            self._found[digest, name] = self.traces.may_be_in(content, name)
            self.unread.remove((digest, name))


async def drop_old_files(tx: Transaction, declared: Declared, searches: Sequence[FileSearch]) -> None:
    """Delete from others' pages the older files that may name erased people.

    It is not stored whom these files name, so `searches` has a search for each erased person. A picture is deleted if
    its description names one of them, or if it is on the page of an organiser or of somebody with a role.
    """
    rows = await tx.all(
        "SELECT f.message_id, f.position, f.kind, f.name, f.alt, f.digest, d.announcement_id, p.organises,"
        " EXISTS (SELECT 1 FROM roles t WHERE t.participant_id = p.id) AS has_role"
        " FROM page_files f JOIN page_messages m ON m.id = f.message_id JOIN participants p ON p.id = m.participant_id"
        " LEFT JOIN deliveries d ON d.id = m.delivery_id WHERE m.author = 'bot' AND f.named IS NULL"
    )
    sent = await declared.files(tx) if rows else frozenset[str]()
    for row in rows:
        if row["digest"] in sent or row["announcement_id"] is not None:
            continue
        if row["kind"] == "picture":
            gone = row["organises"] or row["has_role"] or any(each.traces.is_in(row["alt"]) for each in searches)
        elif row["digest"]:
            gone = any(each.may_name(row["digest"], row["name"]) for each in searches)
        else:
            content = await _content_in_row(tx, row)
            gone = any(each.traces.may_be_in(content, row["name"]) for each in searches)
        if gone:
            await drop_file(tx, row["message_id"])


async def _content_in_row(tx: Transaction, row: Row) -> bytes:
    """Return the attachment of a page's message that is stored in its row."""
    kept = await tx.one(
        "SELECT content FROM page_files WHERE message_id = :id AND position = :position",
        id=row["message_id"],
        position=row["position"],
    )
    return bytes(kept["content"]) if kept else b""

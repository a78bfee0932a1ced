"""Removes an erased person from messages and screens that others were shown, and from temporary records.

Every place where such things are stored is handled here. Call `traces_of` before the person's rows are deleted. `sweep`
is called a second time a moment later, for messages that were being sent during the erasure; then `sweep_page_files`,
for which files beside the database are searched.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.background import job_store
from bot.clock import to_micros
from bot.content.features import in_sql
from bot.content.names import display_name, full_name
from bot.content.stored_texts import decode
from bot.content.texts import source_name
from bot.content.views import View, encode_view
from bot.database.engine import Row, Transaction
from bot.delivery import outbox
from bot.files.stored_files import Files, FilesAway
from bot.people import participant_store
from bot.people.declared import AuthoredContent, Declared
from bot.people.mentions import NOTICE, Redaction, Traces
from bot.people.participants import Participant

_AT_ONCE = 20
"""The number of pieces of text searched for in one statement."""
_CARRIED = frozenset(("attachments", "file", "picture"))
"""The key under which a stored message tells what is attached to it, see `bot.content.stored_views`."""
_NOTICE = json.dumps(encode_view(NOTICE), ensure_ascii=False)
_NOTHING = json.dumps(encode_view(View(())), ensure_ascii=False)
"""The view that takes a message off a page."""
_OWN_PAGES = in_sql(lambda platform: platform.own_page)

# --- what to look for


class FileSearch:
    """Says which files beside the database may name an erased person; what it is asked first, it reads afterwards.

    No file is read in a transaction: one that asks for a file that was not searched yet has to be undone, and to be
    run again after `read`.
    """

    def __init__(self, traces: Traces) -> None:
        self._redaction = Redaction(traces)
        self._found: dict[tuple[str, str], bool] = {}
        self.unread: set[tuple[str, str]] = set()
        """The digests and names of the files that were asked for and are not searched yet."""

    def may_hold(self, digest: str, name: str) -> bool:
        """Return whether the file with this digest, shown by this name, may name the person; False if it is unread."""
        if (digest, name) not in self._found:
            self.unread.add((digest, name))
        return self._found.get((digest, name), False)

    def read(self, files: Files, *, may_be_lost: bool) -> None:
        """Search the unread files; runs in a thread. Raises OSError where they cannot be reached.

        A missing file is searched as an empty one. Where there is no file at all, as where a share is not mounted,
        FilesAway is raised instead, unless all files `may_be_lost`.
        """
        for digest, name in sorted(self.unread):
            try:
                content = files.read(digest)
            except FileNotFoundError:
                if not may_be_lost and next(files.digests(), None) is None:
                    raise FilesAway("holds no file at all", files.place) from None
                content = b""
            self._found[digest, name] = self._redaction.may_hold(content, name)
            self.unread.remove((digest, name))


async def traces_of(tx: Transaction, person: Participant, written: AuthoredContent) -> Traces:
    """Return what to search for to find a person in messages: their names, facts of their own record, and their texts.

    `written` is what they wrote that is erased with them.
    """
    accounts = await tx.all("SELECT name FROM accounts WHERE participant_id = :id AND name <> ''", id=person.id)
    known = (person.full_name, person.name, person.given_name, person.family_name)
    names = tuple(dict.fromkeys(name for name in known if name))
    return Traces(
        names,
        tuple(fromkey for fromkey in dict.fromkeys((person.full_name, person.name)) if fromkey),
        tuple(fact for fact in (person.ref, await participant_store.email_of(tx, person.id)) if fact),
        tuple(dict.fromkeys(text for text in written.texts if text)),
        tuple(written.files),
        await _others(tx, person, names),
        tuple(dict.fromkeys(account["name"] for account in accounts if account["name"] not in names)),
    )


async def _others(tx: Transaction, person: Participant, names: Sequence[str]) -> frozenset[str]:
    """Return the names of people who share the given or the family name and stay."""
    rows = await tx.all(
        "SELECT given_name, family_name FROM participants WHERE id <> :id AND (given_name = :given OR"
        " (family_name <> '' AND family_name = :family))",
        id=person.id,
        given=person.given_name,
        family=person.family_name,
    )
    called = {
        said
        for row in rows
        for said in (
            display_name(row["given_name"], row["family_name"]),
            full_name(row["given_name"], row["family_name"]),
        )
    }
    return frozenset(called - set(names))


# --- what others were shown


async def keep_back(tx: Transaction, person_id: int, now: datetime) -> None:
    """Replace the content of messages about a person to others by a notice that the person is gone.

    This affects messages that are being sent, were sent to a chat, or are on a web page. Those that were not sent yet
    are deleted with the person's row.
    """
    await tx.run(
        "UPDATE page_messages SET content = :notice, toast = NULL WHERE participant_id <> :id AND delivery_id IN"
        " (SELECT d.id FROM deliveries d WHERE d.about = :id)",
        notice=_NOTICE,
        id=person_id,
    )
    for row in await tx.all(
        "SELECT id FROM deliveries WHERE about = :id AND COALESCE(participant_id, 0) <> :id"
        f" AND (state = 'sending' OR (state = 'sent' AND platform NOT IN {_OWN_PAGES}))",
        id=person_id,
    ):
        await _correct(tx, row["id"], _NOTICE, now)


async def forget_mentions(tx: Transaction, person_id: int) -> None:
    """Remove a person from the mentions of messages to shared channels. Call it before their accounts are deleted."""
    rows = await tx.all("SELECT platform, native_id FROM accounts WHERE participant_id = :id", id=person_id)
    theirs = {(row["platform"], row["native_id"]) for row in rows}
    for row in await tx.all("SELECT id, platform, mentions FROM deliveries WHERE mentions <> ''"):
        called = row["mentions"].split(",")
        if (left := [native_id for native_id in called if (row["platform"], native_id) not in theirs]) != called:
            await tx.run("UPDATE deliveries SET mentions = :left WHERE id = :id", left=",".join(left), id=row["id"])


async def sweep(
    tx: Transaction, declared: Declared, traces: Traces, person_id: int, digests: Sequence[str], now: datetime
) -> None:
    """Remove a person from everything that others were shown and from temporary records; it may be called again.

    `traces` is what to search for, `digests` are the files that are deleted with the person. Which other files beside
    the database may name them is left to a later `sweep_page_files`. Messages are changed on web pages, in the outbox
    and where they were sent; running jobs start again; live screens are drawn again.
    """
    redaction = Redaction(traces)
    messages = _MessageRedaction(declared, redaction)
    await _sweep_pages(tx, messages, person_id)
    await sweep_page_files(tx, declared, traces, person_id, digests)
    await _sweep_deliveries(tx, messages, person_id, now)
    await _sweep_jobs(tx, redaction, now)
    await declared.sweep(tx, redaction)
    # Few at a time; one that reads the same is not sent.
    await tx.run("UPDATE screens SET wanted = wanted + 1, reference = :reference", reference=tx.reference)


class _MessageRedaction:
    """Removes a person from messages to others.

    Where its reader, or whoever a message is about, wrote the same words as the person, these are not the person's.
    """

    def __init__(self, declared: Declared, everywhere: Redaction) -> None:
        self._declared = declared
        self.everywhere = everywhere
        """What removes the person where only they wrote the same."""
        self._with_owners: dict[frozenset[int], Redaction] = {}

    async def stored_view(self, tx: Transaction, row: Row) -> str:
        """Return the content of a stored message without the person; `row` says also who reads it and whom it is about.

        Both are None for a message to a channel that is about nobody.
        """
        redacted = self.everywhere.stored_view(row["content"])
        owners = frozenset(owner for owner in (row["participant_id"], row["about"]) if owner is not None)
        if redacted == row["content"] or not owners or not self.everywhere.traces.texts:
            return redacted
        if owners not in self._with_owners:
            texts = [text for owner in owners for text in (await self._declared.written(tx, owner, texts=True)).texts]
            self._with_owners[owners] = Redaction(self.everywhere.traces.without(texts))
        return self._with_owners[owners].stored_view(row["content"])


async def _sweep_pages(tx: Transaction, messages: _MessageRedaction, person_id: int) -> None:
    redaction = messages.everywhere
    team = frozenset(await participant_store.organisers(tx))
    about = "(SELECT d.about FROM deliveries d WHERE d.id = delivery_id) AS about"
    for row in await holding(tx, "page_messages", "content", redaction.traces, f"participant_id, {about}"):
        if row["participant_id"] == person_id:
            continue
        content = await messages.stored_view(tx, row)
        if row["participant_id"] in team and redaction.is_about(row["content"]):
            content = _NOTICE  # it may say much more of them than a name
        if content != row["content"]:
            await _show_instead(tx, row["id"], content)
    for row in await holding(tx, "page_messages", "toast", redaction.traces):
        await tx.run("UPDATE page_messages SET toast = NULL WHERE id = :id", id=row["id"])


async def _show_instead(tx: Transaction, message_id: int, content: str) -> None:
    """Replace a message of a page, as unread as it was; open pages learn of it by its revision."""
    await tx.run(
        "UPDATE page_messages SET content = :content, toast = NULL, revision = (SELECT MAX(o.revision) + 1"
        " FROM page_messages o WHERE o.participant_id = page_messages.participant_id) WHERE id = :id",
        content=content,
        id=message_id,
    )


async def forget_on_page(tx: Transaction, person_id: int, words: str) -> None:
    """Remove what a person wrote from their own page, because it is for the reader alone to whom they confided it.

    What they said goes with its photos; where the bot repeated it, the rest stays.
    """
    redaction = Redaction(Traces(texts=(words,)))
    for row in await tx.all("SELECT id, author, content FROM page_messages WHERE participant_id = :id", id=person_id):
        content = redaction.stored_view(row["content"])
        if content == row["content"]:
            continue
        if row["author"] == "person":
            await tx.run("DELETE FROM page_files WHERE message_id = :id", id=row["id"])
            content = _NOTHING
        await _show_instead(tx, row["id"], content)


async def sweep_page_files(
    tx: Transaction,
    declared: Declared,
    traces: Traces,
    person_id: int,
    digests: Sequence[str],
    search: FileSearch | None = None,
    until: datetime | None = None,
) -> None:
    """Delete from others' pages the person's own files that go, and files made here that may name the person.

    `search` says which files beside the database may name them; without it none of these does. What pages were shown
    after `until` stays: it is about others, of whom one may have the same name.
    """
    redaction = Redaction(traces)
    rows = await tx.all(
        "SELECT f.message_id, f.position, f.kind, f.name, f.alt, f.digest, d.announcement_id, p.organises,"
        " EXISTS (SELECT 1 FROM facilitators t WHERE t.participant_id = p.id) AS facilitates"
        " FROM page_files f JOIN page_messages m ON m.id = f.message_id JOIN participants p ON p.id = m.participant_id"
        " LEFT JOIN deliveries d ON d.id = m.delivery_id WHERE p.id <> :id AND m.author = 'bot'"
        f"{'' if until is None else ' AND m.said_at <= :until'}",
        id=person_id,
        **({} if until is None else {"until": to_micros(until)}),
    )
    sent = await declared.files(tx) if rows else frozenset[str]()
    for row in rows:
        where = {"id": row["message_id"], "position": row["position"]}
        alt = redaction.stored_span(row["alt"])
        named = alt != row["alt"]
        is_copy = row["announcement_id"] is not None  # words and files of the team, on many pages
        content = None if row["digest"] else await _content_in_row(tx, row)
        digest = row["digest"] if content is None else sha256(content).hexdigest()
        if digest in digests:
            gone = True
        elif digest in sent or is_copy:
            gone = False
        elif row["kind"] == "picture":
            gone = named or bool(row["organises"] or row["facilitates"])  # pictures of groups say less than they show
        elif content is not None:
            gone = redaction.may_hold(content, row["name"])
        else:
            gone = search is not None and search.may_hold(digest, row["name"])
        if gone:
            await tx.run("DELETE FROM page_files WHERE message_id = :id", id=row["message_id"])
            await _show_instead(tx, row["message_id"], _NOTICE)
        elif named or redaction.file_name(row["name"], row["position"]) != row["name"]:
            await tx.run(
                "UPDATE page_files SET alt = :alt, name = :name WHERE message_id = :id AND position = :position",
                alt=alt,
                name=redaction.file_name(row["name"], row["position"]),
                **where,
            )


async def _content_in_row(tx: Transaction, row: Row) -> bytes:
    """Return the attachment of a page's message that is stored in its row."""
    kept = await tx.one(
        "SELECT content FROM page_files WHERE message_id = :id AND position = :position",
        id=row["message_id"],
        position=row["position"],
    )
    return bytes(kept["content"]) if kept else b""


async def _sweep_deliveries(tx: Transaction, messages: _MessageRedaction, person_id: int, now: datetime) -> None:
    """Change messages to others: those on their way leave without the person, those that arrived are corrected."""
    redaction = messages.everywhere
    for row in await holding(tx, "deliveries", "content", redaction.traces, "participant_id, about"):
        if row["participant_id"] == person_id:
            continue
        content = await messages.stored_view(tx, row)
        if content != row["content"]:
            await _correct(tx, row["id"], content, now)
    for row in await tx.all(
        "SELECT d.id, d.content, f.content AS carried FROM deliveries d JOIN files f ON f.id = d.file_id"
        " WHERE COALESCE(d.participant_id, 0) <> :id AND d.settled_at IS NULL",
        id=person_id,
    ):
        if _carries(redaction, json.loads(row["content"]), bytes(row["carried"])):
            await _correct(tx, row["id"], _NOTICE, now)


def _carries(redaction: Redaction, stored: Mapping[str, Any], carried: bytes) -> bool:
    """Return whether an attachment of a waiting message may name them."""
    start = 0
    for kind, name, _about, length in stored.get("attachments", ()):
        part = carried[start : start + length]
        start += length
        if kind == "picture" or redaction.may_hold(part, source_name(decode(name))):
            return True
    return "attachments" not in stored


async def _correct(tx: Transaction, delivery_id: int, content: str, now: datetime) -> None:
    """Change what a delivery says: one that has not left, is leaving, or has arrived elsewhere than on a page.

    A delivery that is leaving is found to be outdated when its outcome is stored (`bot.delivery.settling_store`). Its
    attachments are gone, with their descriptions.
    """
    said = json.loads(content)
    content = json.dumps({key: said[key] for key in said if key not in _CARRIED}, ensure_ascii=False)
    await tx.run(
        "UPDATE deliveries SET content = :content, about = NULL, file_id = NULL, revision = COALESCE(revision, 0) + 1"
        " WHERE id = :id AND announcement_id IS NULL",
        content=content,
        id=delivery_id,
    )
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', op = 'edit', asked = 1, attempts = 0, due_at = :now,"
        " settled_at = NULL WHERE id = :id AND announcement_id IS NULL AND state = 'sent'"
        f" AND platform NOT IN {_OWN_PAGES} AND COALESCE(native_id, '') <> ''",
        id=delivery_id,
        now=to_micros(now),
    )


# --- what is kept for a while


async def _sweep_jobs(tx: Transaction, redaction: Redaction, now: datetime) -> None:
    """Start jobs anew that read the person's data. A job whose payload names them is given up, and its asker told."""
    await job_store.begin_again(tx)
    for row in await tx.all("SELECT id, payload, participant_id, account_id FROM jobs"):
        payload = json.loads(row["payload"])
        if redaction.is_in(payload) or _holds_list(redaction, payload):
            await job_store.remove(tx, row["id"])
            asker, account = row["participant_id"], row["account_id"]
            await outbox.notify(tx, asker, job_store.GIVEN_UP, now, asked=True, account_id=account)


def _holds_list(redaction: Redaction, payload: Mapping[str, Any]) -> bool:
    """Return whether a file that was sent in, to be read, may name them."""
    content = payload.get("content")
    if not isinstance(content, str):
        return False
    try:
        return redaction.may_hold(b64decode(content, validate=True), str(payload.get("name", "")))
    except (NotBase64, ValueError):
        return False


async def holding(tx: Transaction, table: str, column: str, traces: Traces, more: str = "id") -> list[Row]:
    """Return the rows of `table` whose JSON in `column` may contain any of the traces, each row once.

    `more` are further columns that the rows have.
    """
    found: dict[int, Row] = {}
    needles = traces.needles
    for start in range(0, len(needles), _AT_ONCE):
        some = {f"n{place}": needle for place, needle in enumerate(needles[start : start + _AT_ONCE])}
        where = " OR ".join(f"REPLACE({column}, :{name}, '') <> {column}" for name in some)
        for row in await tx.all(f"SELECT id, {column}, {more} FROM {table} WHERE {where}", **some):
            found[row["id"]] = row
    return list(found.values())

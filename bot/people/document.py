"""Everything the store holds about one person, as a document they can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from bot.clock import from_micros
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import TELLS_OF_A_REPORT

_MINE = "SELECT platform, {column} FROM accounts WHERE participant_id = :id"

SOURCES: Mapping[str, str] = {
    "person": "SELECT * FROM participants WHERE id = :id",
    "accounts": "SELECT * FROM accounts WHERE participant_id = :id",
    "choice": "SELECT * FROM choices WHERE participant_id = :id",
    "waiting": "SELECT * FROM waiting WHERE participant_id = :id",
    "groups": "SELECT m.round, g.theme, g.number, g.name, g.room, m.pinned FROM members m"
    " JOIN groups g ON g.id = m.group_id WHERE m.participant_id = :id",
    "pairs": "SELECT * FROM pairs WHERE first_id = :id OR second_id = :id",
    "attendance": "SELECT day, present, marked_at FROM attendance WHERE participant_id = :id",
    "attendance_marked": "SELECT participant_id, day, marked_at FROM attendance WHERE marked_by = :id",
    "places_of_your_groups": "SELECT platform, title, url FROM spaces WHERE id IN (SELECT space_id FROM admissions"
    " WHERE account_id IN (SELECT id FROM accounts WHERE participant_id = :id))",
    "groups_proposed": "SELECT id, created_at, kept_at FROM proposals WHERE author_id = :id",
    "programmes_sent": "SELECT id, plans, created_at FROM pending_programmes WHERE author_id = :id",
    "announcements_written": "SELECT id, kind, content, audience, state, created_at, released_at FROM announcements"
    " WHERE author_id = :id",
    "files_you_announced": "SELECT f.announcement_id, f.name, f.media_type FROM announcement_files f"
    " JOIN announcements n ON n.id = f.announcement_id WHERE n.author_id = :id",
    "announcements_you_saw": "SELECT announcement_id, at AS seen_at FROM acknowledgements WHERE participant_id = :id",
    "screens_that_change": "SELECT key, native_id FROM screens WHERE account_id IN"
    " (SELECT id FROM accounts WHERE participant_id = :id)",
    "reminders_asked_for": "SELECT subject, about_at, due_at, state FROM reminders WHERE participant_id = :id",
    "reminders_turned_off": "SELECT what AS subject FROM reminder_mutes WHERE participant_id = :id AND wanted = 0",
    "kinds_to_be_reminded_of": "SELECT what AS subject FROM reminder_mutes WHERE participant_id = :id AND wanted = 1",
    "questions": "SELECT id, question, asked_at, answer, answered_at FROM questions WHERE participant_id = :id",
    "answers_given": "SELECT id, answer, answered_at FROM questions WHERE answered_by = :id",
    "forms_half_filled": f"SELECT * FROM dialogues WHERE (platform, chat) IN ({_MINE.format(column='chat')})",
    "albums_on_their_way": "SELECT album, place, body, name, media_type FROM albums WHERE (platform, chat) IN"
    f" ({_MINE.format(column='chat')})",
    "messages_received": f"SELECT * FROM inbox WHERE (platform, native_id) IN ({_MINE.format(column='native_id')})",
    "messages_sent": "SELECT * FROM deliveries WHERE participant_id = :id AND COALESCE(about, :id) = :id",
    "messages_on_your_page": "SELECT author, content, toast, said_at, changed_at, seen_at FROM page_messages"
    " WHERE participant_id = :id",
    "files_on_your_page": "SELECT f.kind, f.name, f.media_type FROM page_files f"
    " JOIN page_messages m ON m.id = f.message_id WHERE m.participant_id = :id",
    "files_on_their_way": "SELECT d.id AS message, LENGTH(f.content) AS bytes FROM files f"
    " JOIN deliveries d ON d.file_id = f.id WHERE d.participant_id = :id",
    "messages_about_you": "SELECT d.content, d.created_at FROM deliveries d WHERE d.about = :id"
    f" AND d.participant_id <> :id AND NOT {TELLS_OF_A_REPORT}",
    # The hash opens nothing and is left out all the same: a document travels.
    "links_and_codes": "SELECT purpose, created_at, expires_at, used_at, tries FROM secrets WHERE participant_id = :id",
    "wrong_codes": f"SELECT * FROM attempts WHERE (platform, native_id) IN ({_MINE.format(column='native_id')})",
    "work_asked_for": "SELECT kind, payload, state, created_at FROM jobs WHERE participant_id = :id",
    "ideas": "SELECT id, phase, theme, territory, category, text, anonymous, state, created_at, edited_at FROM ideas"
    " WHERE author_id = :id ORDER BY id",
    "files_of_your_ideas": "SELECT f.idea_id, f.name, f.media_type, f.size FROM idea_files f"
    " JOIN ideas i ON i.id = f.idea_id WHERE i.author_id = :id",
    "told_what_an_idea_may_be": f"SELECT * FROM idea_hints WHERE (platform, chat) IN ({_MINE.format(column='chat')})",
    "votes": "SELECT idea_id FROM idea_votes WHERE participant_id = :id",
    "ideas_you_reported": "SELECT idea_id, at AS reported_at FROM idea_reports WHERE participant_id = :id",
    "syntheses_you_wrote": "SELECT id, phase, content, state, created_at FROM syntheses WHERE author_id = :id",
    "opinions_on_syntheses": "SELECT synthesis_id, approves, comment, at AS said_at FROM synthesis_opinions"
    " WHERE participant_id = :id",
    "territory_cards": "SELECT * FROM territory_cards WHERE participant_id = :id",
    "phases_you_began_or_write_down": "SELECT phase, started_at, started_by, writer_id FROM phase_runs"
    " WHERE started_by = :id OR writer_id = :id",
    "groups_you_facilitate": "SELECT audience FROM facilitators WHERE participant_id = :id",
    "calls_for_help": "SELECT called_at, caller_id, taken_by, taken_at, closed_at, withdrawn_by FROM calls"
    " WHERE caller_id = :id OR taken_by = :id OR withdrawn_by = :id",
    "asked_to_say_something": "SELECT at AS asked_at FROM nudges WHERE participant_id = :id",
    "slides_you_confirmed": "SELECT group_id, confirmed_at FROM deck_confirmations WHERE confirmed_by = :id",
    "answers_for_your_role": "SELECT e.* FROM entrusted e JOIN accounts a ON a.id = e.account_id"
    " WHERE a.participant_id = :id",
    "screens_in_your_chats": "SELECT s.* FROM shown_screens s JOIN accounts a ON a.id = s.account_id"
    " WHERE a.participant_id = :id",
    "changes_made": "SELECT * FROM journal WHERE author_id = :id",
    "changes_about_you": "SELECT what, done_at FROM journal WHERE subject = :subject",
}
"""What is looked up, by the name it has in the document. Every table that holds something of people is here."""

_INSTANTS = frozenset({"since", "until"})
_STORED_JSON = frozenset({"content", "toast", "draft", "muted", "what", "inverse", "payload", "plans"})


async def collect(tx: Transaction, participant_id: int, exported_at: str) -> dict[str, Any]:
    """Everything stored about a participant, on every platform: JSON values by the names in SOURCES.

    `exported_at` is an instant in ISO 8601."""
    document: dict[str, Any] = {"exported_at": exported_at}
    for name, sql in SOURCES.items():
        rows = await tx.all(sql, **_parameters(sql, participant_id))
        document[name] = [dict(_readable(row)) for row in rows]
    return document


def as_json(document: Mapping[str, Any]) -> bytes:
    """The document for programs, UTF-8. For people it is drawn by `handlers/privacy/data_page.py`."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


async def export_person(tx: Transaction, participant_id: int, now: datetime) -> bytes:
    """A JSON document of everything stored about a participant."""
    return as_json(await collect(tx, participant_id, now.isoformat()))


def _parameters(sql: str, participant_id: int) -> dict[str, Any]:
    return {"subject": f"person:{participant_id}"} if ":subject" in sql else {"id": participant_id}


def _readable(row: Row) -> Iterator[tuple[str, Any]]:
    for column, value in cast("Mapping[str, Any]", dict(cast("Any", row))).items():
        if value is not None and (column.endswith("_at") or column in _INSTANTS):
            yield column, from_micros(value).isoformat()
        elif column in _STORED_JSON and value:
            yield column, json.loads(value)
        else:
            yield column, value

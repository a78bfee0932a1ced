"""What is kept of people's pages: what was said there, and the files that hang on it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PAGES: Sequence[PersonalData] = (
    PersonalData(
        table="page_files",
        swept="kind name media_type alt content digest",
        document={
            "files_on_your_page": "SELECT f.kind, f.name, f.media_type FROM page_files f"
            " JOIN page_messages m ON m.id = f.message_id WHERE m.participant_id = :id",
        },
    ),
    PersonalData(
        table="page_messages",
        goes="participant_id author",
        swept="content toast",
        document={
            "messages_on_your_page": "SELECT author, content, toast, said_at, changed_at, seen_at FROM page_messages"
            " WHERE participant_id = :id",
        },
        stored_json="content toast",
    ),
)

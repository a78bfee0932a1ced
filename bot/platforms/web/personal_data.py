"""Declares the personal data of people's pages, their messages and attachments, and what erasing does to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import _
from bot.people.declared import Chapter, DocumentPart, PersonalData

PAGES: Sequence[PersonalData] = (
    PersonalData(
        table="page_files",
        swept="kind name media_type alt content digest",
        document=(
            DocumentPart(
                "files_on_your_page",
                _("Files on your page"),
                Chapter.SAID,
                "SELECT f.kind, f.name, f.media_type FROM page_files f"
                " JOIN page_messages m ON m.id = f.message_id WHERE m.participant_id = :id",
                facts={"name": _("Name")},
            ),
        ),
    ),
    PersonalData(
        table="page_messages",
        goes="participant_id author",
        swept="content toast",
        document=(
            DocumentPart(
                "messages_on_your_page",
                _("On your personal page"),
                Chapter.SAID,
                "SELECT author, content, toast, said_at, changed_at, seen_at FROM page_messages"
                " WHERE participant_id = :id AND confidential = 0",
                said="content",
                # L10N: labels in the document of one's own data: who wrote a message, and when.
                facts={"author": _("Said by"), "said_at": _("When")},
            ),
        ),
        stored_json="content toast",
    ),
)

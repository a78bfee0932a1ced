"""What is kept of announcements: who wrote them, and who said that they saw them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="acknowledgements",
        goes="participant_id",
        document={
            "announcements_you_saw": "SELECT announcement_id, at AS seen_at FROM acknowledgements"
            " WHERE participant_id = :id",
        },
    ),
    PersonalData(
        table="announcement_files",
        of_others="kind name media_type alt content",
        document={
            "files_you_announced": "SELECT f.announcement_id, f.name, f.media_type FROM announcement_files f"
            " JOIN announcements n ON n.id = f.announcement_id WHERE n.author_id = :id",
        },
    ),
    PersonalData(
        table="announcements",
        emptied="author_id",
        of_others="kind content audience state",
        document={
            "announcements_written": "SELECT id, kind, content, audience, state, created_at, released_at"
            " FROM announcements WHERE author_id = :id",
        },
        stored_json="content",
    ),
)

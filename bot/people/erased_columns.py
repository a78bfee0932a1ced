"""What erasing a person does to every column that may lead to one: a new column has to be put here, a test asks for it.

Columns of words and of bytes, and those that refer to people or accounts, by table. What is not words (numbers,
instants) says nothing of anybody once these are dealt with.
"""

from __future__ import annotations

from collections.abc import Mapping

Columns = Mapping[str, str]
"""The names of columns by table, a blank between two."""

GOES_WITH_THE_PERSON: Columns = {
    "accounts": "platform native_id participant_id chat private_chat name locale",  # on Discord its number a day later
    "acknowledgements": "participant_id",
    "admissions": "account_id",
    "attendance": "participant_id day",
    "choices": "participant_id theme second_theme",
    "deliveries": "participant_id account_id about",
    "entrusted": "account_id native_id",  # on Discord, a statement of bot/people/erasing.py
    "shown_screens": "account_id native_id screen",  # as the one before
    "facilitators": "participant_id audience",
    "idea_reports": "participant_id",
    "idea_votes": "participant_id",
    "jobs": "participant_id account_id kind state",
    "journal": "author_id subject",
    "members": "participant_id",
    "nudges": "participant_id",
    "page_messages": "participant_id author",
    "pairs": "first_id second_id kind",
    "participants": (
        "ref given_name family_name search_key email territory gender organisation locale status muted"
        " preferred_account"
    ),
    "pending_imports": "author_id digest",
    "pending_programmes": "author_id plans digest",
    "questions": "participant_id",  # without their texts: emptied
    "reminder_mutes": "participant_id what wanted",
    "reminders": "participant_id subject lead state",
    "secrets": "participant_id account_id hash purpose",
    "synthesis_opinions": "participant_id comment",
    "waiting": "participant_id theme",
}
"""The row is deleted: by a reference that deletes along."""

DELETED: Columns = {
    "albums": "platform chat album body name media_type state content",
    "attempts": "platform native_id",
    "dialogues": "platform chat action",
    "idea_hints": "platform chat",
    "screens": "key account_id native_id digest",
}
"""The row is deleted by a statement of `bot/people/erasing.py`, as it knows the person by their account alone."""

EMPTIED: Columns = {
    "announcements": "author_id",
    "attendance": "marked_by",
    "calls": "caller_id taken_by withdrawn_by",
    "deck_confirmations": "confirmed_by digest",
    "idea_files": "native_id",
    "ideas": "author_id platform chat native_id album",
    "inbox": "platform update_id native_id chat reference",  # who asked for it is answered first; two days at most
    "phase_runs": "started_by writer_id",
    "proposals": "author_id",
    "questions": "answered_by",
    "syntheses": "author_id",
    "territory_cards": "participant_id",
}
"""The row stays, and leads to nobody any more."""

TEXTS: Columns = {
    "idea_files": "digest name media_type",
    "ideas": "theme phase territory category text stems state",
    "questions": "question answer",
    "syntheses": "content",
    "territory_cards": "territory present obstacle change carrier",
}
"""What people wrote for others: with their texts it goes, else what others have read of it stays."""

SWEPT: Columns = {
    "deliveries": "content mentions",
    "dialogues": "draft",
    "files": "content",
    "inbox": "text",
    "jobs": "payload",
    "journal": "what inverse",
    "page_files": "kind name media_type alt content digest",
    "page_messages": "content toast",
    "pending_imports": "people",
}
"""What others were shown, or what is kept for a while and names people: looked through by `bot/people/sweeping.py`."""

OF_OTHERS: Columns = {
    "announcement_files": "kind name media_type alt content",
    "announcements": "kind content audience state",
    "erasures": "person files traces",  # until the erasure is finished, a moment later
    "groups": "theme name room",
    "proposals": "content",  # numbers of people, no names
    "sessions": "key kind title place map_url zone audience",
    "settings": "key value",
    "spaces": "platform title chat thread role card digest url",
}
"""What the team or the program wrote, and is not about one person."""

OF_NOBODY: Columns = {
    "deliveries": "platform kind state reason native_id op place shown subject",
    "group_numbers": "theme",
    "leases": "name holder",
    "listings": "platform native_id title",
    "phase_runs": "phase state",
    "phases": "key title instruction example collects",
    "rounds": "day",
    "syntheses": "phase state",
    "themes": "key title description",
}
"""Kinds, states, and words of the configuration."""

FATES: tuple[Columns, ...] = (GOES_WITH_THE_PERSON, DELETED, EMPTIED, TEXTS, SWEPT, OF_OTHERS, OF_NOBODY)

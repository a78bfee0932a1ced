"""What is kept of programmes that people sent in, until they are imported."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

PERSONAL_DATA: Sequence[PersonalData] = (
    PersonalData(
        table="pending_programmes",
        goes="author_id plans digest",
        document={"programmes_sent": "SELECT id, plans, created_at FROM pending_programmes WHERE author_id = :id"},
        stored_json="plans",
    ),
    PersonalData(table="sessions", of_others="key kind title place map_url zone audience", stays_at_the_end=True),
)

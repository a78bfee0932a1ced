"""What is kept of people themselves: who they are, their accounts, their ways in, the role of a facilitator."""

from __future__ import annotations

from collections.abc import Sequence

from bot.people.declared import PersonalData

_MINE = "SELECT platform, {column} FROM accounts WHERE participant_id = :id"
BY_CHAT = f"(platform, chat) IN ({_MINE.format(column='chat')})"
"""SQL: a row is of a chat in which the person with this :id writes."""
BY_NUMBER = f"(platform, native_id) IN ({_MINE.format(column='native_id')})"
"""SQL: a row is of an account of the person with this :id, known by its number on the platform."""
BY_ACCOUNT = "account_id IN (SELECT id FROM accounts WHERE participant_id = :id)"
"""SQL: a row is of an account of the person with this :id."""

PEOPLE: Sequence[PersonalData] = (
    PersonalData(
        table="participants",  # the row itself goes last, see `bot.membership.erasure_store`
        goes=(
            "ref given_name family_name search_key email territory gender organisation locale status muted"
            " preferred_account"
        ),
        document={"person": "SELECT * FROM participants WHERE id = :id"},
        stored_json="muted",
        stays_at_the_end=True,
    ),
    PersonalData(
        table="accounts",
        # An account whose roles a platform has to take back goes a day later, and is nobody's until then.
        goes="platform native_id participant_id chat private_chat name locale",
        document={"accounts": "SELECT * FROM accounts WHERE participant_id = :id"},
        stays_at_the_end=True,
    ),
    PersonalData(
        table="secrets",
        goes="participant_id account_id hash purpose",
        document={
            # The hash opens nothing and is left out all the same: a document travels.
            "links_and_codes": "SELECT purpose, created_at, expires_at, used_at, tries FROM secrets"
            " WHERE participant_id = :id",
        },
    ),
    PersonalData(
        table="attempts",
        deleted="platform native_id",
        document={"wrong_codes": f"SELECT * FROM attempts WHERE {BY_NUMBER}"},
        instants="until",
        forget=(f"DELETE FROM attempts WHERE {BY_NUMBER}",),
    ),
    PersonalData(
        table="entrusted",
        goes="account_id native_id",
        document={
            "answers_for_your_role": "SELECT e.* FROM entrusted e JOIN accounts a ON a.id = e.account_id"
            " WHERE a.participant_id = :id",
        },
        # An account whose roles a platform has to take back stays a day longer than its person.
        forget=(f"DELETE FROM entrusted WHERE {BY_ACCOUNT}",),
    ),
    PersonalData(
        table="facilitators",
        goes="participant_id audience",
        document={"groups_you_facilitate": "SELECT audience FROM facilitators WHERE participant_id = :id"},
    ),
    PersonalData(
        table="erasures",
        of_others="person files traces",  # until the erasure is finished, a moment later
        stays_at_the_end=True,
    ),
)

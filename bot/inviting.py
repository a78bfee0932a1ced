"""Inviting: the doors of each person, made once, told once and stored hashed.

Shared by the organisers' screen and the commands `rencontres invitations` and `rencontres organiser invite`.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Settings
from bot.domain.participants import Participant
from bot.storage import participants, secrets
from bot.storage import settings as stored
from bot.storage.engine import Transaction

TELEGRAM_USERNAME = "telegram_username"
"""The setting in which the Telegram adapter leaves the bot's username, at each start."""
ORGANISER_LINK_KEPT = timedelta(days=7)
"""How long an organiser's link waits to be opened."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's ways in. A platform that is off, or never ran, gives None. `code` reads ABCD-EFGH-JKLM."""

    participant_id: int
    ref: str
    name: str
    locale: str | None
    telegram_link: str | None
    code: str
    page_link: str | None


async def telegram_username(tx: Transaction) -> str | None:
    """The bot's name on Telegram, once it ran there."""
    return await stored.get(tx, TELEGRAM_USERNAME)


async def counts(tx: Transaction) -> tuple[int, int]:
    """How many who were not in yet have an invitation printed, and how many not."""
    row = await tx.one(
        f"SELECT COUNT(*) AS invited, SUM(CASE WHEN {_UNPRINTED} THEN 1 ELSE 0 END) AS unprinted"
        " FROM participants p WHERE p.attends = 1 AND p.status = 'invited'"
    )
    assert row is not None
    unprinted: int = row["unprinted"] or 0
    return row["invited"] - unprinted, unprinted


async def issue_invitations(
    tx: Transaction, settings: Settings, now: datetime, *, bot_username: str | None, renew: str | None = None
) -> list[Invitation]:
    """New invitations for everyone invited who has none, or anew for the person with the ref `renew`.

    A renewed invitation makes the earlier ones worthless, and lets in again who was revoked. The list is empty when
    nobody needs one, or nobody has that ref.
    """
    if renew is None:
        rows = await tx.all(
            "SELECT p.id, p.ref FROM participants p"
            f" WHERE p.attends = 1 AND p.status = 'invited' AND {_UNPRINTED} ORDER BY p.id"
        )
        refs = [row["ref"] for row in rows]
    else:
        refs = [renew]
    found = [await participants.find_by_ref(tx, ref) for ref in refs]
    people = [person for person in found if person]
    if renew is not None:
        for person in people:
            await secrets.revoke(tx, person.id, "invitation", "page", "session")
            if person.status == "revoked":
                await participants.set_status(tx, person.id, "invited")
    return [await _invite(tx, person, settings, now, bot_username) for person in people]


async def _invite(
    tx: Transaction, person: Participant, settings: Settings, now: datetime, bot_username: str | None
) -> Invitation:
    code = await secrets.issue(tx, "invitation", person.id, now)
    page = await secrets.issue(tx, "page", person.id, now) if settings.web.public_url else None
    return Invitation(
        person.id,
        person.ref,
        f"{person.given_name} {person.family_name}".strip(),
        person.locale,
        telegram_link(bot_username, f"j-{code}") if bot_username else None,
        secrets.spell(code),
        page_link(settings, page) if page else None,
    )


async def invite_organiser(tx: Transaction, name: str, now: datetime) -> tuple[Participant, str]:
    """A new organiser who does not attend, and the secret that makes its first taker that person, or joins them to it.

    `telegram_link(username, f"o-{secret}")` leads there.
    """
    person = await participants.add(
        tx,
        ref=f"O-{random.token_hex(4).upper()}",
        given_name=name,
        family_name="",
        now=now,
        attends=False,
    )
    return person, await secrets.issue(tx, "organiser", person.id, now, expires=now + ORGANISER_LINK_KEPT)


def telegram_link(username: str, payload: str) -> str:
    """An address that opens the bot on Telegram and carries a payload to it."""
    return f"https://t.me/{username}?start={payload}"


def page_link(settings: Settings, secret: str) -> str:
    """The address of a person's own page."""
    return f"{settings.web.public_url.rstrip('/')}/p/{secret}"


HEADINGS = ("ref", "name", "telegram", "code", "page")
"""The headings over `rows`."""


def rows(invitations: Sequence[Invitation]) -> list[tuple[str | None, ...]]:
    """Invitations as a table."""
    return [(each.ref, each.name, each.telegram_link, each.code, each.page_link) for each in invitations]


_UNPRINTED = "NOT EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = p.id AND s.purpose = 'invitation')"

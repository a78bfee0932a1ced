"""The audience of messages that attendance defines: the people present on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.content.texts import Moment, Span, _
from bot.people.audiences import COMES, AudienceKind

if TYPE_CHECKING:
    from bot.database.engine import Transaction


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


async def _present(_tx: Transaction, day: str) -> Span:
    return _("present on {date}", date=Moment.of_day(date.fromisoformat(day)))


AUDIENCES: Sequence[AudienceKind] = (
    AudienceKind(
        name="present",
        takes=_is_day,
        condition=f"{COMES} AND EXISTS (SELECT 1 FROM attendance ap WHERE ap.participant_id = p.id"
        " AND ap.day = :a_value AND ap.present = 1)",
        words=_present,
    ),
)

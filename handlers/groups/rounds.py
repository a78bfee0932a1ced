"""Which groups count now: those of today's round."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.conversation.routes import Request
from handlers.groups import store
from handlers.groups.model import Round


async def round_of_the_day(request: Request) -> Round | None:
    """The published round of today at the venue, else the next, else the last; None before any is published."""
    published = [round_ for round_ in await store.rounds(request.tx) if round_.published]
    return next((round_ for round_ in published if round_.day >= request.today), published[-1] if published else None)


def meets_by(round_: Round, settings: Settings) -> datetime:
    """By when the groups of a round have met, UTC: as set, else by noon of their day."""
    noon = datetime.combine(round_.day, time(12), ZoneInfo(settings.gathering.zone))
    return round_.meets_at or noon.astimezone(UTC)

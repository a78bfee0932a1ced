"""Which groups count now: those of today's round, and among them one's own."""

from __future__ import annotations

from bot.conversation.routes import Request
from handlers.groups import store
from handlers.groups.model import Group, Round


async def round_of_the_day(request: Request) -> Round | None:
    """The published round of today at the venue, else the next, else the last; None before any is published."""
    published = [round_ for round_ in await store.rounds(request.tx) if round_.published]
    return next((round_ for round_ in published if round_.day >= request.today), published[-1] if published else None)


async def group_of_the_day(request: Request) -> Group | None:
    """The group of who asks in `round_of_the_day`; None where they have none, or no round is published."""
    round_ = await round_of_the_day(request)
    placed = await store.groups_of_person(request.tx, request.participant.id) if round_ else ()
    return next((group for other, group in placed if round_ and other.number == round_.number), None)

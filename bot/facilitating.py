"""Who runs which workshops: what a facilitator may do, and the groups of the day that are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.domain.groups import Group, Round
from bot.errors import Stale, UserError
from bot.routes import Request
from bot.storage import facilitators, groups
from bot.texts import _


async def check(request: Request, group_id: int) -> Group:
    """The group, for who runs its phases or organises. Raises Stale for one that is dissolved, UserError for others."""
    group = await groups.find(request.tx, group_id)
    if group is None:
        raise Stale
    person = request.participant
    if not (person.organises or await facilitators.runs_group(request.tx, person.id, group.id)):
        raise UserError(_("Someone else runs the workshops of this group. A question? Write to the team with /equipe."))
    return group


async def round_of_the_day(request: Request) -> Round | None:
    """The published round of today at the venue, else the next, else the last; None before any is published."""
    published = [round_ for round_ in await groups.rounds(request.tx) if round_.published]
    today = request.now.astimezone(ZoneInfo(request.settings.gathering.zone)).date()
    return next((round_ for round_ in published if round_.day >= today), published[-1] if published else None)


async def groups_of(request: Request) -> Sequence[Group]:
    """The groups of `round_of_the_day` that the person runs (organisers: all), by theme, then number."""
    round_ = await round_of_the_day(request)
    if round_ is None:
        return []
    everyone = await groups.of_round(request.tx, round_.number)
    if request.participant.organises:
        return everyone
    mine = await facilitators.groups_of(request.tx, request.participant.id, round_.number)
    return [group for group in everyone if group.id in mine]

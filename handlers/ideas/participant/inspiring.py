"""Getting inspired: ideas of the theme's other groups that resemble one's own, to build on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes
from handlers.groups.store import find_group
from handlers.ideas import model, service, store
from handlers.ideas.participant import layout
from handlers.workshops.actions import GiveIdea, Inspire
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import PhaseRun

routes = Routes()

_MOST = 30
"""Ideas one may leaf through: further ones hardly resemble."""


@dataclass(frozen=True, slots=True)
class InspireMore(Action):
    """See those from a rank on."""

    code: ClassVar[str] = "win"
    run: int
    page: int


@routes.action(Inspire)
async def inspire(request: Request, action: Inspire) -> Reply:
    """The ideas that resemble one's own most; for who gave none yet, the most voted."""
    return await _show(request, action.run, 1)


@routes.action(InspireMore)
async def inspire_more(request: Request, action: InspireMore) -> Reply:
    """Those before or after."""
    return await _show(request, action.run, action.page)


async def _show(request: Request, run_id: int, page: int) -> Reply:
    run, phase = await service.the_run(request.tx, run_id)
    group = await find_group(request.tx, run.group_id)
    if group is None or not await store.is_member(request.tx, request.participant.id, group.id):
        raise Stale
    mine = await store.stems_of_author(request.tx, request.participant.id, run.phase)
    found = await _found(request, run, group.theme, mine)
    if not found:
        said = (
            _("No idea of the other groups resembles yours yet. Look again later.")
            if mine
            else _("The other groups have nothing to read yet. Look again later.")
        )
        return reply(said, buttons=(Button(_("Look again"), Inspire(run.id)), SHOW_PHASE))
    first = max(1, min(page, len(found)))
    entries = await store.wall_entries(request.tx, found[first - 1 : first - 1 + layout.PER_PAGE])
    shown = await layout.listed(request, entries, phase, layout.Ballot(), groups_too=True)
    return reply(
        _("From other groups of your theme, the most like yours first. Build on one?")
        if mine
        else _("From other groups of your theme, the most voted first. Build on one?"),
        choice=layout.to_open(shown, "i", run.id),
        buttons=(
            *layout.turning(first, len(shown), len(found), lambda rank: InspireMore(run.id, rank)),
            *((Button(_("Give an idea"), GiveIdea(run.id)),) if run.open else ()),
            SHOW_PHASE,
        ),
    )


async def _found(request: Request, run: PhaseRun, theme: str, mine: str) -> Sequence[int]:
    if not mine:
        return await store.most_voted_of_theme(request.tx, theme, run.phase, but_group=run.group_id, most=_MOST)
    others = await store.stems_of_theme(request.tx, theme, run.phase, but_group=run.group_id)
    return [idea for idea, _likeness in model.alike(mine, others, _MOST)]

"""The screen «Get inspired»: other groups' ideas on the same theme that resemble the reader's own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.errors import Stale
from bot.content.texts import _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes
from handlers.groups.store.groups import find_group
from handlers.ideas import model, service
from handlers.ideas.participant import layout
from handlers.ideas.store import readers, stems, votes, walls
from handlers.navigation.layout import PER_PAGE, around
from handlers.workshops.actions import GiveIdea, Inspire
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import PhaseRun

routes = Routes()

_MOST = 30
"""How many ideas are listed on all pages together. Further ones are hardly alike."""


@routes.press("win")
async def inspire(request: Request, run_id: int, page: int = 1) -> Reply:
    """Show ideas of other groups of the theme, the ones most similar to the person's own ideas first.

    A person who gave no idea sees the ideas with the most votes. `run_id` is the id of the phase's run in their group;
    `page` is the rank of the first idea shown, counted from 1. Raises Stale for a person of another group.
    """
    run, phase = await service.find_run_and_phase(request.tx, run_id)
    group = await find_group(request.tx, run.group_id)
    if group is None or not await readers.is_member(request.tx, request.participant.id, group.id):
        raise Stale
    mine = await stems.stems_of_author(request.tx, request.participant.id, run.phase)
    idea_ids = await _inspiring_ideas(request, run, group.theme, mine)
    if not idea_ids:
        nothing = (
            _("No idea from the other groups is like yours yet. Check again later.")
            if mine
            else _("There is nothing to read in the other groups yet. Check again later.")
        )
        # L10N: a button: look for other groups' ideas again
        return reply(nothing, buttons=(Button(_("Look again"), Inspire(run.id)), SHOW_PHASE))
    first = max(1, min(page, len(idea_ids)))
    entries = await walls.wall_entries(request.tx, idea_ids[first - 1 : first - 1 + PER_PAGE])
    options = await layout.idea_options(request, entries, phase, layout.Ballot(), groups_too=True)
    return reply(
        _("Ideas from other groups on your theme, closest to yours first. Which one will you build on?")
        if mine
        else _("Ideas from other groups on your theme, most votes first. Which one will you build on?"),
        choice=layout.open_choice(options, "i", run.id),
        buttons=(
            *around(first - 1, len(options), len(idea_ids), lambda start: inspire.to(run.id, start + 1)),
            *((Button(_("Give an idea"), GiveIdea(run.id)),) if run.open else ()),
            SHOW_PHASE,
        ),
    )


routes.press(Inspire)(inspire.handler)  # the first page


async def _inspiring_ideas(request: Request, run: PhaseRun, theme: str, mine: str) -> Sequence[int]:
    """Return the ids of the ideas of other groups most alike to the stems `mine`, the most alike first.

    If `mine` is '', return the ideas with the most votes instead.
    """
    if not mine:
        return await votes.most_voted_of_theme(request.tx, theme, run.phase, but_group=run.group_id, most=_MOST)
    others = await stems.stems_of_theme(request.tx, theme, run.phase, but_group=run.group_id)
    return [idea_id for idea_id, _likeness in model.alike(mine, others, _MOST)]

"""The screen for voting. Each person has a few votes in a phase for ideas of their group, until the phase ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.content.errors import Stale, UserError, existing
from bot.content.texts import Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import Request, Routes, in_unconfirmed_browser
from bot.people import facilitator_store
from handlers.ideas import service
from handlers.ideas.actions import CastVotes, VoteFor
from handlers.ideas.participant import layout
from handlers.ideas.participant.card import open_idea, see_photos_of
from handlers.ideas.store import ideas, readers, votes, walls
from handlers.navigation.actions import HOME
from handlers.navigation.layout import PER_PAGE, around, page_inside
from handlers.workshops.actions import Inspire, ShowWall, Vote
from handlers.workshops.hooks import starting_point
from handlers.workshops.messages import (
    SHOW_PHASE,
    VOTE_FIRST,
    VOTING_OVER,
    ballot_buttons,
    give_button,
    my_ideas_button,
    phase_title,
    votes_line,
    wall_button,
)
from handlers.workshops.model import Idea, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.ideas import count_given_by, votes_of_person
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.runs import run_of_group

routes = Routes()


@routes.press("wvt")
async def vote(request: Request, run_id: int, page: int = 1, *, toast: Span | None = None) -> Reply:
    """Show the ideas to vote for, in the order in which they were given, so that none moves while people choose.

    The screen also shows what the group works on, how many votes the person has, and how many of them are given.
    `run_id` is the id of the phase's run in the group; `page` is the rank of the first idea shown, from 1. `toast` is a
    short notice that disappears. Raises UserError before ideas are revealed, and after the end of the phase.
    """
    run = await _open(request, run_id)
    phase = existing(await find_phase(request.tx, run.phase))
    offered = [idea.id for idea in await ideas.ideas_of_group(request.tx, run.group_id, run.phase)]
    most = request.settings.of(WorkshopSettings).votes_among(len(offered))
    if not most:
        nothing = (
            _("There is one idea so far: you vote once there are two.")
            if offered
            else _("There is no idea to vote for yet.")
        )
        return reply(nothing, buttons=(give_button(phase, run), wall_button(run), SHOW_PHASE), toast=toast)
    start = max(0, min(page, len(offered)) - 1)
    ballot = await layout.read_ballot(request, run)
    entries = await walls.wall_entries(request.tx, offered[start : start + PER_PAGE])
    choice = layout.ballot_choice(
        run,
        phase,
        entries,
        start + 1,
        most,
        request.reader,
        ballot=ballot,
        person=request.participant.id,
    )
    pages = around(start, len(choice.options), len(offered), lambda index: vote.to(run.id, index + 1))
    photos = sum(entry.files - entry.documents for entry in entries[: len(choice.options)])
    ends = int(choice.options[0].value), int(choice.options[-1].value)
    see = (Button(_n("See the photo", "See the photos", photos), see_photos_of.to(*ends)),) if photos else ()
    upon = await starting_point(request.tx, run.group_id, phase)
    given = await count_given_by(request.tx, run, request.participant.id)
    answer = reply(
        Strong(phase_title(phase)),
        *((upon,) if upon is not None else ()),
        votes_line(run, most, len(ballot.mine)),
        _("You can change your votes until the phase ends.") if ballot.mine else VOTE_FIRST,
        choice=choice,
        buttons=(
            *pages,
            *ballot_buttons(phase, run)[:2],
            *see,
            *ballot_buttons(phase, run)[2:],
            *my_ideas_button(run, given),
            Button(_("Get inspired"), Inspire(run.id)),
            *page_inside(request),
            HOME,
        ),
        toast=toast,
        again=vote.to(run.id, start + 1),
    )
    return replace(answer, screen=Vote(run.id).encode())


routes.press(Vote)(vote.handler)  # the first page


@routes.pick(CastVotes)
async def cast_votes(request: Request, ticked: tuple[int, ...], run_id: int, first: int, last: int) -> Reply:
    """Store the person's votes for the ideas on a page. Votes for ideas on other pages stay.

    If the person would have more votes than allowed, nothing is stored, and a notice says so. `ticked` are the ids of
    the chosen ideas, `run_id` is the id of the phase's run in the group. `first` and `last` are the ids of the first
    and the last idea of the page: they identify it even if ideas were deleted. Raises UserError after the end of the
    phase.
    """
    run = await _open(request, run_id)
    offered = [idea.id for idea in await ideas.ideas_of_group(request.tx, run.group_id, run.phase)]
    before = await votes_of_person(request.tx, run, request.participant.id)
    elsewhere = {idea_id for idea_id in before if not first <= idea_id <= last}
    chosen = await _chosen_ideas(request, run, ticked, offered) | elsewhere
    rank = 1 + sum(idea_id < first for idea_id in offered)
    refusal = await _keep(request, run, before, chosen, len(offered))
    return await vote(request, run.id, rank, toast=refusal or _("Noted."))


@routes.pick("wva")
async def add_votes(request: Request, ticked: tuple[int, ...], run_id: int) -> Reply:
    """Store votes for ideas in addition to the person's earlier votes.

    This is for the choice in a message to all members, which cannot show what each of them chose before. If there would
    be too many votes, nothing is stored, and a notice says so. `ticked` are the ids of the chosen ideas, `run_id` is
    the id of the phase's run in the group.
    """
    run = await _open(request, run_id)
    offered = [idea.id for idea in await ideas.ideas_of_group(request.tx, run.group_id, run.phase)]
    before = await votes_of_person(request.tx, run, request.participant.id)
    chosen = before | await _chosen_ideas(request, run, ticked, offered)
    refusal = await _keep(request, run, before, chosen, len(offered))
    return await vote(request, run.id, toast=refusal or _("Noted."))


@routes.pick("wvc")
async def cast_votes_from(request: Request, ticked: tuple[int, ...], run_id: int, page: int) -> Reply:
    """Store votes from a message of an earlier version of the program, whose choice does not hold the ids of its ideas.

    `ticked` are the ids of the chosen ideas. `page` is the rank of the first idea shown; the ideas that are on that
    page now are taken for the ones shown.
    """
    run = await _open(request, run_id)
    offered = await ideas.ideas_of_group(request.tx, run.group_id, run.phase)
    shown = offered[max(0, page - 1) :][:PER_PAGE]
    first, last = (shown[0].id, shown[-1].id) if shown else (0, 0)
    return await cast_votes(request, ticked, run.id, first, last)


@routes.press(VoteFor)
async def vote_for(request: Request, idea_id: int, gives: bool, origin: str = "", at: int = 0) -> Reply:
    """Give an idea a vote (`gives`), or take the vote back, with a button on the idea's card.

    If the person has no vote left, nothing changes, and a notice says so. `origin` and `at` identify the screen to
    return to (see `OpenIdea`); '' and 0 for none. Raises UserError after the end of the phase.
    """
    idea = await ideas.find_idea(request.tx, idea_id)
    run = await _run_of(request, idea)
    before = await votes_of_person(request.tx, run, request.participant.id)
    chosen = before | {idea_id} if gives else before - {idea_id}
    offered = len(await ideas.ideas_of_group(request.tx, run.group_id, run.phase))
    refusal = await _keep(request, run, before, chosen, offered)
    left = max(0, request.settings.of(WorkshopSettings).votes_among(offered) - len(chosen))
    return replace(await open_idea(request, idea_id, origin, at), toast=refusal or _left(left))


@in_unconfirmed_browser
async def _keep(
    request: Request, run: PhaseRun, before: Collection[int], chosen: Collection[int], offered: int
) -> Text | None:
    """Store the votes for the `chosen` ideas. Returns None, or why nothing was stored: there are too many votes.

    `before` are the ideas chosen until now, `offered` is how many there are. Raises Unconfirmed in a new browser, where
    they are not told.
    """
    request.require_confirmed()
    most = request.settings.of(WorkshopSettings).votes_among(offered)
    if len(chosen) > most and not set(chosen) < set(before):
        return _n(
            "You have {count} vote. Take it back first; nothing was changed.",
            "You have {count} votes. Take one back first; nothing was changed.",
            most,
        )
    if set(chosen) != set(before):
        await votes.cast_votes(request.tx, request.participant.id, run.group_id, run.phase, chosen)
        await facilitator_store.touch_panels(request.tx, (run.group_id,))
    return None


def _left(count: int) -> Text:
    """Return the notice that a vote was stored, with how many are left; the screen with all ideas says that itself."""
    if count == 0:
        return _("Noted. That was your last vote; you can still change it.")
    return _n("Noted. You have {count} vote left.", "Noted. You have {count} votes left.", count)


async def _chosen_ideas(request: Request, run: PhaseRun, ticked: Iterable[int], offered: Collection[int]) -> set[int]:
    """Return the ids of the ticked ideas that are still among the `offered` ones.

    An idea that was merged into another meanwhile is replaced by that other idea.
    """
    chosen: set[int] = set()
    for idea_id in ticked:
        idea = await ideas.find_idea(request.tx, idea_id)
        if idea is None or idea.group_id != run.group_id or idea.phase != run.phase:
            continue
        chosen |= {idea.merged_into or idea.id} & set(offered)
    return chosen


async def _run_of(request: Request, idea: Idea | None) -> PhaseRun:
    if idea is None or idea.group_id is None or not idea.counts:
        raise Stale
    run = existing(await run_of_group(request.tx, idea.group_id, idea.phase))
    return await _open(request, run.id)


async def _open(request: Request, run_id: int) -> PhaseRun:
    """Return the run with this id, in which the person can vote now.

    Raises Stale for a run of another group, UserError if nobody can vote in it now.
    """
    run, _phase = await service.find_run_and_phase(request.tx, run_id)
    if not await readers.is_member(request.tx, request.participant.id, run.group_id):
        raise Stale
    wall = (Button(_("The wall"), ShowWall(run.id)), SHOW_PHASE)
    if not request.settings.of(WorkshopSettings).votes:
        raise UserError(_("There are no votes in this workshop."), buttons=wall)
    if not run.open:
        raise UserError(VOTING_OVER, buttons=wall)
    if not run.revealed:
        raise UserError(_("You can vote once the ideas are revealed."), buttons=wall)
    return run

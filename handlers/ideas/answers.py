"""Answers the hooks of lower capabilities about ideas: remedies for unequal numbers, pictures of ideas, and ballots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from bot.content.errors import existing
from bot.content.texts import Reader
from bot.content.views import Button, Choice
from bot.database.engine import Transaction
from bot.people.participants import Participant
from handlers.groups.service.membership import is_over
from handlers.groups.store.rounds import all_rounds
from handlers.ideas.organiser import LEAVE_NAMES_OUT
from handlers.ideas.participant.layout import Ballot, ballot_choice
from handlers.ideas.participant.voting import add_votes
from handlers.ideas.service import may_read
from handlers.ideas.store import ideas, naming, walls
from handlers.navigation.layout import PER_PAGE
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.phases import find_phase
from handlers.workshops.store.progress import progress


async def remedies(tx: Transaction, person: Participant, now: datetime) -> Sequence[Button]:
    """Return the button with which organisers hide names beside new ideas.

    Returns () for a person who is no organiser, if names are hidden already, or if no more ideas are expected, because
    every round (one day's groups) is over or has finished its phases.
    """
    if not person.organises or await naming.unnamed_by_default(tx):
        return ()
    rounds = [round_ for round_ in await all_rounds(tx) if round_.published and not is_over(round_, now)]
    to_come = [round_ for round_ in rounds if not (await progress(tx, round_.number)).over]
    return (LEAVE_NAMES_OUT,) if to_come else ()


async def pictured(tx: Transaction, reader: Participant, kind: str, number: int) -> Sequence[tuple[str, str]]:
    """Return the digest and the name of an idea's photo as a pair, if `reader` may read the idea; () otherwise.

    `kind` must be «idea», and `number` is the idea's id. A withdrawn idea is no option any more, not even its author's.
    """
    idea = await ideas.find_idea(tx, number) if kind == "idea" else None
    offered = idea is not None and idea.state != "withdrawn" and await may_read(tx, reader, idea)
    photo = await walls.light_photo(tx, number) if offered else None
    return () if photo is None else ((photo[0], f"photo{PurePath(photo[1]).suffix}"),)  # a name may be its author's


async def ballot(tx: Transaction, run: PhaseRun, votes: int) -> Choice | None:
    """Return the choice of a group's ideas in a phase to vote for, on one page; None if there are no ideas.

    `run` is the phase in this group, `votes` how many votes each member has. The choice is sent to all members, so no
    idea is chosen yet, and no numbers of votes are shown.
    """
    offered = await ideas.ideas_of_group(tx, run.group_id, run.phase)
    entries = await walls.wall_entries(tx, [idea.id for idea in offered[:PER_PAGE]])
    if not entries or not votes:
        return None
    phase = existing(await find_phase(tx, run.phase))
    reader = Reader("fr", "UTC")  # what fits on a page is ideas, which are as long for all
    choice = ballot_choice(run, phase, entries, 1, votes, reader, ballot=Ballot(shows_votes=False))
    return replace(choice, action=add_votes.to(run.id))

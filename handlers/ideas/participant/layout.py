"""Builds a page of ideas as a choice that fits one message on every platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.texts import Span, _, plain
from bot.content.views import Choice, Option
from bot.conversation.routes import Request
from handlers.ideas import service
from handlers.ideas.actions import OpenFrom
from handlers.ideas.messages import MOST, author_of, idea_quote, line
from handlers.ideas.model import QuotedFor
from handlers.ideas.store import readers, votes
from handlers.ideas.store.walls import WallEntry
from handlers.navigation.layout import PER_PAGE
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings

_MOST_CHARACTERS = 1600
"""The largest number of characters of a page. Discord takes 2,000, and needs some to escape markup."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A reader's votes in a group's phase (`mine`, ids of ideas), and whether votes are shown to them.

    People who can vote see the numbers of votes only after voting, so that they do not just follow the others.
    """

    mine: frozenset[int] = frozenset()
    shows_votes: bool = True


async def read_ballot(request: Request, run: PhaseRun) -> Ballot:
    """Return the person's votes in a run, and whether the numbers of votes are shown to them."""
    person = request.participant
    if not await readers.is_member(request.tx, person.id, run.group_id):
        return Ballot()
    mine = await votes.votes_of_person(request.tx, person.id, run.group_id, run.phase)
    voting = run.open and run.revealed and request.settings.of(WorkshopSettings).votes > 0
    return Ballot(mine, shows_votes=bool(mine) or not voting)


async def idea_options(
    request: Request,
    entries: Sequence[WallEntry],
    phase: Phase,
    ballot: Ballot,
    *,
    groups_too: bool = False,
    reader: QuotedFor = "",
) -> tuple[Option, ...]:
    """Return an option for each idea that fits on a page: the first of `entries`, at least one unless there are none.

    The label is the text of the idea, the description the line below it. With `groups_too`, that line names the idea's
    group. `reader` says for whom the ideas are listed.
    """
    options: list[Option] = []
    left = _MOST_CHARACTERS
    for entry in entries:
        of_group: Span = ""
        if groups_too and entry.idea.group_id is not None:
            of_group = await service.group_title(request.tx, entry.idea.group_id)
        option = Option(
            str(entry.idea.id),
            idea_quote(entry.idea, MOST, reader),
            entry_line(request, entry, phase, ballot, of_group),
        )
        left -= sum(len(plain(span, request.reader)) + 1 for span in (option.label, option.description or ""))
        if options and (left < 0 or len(options) == PER_PAGE):
            break
        options.append(option)
    return tuple(options)


def entry_line(request: Request, entry: WallEntry, phase: Phase, ballot: Ballot, of_group: Span = "") -> Span:
    """Return the line below the text of an idea. `of_group` is the name of its group, '' to leave the name out."""
    return line(
        entry.idea,
        author_of(entry.idea, entry.author, reader=request.participant.id),
        votes=entry.votes if ballot.shows_votes else 0,
        voted=entry.idea.id in ballot.mine,
        alike=entry.alike,
        files=entry.files,
        documents=entry.documents,
        builds_on=entry.builds_on,
        territory=phase.collects == "facts",
        of_group=of_group,
    )


def open_choice(options: tuple[Option, ...], origin: str, at: int) -> Choice | None:
    """Return the choice that opens one of the ideas of a page; None for a page without ideas.

    `origin` and `at` say where the way back from the idea leads, as in `OpenIdea`.
    """
    if not options:
        return None
    return Choice(OpenFrom(origin, at), options, placeholder=_("Open an idea"), listed=True)

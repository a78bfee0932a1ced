"""How a page of ideas is laid out: short enough for one message, wherever it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.content.actions import Action
from bot.content.texts import Span, _, plain
from bot.content.views import Button, Choice, Option
from bot.conversation.routes import Request
from handlers.ideas import service, store
from handlers.ideas.actions import OpenFrom
from handlers.ideas.messages import MOST, author_of, label, line
from handlers.ideas.store import WallEntry
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings

PER_PAGE = 10
_ROOM = 1600
"""Characters of the ideas of one page: Discord takes 2,000 in all, and some for signs that would be markup there."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What someone reads of the votes in a group's phase: which are theirs, and whether they are told the others.

    Who may vote is not told before they did, so that nobody votes as the others do.
    """

    mine: frozenset[int] = frozenset()
    told: bool = True


async def ballot(request: Request, run: PhaseRun) -> Ballot:
    """What the person who asks reads of the votes in a run."""
    person = request.participant
    if not await store.is_member(request.tx, person.id, run.group_id):
        return Ballot()
    mine = await store.votes_of_person(request.tx, person.id, run.group_id, run.phase)
    voting = run.open and run.revealed and request.settings.of(WorkshopSettings).votes > 0
    return Ballot(mine, told=bool(mine) or not voting)


async def listed(
    request: Request, entries: Sequence[WallEntry], phase: Phase, seen: Ballot, *, groups_too: bool = False
) -> tuple[Option, ...]:
    """As many of these ideas as fit on a page, at least one: the words of each, and below them what is known of it.

    With `groups_too`, each says of which group it is.
    """
    options: list[Option] = []
    room = _ROOM
    for entry in entries:
        of_group: Span = ""
        if groups_too and entry.idea.group_id is not None:
            of_group = await service.group_title(request.tx, entry.idea.group_id)
        option = Option(
            str(entry.idea.id), label(entry.idea.text, MOST), entry_line(request, entry, phase, seen, of_group)
        )
        room -= sum(len(plain(each, request.reader)) + 1 for each in (option.label, option.description or ""))
        if options and (room < 0 or len(options) == PER_PAGE):
            break
        options.append(option)
    return tuple(options)


def entry_line(request: Request, entry: WallEntry, phase: Phase, seen: Ballot, of_group: Span = "") -> Span:
    """What stands below the words of an idea."""
    return line(
        entry.idea,
        author_of(entry.idea, entry.author, reader=request.participant.id),
        votes=entry.votes if seen.told else 0,
        voted=entry.idea.id in seen.mine,
        alike=entry.alike,
        files=entry.files,
        documents=entry.documents,
        builds_on=entry.builds_on,
        territory=phase.collects == "facts",
        of_group=of_group,
    )


def to_open(options: tuple[Option, ...], origin: str, at: int) -> Choice | None:
    """The ideas of a page, each of which opens; None for a page without any. `origin` and `at` as in OpenIdea."""
    if not options:
        return None
    return Choice(OpenFrom(origin, at), options, placeholder=_("Open an idea"), listed=True)


def turning(first: int, shown: int, total: int, make: Callable[[int], Action]) -> tuple[Button, ...]:
    """The ways to the ideas before and after a page that begins at rank `first`."""
    before = (Button(_("◀ Previous"), make(max(1, first - PER_PAGE))),) if first > 1 else ()
    after = (Button(_("Next ▶"), make(first + shown)),) if first + shown <= total else ()
    return (*before, *after)

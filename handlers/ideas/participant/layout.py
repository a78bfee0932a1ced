"""Builds a page of ideas as a choice that fits one message on every platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content.texts import Reader, Span, _, plain
from bot.content.views import Choice, Option
from bot.conversation.routes import Request
from handlers.ideas import service
from handlers.ideas.actions import CastVotes, OpenFrom
from handlers.ideas.messages import MOST, author_of, idea_quote, line
from handlers.ideas.model import QuotedFor
from handlers.ideas.store import readers
from handlers.ideas.store.walls import WallEntry
from handlers.navigation.layout import PER_PAGE
from handlers.workshops.messages import CHANGE_VOTE
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store.ideas import votes_of_person

_MOST_CHARACTERS = 1600
"""The largest number of characters of a page. Discord takes 2,000, and needs some to escape markup."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A reader's votes in a phase of a group (`mine`, ids of ideas), and whether the reader sees the numbers of votes.

    People who can vote see these numbers only after they have voted, so that others' votes do not influence them.
    """

    mine: frozenset[int] = frozenset()
    shows_votes: bool = True


async def read_ballot(request: Request, run: PhaseRun) -> Ballot:
    """Return the person's votes in a run (one phase in one group), and whether they see the numbers of votes."""
    person = request.participant
    if not await readers.is_member(request.tx, person.id, run.group_id):
        return Ballot()
    mine = await own_votes(request, run)
    voting = run.open and run.revealed and request.settings.of(WorkshopSettings).votes > 0
    return Ballot(mine, shows_votes=bool(mine) or not voting)


async def own_votes(request: Request, run: PhaseRun) -> frozenset[int]:
    """Return the ids of the ideas for which the person has voted in a run (one phase in one group).

    The result is empty in an unconfirmed browser, which does not show how the person votes.
    """
    if request.waits:
        return frozenset()
    return await votes_of_person(request.tx, run, request.participant.id)


async def idea_options(
    request: Request,
    entries: Sequence[WallEntry],
    phase: Phase,
    ballot: Ballot,
    *,
    groups_too: bool = False,
    reader: QuotedFor = "",
) -> tuple[Option, ...]:
    """Return options for the first of `entries`: as many as fit on a page, but at least one if there are any.

    The label is the text of the idea, the description the line below it. With `groups_too`, this line names the idea's
    group. `reader` says for whom ideas are listed: «own» for their author, «led» for people who run workshops, '' for
    other participants.
    """
    options: list[Option] = []
    for entry in entries:
        of_group: Span = ""
        if groups_too and entry.idea.group_id is not None:
            of_group = await service.group_title(request.tx, entry.idea.group_id)
        option = Option(
            str(entry.idea.id),
            idea_quote(entry.idea, MOST, reader),
            entry_line(entry, phase, ballot, of_group, reader=request.participant.id),
            _picture(entry),
        )
        options.append(option)
    return _on_one_page(options, request.reader)


def _picture(entry: WallEntry) -> str:
    return f"idea-{entry.idea.id}" if entry.pictured else ""


def _on_one_page(options: Iterable[Option], reader: Reader) -> tuple[Option, ...]:
    """Return the first of these options, as many as fit on a page: at least one unless there are none."""
    shown: list[Option] = []
    left = _MOST_CHARACTERS
    for option in options:
        left -= sum(len(plain(span, reader)) + 1 for span in (option.label, option.description or ""))
        if shown and (left < 0 or len(shown) == PER_PAGE):
            break
        shown.append(option)
    return tuple(shown)


def ballot_choice(
    run: PhaseRun,
    phase: Phase,
    entries: Sequence[WallEntry],
    rank: int,
    votes: int,
    reader: Reader,
    *,
    ballot: Ballot,
    person: int | None = None,
) -> Choice:
    """Return the choice of ideas to vote for; it has the first of `entries`, as many as fit on a page.

    `run` is the phase in this group. Each idea has a number, from `rank` on, to identify it where a button cuts its
    text. `votes` is how many votes a person has, `ballot` holds the votes already given. `person` is the id of the
    voter; None for a choice that is sent to all members.
    """
    unmarked = Ballot(shows_votes=ballot.shows_votes)  # the choice itself shows which options are chosen
    most = max((entry.votes for entry in entries), default=0)
    options = _on_one_page(
        (
            Option(
                str(entry.idea.id),
                _("{number}. {idea}", number=number, idea=idea_quote(entry.idea, MOST)),
                entry_line(entry, phase, unmarked, reader=person, of_most=most),
                _picture(entry),
            )
            for number, entry in enumerate(entries, rank)
        ),
        reader,
    )
    chosen = tuple(option.value for option in options if int(option.value) in ballot.mine)
    elsewhere = len(ballot.mine) - len(chosen)
    return Choice(
        CastVotes(run.id, int(options[0].value), int(options[-1].value)),
        options,
        selected=chosen,
        at_least=0,
        at_most=max(1, len(chosen), min(votes - elsewhere, len(options))),
        placeholder=_("Choose challenges") if phase.collects == "challenge" else _("Choose ideas"),
        listed=True,
        ranked_from=rank,
        sends=CHANGE_VOTE if ballot.mine else _("Vote"),
    )


def entry_line(
    entry: WallEntry,
    phase: Phase,
    ballot: Ballot,
    of_group: Span = "",
    *,
    reader: int | None = None,
    of_most: int = 0,
) -> Span:
    """Return the line below the text of an idea. `of_group` is the name of its group, '' to leave the name out.

    `reader` is the id of the person who reads the line; None for a message that many people read. With `of_most`, the
    largest number of votes of any idea, the votes are drawn as a bar too.
    """
    return line(
        entry.idea,
        author_of(entry.idea, entry.author, reader=reader),
        votes=entry.votes if ballot.shows_votes else 0,
        of_most=of_most,
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

    `origin` and `at` identify the page, to return to it from the idea (see `OpenIdea`).
    """
    if not options:
        return None
    return Choice(OpenFrom(origin, at), options, placeholder=_("Open an idea"), listed=True)

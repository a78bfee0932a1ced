"""How ideas read: one, a page of them, and who may read which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.names import shortened
from bot.content.texts import Joined, Name, Span, Territory, Text, _, _n, plain
from bot.content.views import Button, Choice, Option
from bot.conversation.routes import Request
from bot.database.engine import Transaction
from bot.people import facilitator_store
from bot.people.participants import Participant
from handlers.groups.messages.cards import title
from handlers.groups.store import find_group
from handlers.ideas import store
from handlers.ideas.actions import OpenFrom
from handlers.ideas.store import Entry
from handlers.themes.store import find_theme
from handlers.workshops.model import Category, Idea, Phase, PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import find_phase, find_run, run_of_group

MOST = 500
"""Characters of an idea on a wall; the whole of it is on its card."""
_GLIMPSE = 60
_LABEL = 90

CATEGORIES: Mapping[Category, Text] = {"fact": _("fact"), "need": _("need"), "scheme": _("existing scheme")}


def author_of(idea: Idea, given_name: str, *, reader: int | None = None) -> Span:
    """Whose an idea is, as others read it: the first name, or nobody's. `reader` is told which are their own."""
    if reader is not None and idea.author_id == reader:
        return _("you, unnamed") if idea.anonymous else _("you")
    return Name(given_name) if given_name and not idea.anonymous else _("anonymous")


def words_of(text: str) -> Span:
    """The words of an idea; a photo may still be without."""
    return Name(text) if text else _("(a photo)")


def glimpse(text: str, most: int = _GLIMPSE) -> Span:
    """The beginning of an idea, on one line, for buttons and quotes."""
    return words_of(shortened(" ".join(text.split()), most))


def label(text: str, most: int = _LABEL) -> Span:
    """The beginning of an idea where it stands alone, as something to choose."""
    return shortened(" ".join(text.split()), most) or words_of("")


def line(
    idea: Idea,
    author: Span,
    *,
    votes: int = 0,
    voted: bool = False,
    alike: int = 0,
    files: int = 0,
    documents: int = 0,
    builds_on: str = "",
    territory: bool = False,
    of_group: Span = "",
) -> Span:
    """What stands below the words of an idea: whose, of which territory and kind if that matters, and what it has.

    `voted` says that one of the votes is the reader's. `of_group` is what its group is called, for who reads several.
    Of an anonymous idea no territory is said: in a group of six that is as good as a name.
    """
    parts: list[Span] = [
        _("{name} ({territory})", name=author, territory=Territory(idea.territory))
        if territory and idea.territory and not idea.anonymous
        else author
    ]
    if of_group:
        parts.append(of_group)
    if idea.category:
        parts.append(CATEGORIES[idea.category])
    if votes:
        parts.append(_n("{count} vote", "{count} votes", votes))
    if voted:
        parts.append(_("✓ your vote"))
    if alike:
        parts.append(_n("+{count} similar", "+{count} similar", alike))
    if files:
        parts.append(
            _n("{count} file", "{count} files", files) if documents else _n("{count} photo", "{count} photos", files)
        )
    if builds_on:
        parts.append(_("builds on «{idea}»", idea=glimpse(builds_on)))
    return Joined(tuple(span for part in parts for span in (" · ", part))[1:])


def see_files(files: int, documents: int) -> Text:
    """The label of what shows the files of an idea, `documents` of which are no photos."""
    if documents:
        return _n("See the file", "See the files", files)
    return _n("See the photo", "See the photos", files)


# --- Who reads which ideas, and how a page of them is laid out: short enough for one message, wherever it is read.


PER_PAGE = 10
_ROOM = 1600
"""Characters of the ideas of one page: Discord takes 2,000 in all, and some for signs that would be markup there."""


async def the_run(tx: Transaction, run_id: int) -> tuple[PhaseRun, Phase]:
    """A run and its phase. Raises Stale for one that is gone."""
    run = await find_run(tx, run_id)
    phase = await find_phase(tx, run.phase) if run else None
    if run is None or phase is None:
        raise Stale
    return run, phase


async def runs(tx: Transaction, person: Participant, group_id: int | None) -> bool:
    """Whether a person runs the phases of a group, or organises."""
    if person.organises:
        return True
    return group_id is not None and await facilitator_store.runs_group(tx, person.id, group_id)


def shared(idea: Idea) -> bool:
    """Whether an idea is more than its author's own: neither taken back nor kept for later."""
    return idea.state in ("live", "offered")


async def may_read(tx: Transaction, person: Participant, idea: Idea) -> bool:
    """Whether a person reads an idea: its author; what is shared, who runs its group, and, once revealed, others.

    These are the members and the other groups of the theme.
    """
    if idea.author_id == person.id or (shared(idea) and await runs(tx, person, idea.group_id)):
        return True
    if idea.state != "live" or idea.hidden or idea.group_id is None:
        return False
    run = await run_of_group(tx, idea.group_id, idea.phase)
    if run is None or not run.revealed:
        return False
    return await store.is_near(tx, person.id, idea.group_id, idea.theme)


async def group_title(tx: Transaction, group_id: int) -> Text:
    """What a group is called, briefly: «group 3», with its own name if it has one. Raises Stale."""
    group = await find_group(tx, group_id)
    if group is None:
        raise Stale
    if group.name:
        return _("group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("group {number}", number=group.number)


async def whole_title(tx: Transaction, group_id: int) -> Text:
    """What a group is called among those of every theme: «Culture · group 3». Raises Stale."""
    group = await find_group(tx, group_id)
    theme = await find_theme(tx, group.theme) if group else None
    if group is None or theme is None:
        raise Stale
    return title(group, theme)


async def theme_title(tx: Transaction, theme: str) -> dict[str, str]:
    """The title of a theme, by locale. Raises Stale."""
    found = await find_theme(tx, theme)
    if found is None:
        raise Stale
    return dict(found.title)


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
    request: Request, entries: Sequence[Entry], phase: Phase, seen: Ballot, *, groups_too: bool = False
) -> tuple[Option, ...]:
    """As many of these ideas as fit on a page, at least one: the words of each, and below them what is known of it.

    With `groups_too`, each says of which group it is.
    """
    options: list[Option] = []
    room = _ROOM
    for entry in entries:
        of_group: Span = ""
        if groups_too and entry.idea.group_id is not None:
            of_group = await group_title(request.tx, entry.idea.group_id)
        option = Option(
            str(entry.idea.id), label(entry.idea.text, MOST), entry_line(request, entry, phase, seen, of_group)
        )
        room -= sum(len(plain(each, request.reader)) + 1 for each in (option.label, option.description or ""))
        if options and (room < 0 or len(options) == PER_PAGE):
            break
        options.append(option)
    return tuple(options)


def entry_line(request: Request, entry: Entry, phase: Phase, seen: Ballot, of_group: Span = "") -> Span:
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

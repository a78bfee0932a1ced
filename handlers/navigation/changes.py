"""The organisers' journal: who changed what, by day; searching it, and undoing a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot.content.forms import Form, text
from bot.content.names import fold
from bot.content.texts import ISOLATES, Joined, Moment, MomentStyle, Reader, Span, Strong, Text, _, _n, plain
from bot.content.views import Button, Reply, reply
from bot.conversation import amending, journal_store
from bot.conversation.journal_store import JournalEntry
from bot.conversation.routes import FACILITATOR, ORGANISER, Request, Routes
from bot.conversation.undo import Inverses, Undo, author, is_open, ways_back, what
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE, day_buttons, day_of_number, paged

_SEARCHED = 2_000
"""How many of the newest changes a search looks through."""

routes = Routes()
inverses = Inverses()
"""The functions that undo changes; each capability declares its own here."""

restore_cells = inverses.declare(amending.RestoreCells)(amending.restore_cells)
"""The function that undoes a change made on the desk; the grid says which role is needed for it."""


@routes.press("oc", who=ORGANISER)
async def recent_changes(request: Request) -> Reply:
    """Show the organisers' changes of the latest day that has any, with a row of buttons to other days."""
    days = await _days(request)
    return await _listing(request, days, days[-1], 0) if days else reply(_("Nothing was changed yet."), buttons=(BACK,))


@routes.press("ocd", who=ORGANISER)
async def show_day(request: Request, ordinal: int, page: int) -> Reply:
    """Show the organisers' changes of a day, given as a number such as 20270610; `page` counts from 0."""
    day, days = day_of_number(ordinal), await _days(request)
    return await _listing(request, days, day, page) if day in days else await recent_changes(request)


async def _days(request: Request) -> Sequence[date]:
    zone = ZoneInfo(request.reader.zone)
    return sorted({instant.astimezone(zone).date() for instant in await journal_store.times(request.tx)})


async def _listing(request: Request, days: Sequence[date], day: date, page: int) -> Reply:
    """Show a page of a day's changes, newest first, with a button to undo each that can still be undone."""
    start, end = (
        datetime.combine(each, time(), ZoneInfo(request.reader.zone)) for each in (day, day + timedelta(days=1))
    )
    entries = list(enumerate(await journal_store.between(request.tx, start, end), start=1))
    shown, pages = paged(entries, page, partial(show_day.to, int(f"{day:%Y%m%d}")))
    others = day_buttons(request, days, day, lambda other: show_day.to(other, 0))
    return reply(
        Strong(_("Today") if day == request.today else Moment.of_day(day)),
        *(_line(entry, "time", number) for number, entry in shown),
        buttons=(*others, *_undo_buttons(shown, request), *pages, SEARCH, BACK),
    )


def _line(entry: JournalEntry, style: MomentStyle, number: int) -> Span:
    values = {"number": number, "what": what(entry), "name": author(entry), "time": Moment(entry.done_at, style)}
    if entry.undone:
        return _("{number}. {what} ({name}, {time}), undone", **values)
    return _("{number}. {what} ({name}, {time})", **values)


class ChangesForm(Form):
    """The form for words by which changes are searched: the name of their author, or what was changed."""

    title: ClassVar[Text] = _("Search the changes")
    words: str = text(_("A name, or what was changed"), max_length=100)


@routes.form("ocs", ChangesForm, who=ORGANISER)
async def search(request: Request, form: ChangesForm) -> Reply:
    """Show the newest changes in which, or in whose author's name, all words of the form occur."""
    wanted = fold(form.words).split()
    found = [
        entry
        for entry in await journal_store.newest(request.tx, _SEARCHED)
        if all(word in _searched(entry, request.reader) for word in wanted)
    ]
    if not found:
        return reply(_("No change has these words."), buttons=(SEARCH, RECENT, BACK))
    more, shown = len(found) - PER_PAGE, list(enumerate(found[:PER_PAGE], start=1))
    return reply(
        *(_line(entry, "datetime", number) for number, entry in shown),
        *((_n("… and {count} more.", "… and {count} more.", more),) if more > 0 else ()),
        buttons=(*_undo_buttons(shown, request), SEARCH, RECENT, BACK),
    )


def _undo_buttons(shown: Sequence[tuple[int, JournalEntry]], request: Request) -> Sequence[Button]:
    """Return a button for each of the shown changes that can still be undone, by its number in the list."""
    return [
        Button(_("Undo number {number}", number=number), Undo(entry.id))
        for number, entry in shown
        if is_open(entry, request)
    ]


def _searched(entry: JournalEntry, reader: Reader) -> str:
    return fold(plain(Joined((what(entry), " ", author(entry))), reader).translate(ISOLATES))


RECENT = Button(_("Recent changes"), recent_changes.to())
# L10N: a button, a verb: look for changes by words
SEARCH = Button(_("Search"), search.to())


@routes.press(Undo, who=FACILITATOR)
async def undo(request: Request, entry_id: int) -> Reply:
    """Undo the change with the id `entry_id`, and show the result.

    Raises UserError, which says why, if the change cannot be undone, for instance because something changed since.
    """
    entry, undone = await inverses.undo(request, entry_id)
    recent = (RECENT,) if request.participant.organises else ()
    return reply(
        # L10N: what was taken back, as {what} says: «Undone: {name} corrected»
        _("Undone: {what}", what=what(entry)),
        *undone.said,
        buttons=(*undone.buttons, *recent, *ways_back(request)),
    )

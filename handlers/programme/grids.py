"""The organisers' table of the programme, also shown as a board of rooms and hours, in the first language."""

from collections.abc import Sequence
from dataclasses import replace

from bot.content.actions import Action
from bot.content.texts import Localised, Span, _
from bot.conversation.grids import Board, Edits, Grid, GridColumn, GridRow, Ids
from bot.conversation.routes import Request
from bot.conversation.undo import Values
from handlers.programme import service, store
from handlers.programme.actions import subject
from handlers.programme.files.cells import STATES, cells_of, hours_to_choose, with_cells
from handlers.programme.messages import KIND_NAMES, difference
from handlers.programme.model import Plan, Session
from handlers.programme.organiser.editing import count_concerned, inverse_of, rooms_taken, will_be_told


async def _columns(request: Request) -> Sequence[GridColumn]:
    plans = [session.plan for session in await store.all_sessions(request.tx)]
    hours = hours_to_choose(plans, request.settings.gathering)
    board = Board(_("Rooms and hours"), down="starts", shown=("starts", "ends"))
    venues = {cells_of(plan, request.settings.gathering.locales[0])["venue"] for plan in plans} - {""}
    places = {venue: venue for venue in sorted(venues)}
    return [
        GridColumn(key="title", title=_("Title")),
        GridColumn(key="starts", title=_("Begins"), options=hours, read=str),
        GridColumn(key="ends", title=_("Ends"), options=hours, read=str),
        GridColumn(key="venue", title=_("Place"), options=places, read=str, board=board),
        GridColumn(key="kind", title=_("Kind of session"), options=KIND_NAMES),
        GridColumn(key="speaker", title=_("Who speaks")),
        GridColumn(key="state", title=_("State"), options=STATES),
    ]


async def _rows(request: Request, _ids: Ids) -> Sequence[GridRow]:
    locale, sessions = request.settings.gathering.locales[0], await store.all_sessions(request.tx)
    cells = ([*cells_of(each.plan, locale).values()] for each in sessions)
    return [GridRow(s.id, c, Localised(s.plan.title), subject(s)) for s, c in zip(sessions, cells, strict=True)]


async def _changes(request: Request, edits: Edits) -> Sequence[tuple[Session, Plan]]:
    locale, sessions = request.settings.gathering.locales[0], await store.all_sessions(request.tx)
    return [(each, with_cells(each.plan, edits[each.id], locale)) for each in sessions if each.id in edits]


async def _preview(request: Request, edits: Edits) -> Sequence[Span]:
    changes = await _changes(request, edits)
    taken = await rooms_taken(request, [plan for _session, plan in changes])
    told = will_be_told(await count_concerned(request, changes))
    return [*(difference(session.plan, plan) for session, plan in changes), *taken, told]


async def _edit(request: Request, edits: Edits) -> tuple[Action, Values]:
    changes, hours, by = await _changes(request, edits), request.settings.gathering.hours, request.participant.id
    return inverse_of(await service.change_sessions(request.tx, changes, request.now, hours, by=by))


_SHOWN = Grid(key="programme", title=_("Programme"), columns=_columns, rows=_rows, tables=frozenset({"sessions"}))
PROGRAMME = replace(_SHOWN, edit=_edit, preview=_preview)

"""The organisers' table of arrivals on the desk: they read who comes when, and correct the places."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.errors import UserError
from bot.content.texts import Moment, Person, _
from bot.conversation.grids import Edits, Grid, GridColumn, GridRow, Ids
from bot.conversation.routes import Request
from handlers.arrivals import service, store


async def _columns(request: Request) -> Sequence[GridColumn]:
    times = {arrival.at.isoformat(): Moment(arrival.at) for arrival in await store.to_come(request.tx, request.now)}
    return [
        GridColumn(key="name", title=_("Name"), editable=False),
        GridColumn(key="time", title=_("When?"), options=times, editable=False),
        GridColumn(key="place", title=_("Where?")),
    ]


async def _rows(request: Request, _ids: Ids) -> Sequence[GridRow]:
    rows = []
    for each in await store.to_come(request.tx, request.now):
        name = f"{each.given_name} {each.family_name}".strip()
        cells = [name, each.at.isoformat(), each.place]
        person = Person(each.participant_id, "full", name)
        rows.append(GridRow(each.participant_id, cells, person, f"person:{each.participant_id}"))
    return rows


async def _edit(request: Request, edits: Edits) -> None:
    zone = request.settings.gathering.zone
    for arrival in await store.to_come(request.tx, request.now):
        if (place := edits.get(arrival.participant_id, {}).get("place")) is None:
            continue
        if not place:
            raise UserError(_("Say where."))
        await service.announce(request.tx, arrival.participant_id, arrival.at, place, zone, request.now)


ARRIVALS = Grid(
    key="arrivals",
    title=_("Arrivals"),
    columns=_columns,
    rows=_rows,
    edit=_edit,
    tables=frozenset({"arrivals"}),
)

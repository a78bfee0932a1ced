"""The organisers' table of people and their groups, also shown as a board with a lane for each group of a day."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bot.content.texts import Localised, Span, _
from bot.conversation.grids import Board, Edits, Grid, GridColumn, GridRow, Ids
from bot.conversation.routes import Request
from bot.people.naming import called
from handlers.groups.messages.cards import day, short_title
from handlers.groups.model import Round
from handlers.groups.organiser.effects import Moves, effect_on_all, require_moves
from handlers.groups.service.membership import change_groups
from handlers.groups.store.groups import groups_with_themes
from handlers.groups.store.members import people_with_theme, set_pinned
from handlers.groups.store.rounds import all_rounds
from handlers.themes.store import all_themes


async def _columns(request: Request) -> Sequence[GridColumn]:
    themes = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    columns = [GridColumn(key="name", title=_("Name"), editable=False)]
    for each in await all_rounds(request.tx):
        formed, title = await groups_with_themes(request.tx, each.number), _("Group, {date}", date=day(each))
        groups = {str(group.id): short_title(group, of) for group, of in formed}
        columns.append(GridColumn(key=f"g{each.number}", title=title, options=groups, board=Board(title)))
        columns.append(GridColumn(key=f"p{each.number}", title=_("Stays in it"), options={"1": _("yes")}))
    return [*columns, GridColumn(key="theme", title=_("Theme"), options=themes, editable=False)]


async def _rows(request: Request, _ids: Ids) -> Sequence[GridRow]:
    people = [await people_with_theme(request.tx, each.number) for each in await all_rounds(request.tx)]
    rows: list[GridRow] = []
    for one, *others in zip(*people, strict=True):
        placed = [cell for each in (one, *others) for cell in (str(each.group_id or ""), "1" if each.pinned else "")]
        rows.append(GridRow(one.id, [one.full_name, *placed, one.theme], called(one, "full"), f"groups:1:{one.theme}"))
    return rows


async def _moves(request: Request, edits: Edits) -> AsyncIterator[tuple[Round, Moves]]:
    for each in await all_rounds(request.tx):
        key = f"g{each.number}"
        targets = {person: cells[key] for person, cells in edits.items() if key in cells}
        yield each, await require_moves(request, each, targets)


async def _preview(request: Request, edits: Edits) -> Sequence[Span]:
    return [line async for each, to in _moves(request, edits) for line in await effect_on_all(request, each, to)]


async def _edit(request: Request, edits: Edits) -> None:
    async for round_, moves in _moves(request, edits):
        await change_groups(request.tx, round_, moves, request.now, by=request.participant.id)
        key = f"p{round_.number}"
        for person in (each for each, cells in edits.items() if key in cells):
            await set_pinned(request.tx, person, round_.number, bool(edits[person][key]))


_SHOWN = Grid(key="groups", title=_("Groups"), columns=_columns, rows=_rows, tables=frozenset({"members", "groups"}))
GROUPS = replace(_SHOWN, edit=_edit, preview=_preview)

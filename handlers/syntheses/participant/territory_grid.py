"""The grid of a group: its solution, territory by territory, the empty squares by name; as words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.territories import territory_name
from bot.content.texts import Listing, Span, Strong, Territory, _, plain
from bot.content.views import Button, JobRequest, Picture, Reply, View, reply
from bot.conversation.routes import Request, Routes, Transaction
from bot.people.participants import Participant
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store import find_published_group
from handlers.ideas.messages import glimpse
from handlers.syntheses import service, store
from handlers.syntheses.jobs import draw_picture
from handlers.syntheses.messages import CARD_LABELS, card_lines
from handlers.syntheses.model import CARD_FIELDS
from handlers.syntheses.service import access, name_of
from handlers.themes.store import find_theme
from handlers.workshops.actions import Grid, MyTerritory, OpenSynthesis
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import PhaseRun
from handlers.workshops.store import all_phases, run_of_group

routes = Routes()

_SHOWN = 120
"""Characters of a field in the grid; the whole of it is on the picture and in exports."""
_IDEA = 250


@dataclass(frozen=True, slots=True)
class DrawGrid(Action):
    """Have the grid of a group drawn."""

    code: ClassVar[str] = "xg"
    group: int


@dataclass(frozen=True, slots=True)
class _OpenedGrid:
    """A group's grid, beside its solution, and the phase it is filled in during, if that began."""

    group: Group
    member: bool
    run: PhaseRun | None
    solution: str


async def _grid_of(request: Request, group_id: int) -> _OpenedGrid:
    group = await find_published_group(request.tx, group_id)
    if group is None:
        raise Stale
    member, may_look = await access(request.tx, request.participant, group)
    if not may_look:
        raise UserError(_("This is for the members of another group."))
    run, solution = None, ""
    for phase in await all_phases(request.tx):
        if phase.collects == "territories" and run is None:
            run = await run_of_group(request.tx, group.id, phase.key)
        if phase.collects == "solution" and (kept := await store.current_version(request.tx, group.id, phase.key)):
            solution = kept.content.get("idea", "") or solution
    return _OpenedGrid(group, member, run, solution)


@routes.action(Grid)
async def show_grid(request: Request, action: Grid) -> Reply:
    """The solution, territory by territory; the empty squares by name."""
    shown = await _grid_of(request, action.group)
    made = await service.grid(request.tx, shown.group.id)
    lines: list[Span] = [Strong(_("Our solution, territory by territory"))]
    if shown.solution:
        lines.append(_("Idea: {idea}", idea=glimpse(shown.solution, _IDEA)))
    for code in made.territories:
        lines += ["", Strong(Territory(code))]
        for card in made.cards[code]:
            if len(made.cards[code]) > 1:
                lines.append(_("By {name}:", name=await name_of(request.tx, card.participant_id)))
            lines += card_lines(card, _SHOWN)
        left = [CARD_LABELS[field] for territory, field in made.empty if territory == code]
        if left:
            lines.append(_("Empty: {fields}", fields=Listing(tuple(left))))
    if not made.territories:
        lines.append(_("Nobody has said yet which country they speak for."))
    buttons: list[Button] = []
    if shown.run and shown.member:
        buttons.append(Button(_("My territory"), MyTerritory(shown.run.id), style="primary"))
    if shown.run:
        buttons.append(Button(_("What we keep"), OpenSynthesis(shown.run.id)))
    if made.territories:
        buttons.append(Button(_("As a picture"), DrawGrid(shown.group.id)))
    return reply(*lines, buttons=(*buttons, SHOW_PHASE))


@routes.action(DrawGrid)
async def draw(request: Request, action: DrawGrid) -> Reply:
    """Have the grid drawn: a picture takes longer than a transaction may."""
    shown = await _grid_of(request, action.group)
    made = await service.grid(request.tx, shown.group.id)
    theme = await find_theme(request.tx, shown.group.theme)
    if theme is None or not made.territories:
        raise Stale
    reader = request.reader
    rows = [
        [
            territory_name(code, request.locale),
            [[card.said(field) for card in made.cards[code] if card.said(field)] for field in CARD_FIELDS],
        ]
        for code in made.territories
    ]
    payload = {
        "group": shown.group.id,
        "title": plain(title(shown.group, theme), reader),
        "lines": [shown.solution] if shown.solution else [],
        "columns": [plain(CARD_LABELS[field], reader) for field in CARD_FIELDS],
        "rows": rows,
        "empty": plain(_("nothing yet"), reader),
    }
    return reply(
        _("The grid is being drawn. The picture comes in a moment."),
        buttons=(Button(_("Our territories"), Grid(shown.group.id)),),
        fresh=True,
        job=JobRequest("territory-grid", payload),
        toast=_("A moment."),
    )


@routes.job("territory-grid", work=draw_picture)
async def grid_is_drawn(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """The picture, with the grid's words for who cannot see it."""
    picture = Picture(result["content"], result["alt"], _("territories.png"))
    back = Button(_("Our territories"), Grid(result["group"]))
    return View((_("Your territories as a picture."),), (back,), attachments=(picture,))

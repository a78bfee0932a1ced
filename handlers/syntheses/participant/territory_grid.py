"""The screen of a group's grid: its territory cards by territory, the empty squares, and a picture of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.territories import territory_name
from bot.content.texts import Listing, Span, Strong, Territory, Text, _, _n, plain
from bot.content.views import Button, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation.routes import Request, Routes, Transaction
from bot.people.participants import Participant
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store.groups import find_published_group
from handlers.ideas.messages import glimpse
from handlers.syntheses import service, store
from handlers.syntheses.hooks import needed_too
from handlers.syntheses.jobs import draw_pictures
from handlers.syntheses.messages import CARD_LABELS, card_lines, offers_by_territory
from handlers.syntheses.model import CARD_FIELDS
from handlers.syntheses.service import access, author_name
from handlers.themes.store import find_theme
from handlers.workshops.actions import Grid, MyTerritory, OpenSynthesis
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import run_of_group

routes = Routes()

_SHOWN = 120
"""How many characters of a field the screen shows. The picture and the exports show all."""
_IDEA = 250
# L10N: a heading above territories in which people of other groups need a group's solution
_COULD_TRAVEL = _("Where the solution could travel:")


class DrawGrid(Action):
    """The button that has the grid of a group drawn as a picture."""

    code: ClassVar[str] = "xg"
    group: int


@dataclass(frozen=True, slots=True)
class _OpenedGrid:
    """A group whose grid a person may read. `solution` is the idea of its solution, '' for none.

    `run` is the run of the phase of territories, None before it began; `member` says that the person is in the group.
    """

    group: Group
    member: bool
    run: PhaseRun | None
    solution: str


async def _open_grid(request: Request, group_id: int) -> _OpenedGrid:
    """Return a group whose grid the person may read.

    Raises Stale if there is no such group, UserError for people who may not read its grid.
    """
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
        if phase.collects == "solution" and (version := await store.current_version(request.tx, group.id, phase.key)):
            solution = version.content.get("idea", "") or solution
    return _OpenedGrid(group, member, run, solution)


@routes.action(Grid)
async def show_grid(request: Request, action: Grid) -> Reply:
    """Show the territory cards of a group by territory, and the names of the empty squares."""
    opened = await _open_grid(request, action.group)
    grid = await service.read_grid(request.tx, opened.group.id)
    lines: list[Span] = [Strong(_("Our solution, territory by territory"))]
    if opened.solution:
        lines.append(_("Idea: {idea}", idea=glimpse(opened.solution, _IDEA)))
    for code in grid.territories:
        lines += ["", Strong(Territory(code))]
        for card in grid.cards[code]:
            if len(grid.cards[code]) > 1:
                # L10N: above the answers of one member, where several speak for the same territory
                lines.append(_("By {name}:", name=await author_name(request.tx, card.participant_id)))
            lines += card_lines(card, _SHOWN)
        empty = [CARD_LABELS[field] for territory, field in grid.empty if territory == code]
        if empty:
            # L10N: the fields of a territory in which nobody has written anything
            lines.append(_("Empty: {fields}", fields=Listing(tuple(empty))))
    if not grid.territories:
        lines.append(_("Nobody has said yet which country they speak for."))
    for place, (code, offers) in enumerate(await _travels(request, opened.group)):
        lines += [*(("", _COULD_TRAVEL) if not place else ()), Strong(Territory(code)), *offers]
    buttons: list[Button] = []
    if opened.run and opened.member:
        buttons.append(Button(_("My territory"), MyTerritory(opened.run.id), style="primary"))
    if opened.run:
        buttons.append(Button(_("What we keep"), OpenSynthesis(opened.run.id)))
    if grid.territories:
        # L10N: a button: the grid of all territories drawn as a picture
        buttons.append(Button(_("As a picture"), DrawGrid(opened.group.id)))
    return reply(*lines, buttons=(*buttons, SHOW_PHASE))


async def _travels(request: Request, group: Group) -> Sequence[tuple[str, Sequence[Text]]]:
    """Return the territories (codes) in which people of other groups need a group's solution, with their offers."""
    return offers_by_territory(await needed_too(request.tx, group.id), request.locale)


@routes.action(DrawGrid)
async def draw(request: Request, action: DrawGrid) -> Reply:
    """Start the job that draws the grid, because drawing takes longer than a database transaction may."""
    opened = await _open_grid(request, action.group)
    grid = await service.read_grid(request.tx, opened.group.id)
    theme = await find_theme(request.tx, opened.group.theme)
    if theme is None or not grid.territories:
        raise Stale
    reader = request.reader
    rows = [
        [territory_name(code, request.locale), [grid.texts(code, field) for field in CARD_FIELDS]]
        for code in grid.territories
    ]
    payload = {
        "group": opened.group.id,
        "title": plain(title(opened.group, theme), reader),
        "solution": opened.solution,
        "columns": [plain(CARD_LABELS[field], reader) for field in CARD_FIELDS],
        "rows": rows,
        # L10N: in an empty square of a picture
        "empty": plain(_("nothing yet"), reader),
        "travel": plain(_COULD_TRAVEL, reader),
        "travels": [
            [territory_name(code, request.locale), [plain(offer, reader) for offer in offers]]
            for code, offers in await _travels(request, opened.group)
        ],
        **request.settings.gathering.look(request.locale),
    }
    return reply_with_job(
        _("The grid is being drawn. It comes in a moment."),
        buttons=(Button(_("Our territories"), Grid(opened.group.id)),),
        job=JobRequest("territory-grid", payload),
    )


@routes.job("territory-grid", work=draw_pictures)
async def grid_is_drawn(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the pictures of the grid, and their text alternatives for people who cannot see them.

    `result` is what `draw_pictures` returned.
    """
    pictures = tuple(result["pictures"])
    line = _n("Your territory as a picture.", "Your territories as pictures.", len(pictures))
    return View((line,), (Button(_("Our territories"), Grid(result["group"])),), attachments=pictures)

"""The screen of a group's grid: its territory cards by territory, the empty squares, and a picture of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.content.errors import Stale, UserError, existing
from bot.content.territories import territory_name
from bot.content.texts import Listing, Reader, Span, Strong, Territory, Text, _, _n, plain
from bot.content.views import Button, JobRequest, Reply, View, reply, reply_with_job
from bot.conversation.routes import Request, Routes, Transaction
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store.groups import find_published_group
from handlers.navigation.layout import page_inside
from handlers.syntheses import service, store
from handlers.syntheses.hooks import needed_too
from handlers.syntheses.jobs import draw_pictures
from handlers.syntheses.messages import BOXES, CARD_LABELS, as_it_stands, card_lines, offers_by_territory
from handlers.syntheses.model import CARD_FIELDS
from handlers.syntheses.service import access, author_name
from handlers.themes.store import find_theme
from handlers.workshops.actions import MyTerritory, OpenSynthesis, OpenTerritories
from handlers.workshops.messages import SHOW_PHASE
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import run_of_group

routes = Routes()

_SHOWN = 120
"""How many characters of a field the screen shows. The picture and the exports show all."""
_IDEA = 250
# L10N: a heading above territories in which people of other groups need a group's solution
_COULD_TRAVEL = _("Where the solution could travel:")


@dataclass(frozen=True, slots=True)
class _OpenedGrid:
    """A group whose grid a person may read. `solution` is the idea of its solution, '' for none; `solved_in` its phase.

    `run` is the run of the phase of territories, None before it began; `member` says that the person is in the group.
    """

    group: Group
    member: bool
    run: PhaseRun | None
    solution: str
    solved_in: str


async def _open_grid(request: Request, group_id: int) -> _OpenedGrid:
    """Return a group whose grid the person may read.

    Raises Stale if there is no such group, UserError for people who may not read its grid.
    """
    group = existing(await find_published_group(request.tx, group_id))
    member, may_look = await access(request.tx, request.participant, group)
    if not may_look:
        raise UserError(_("This is for the members of another group."))
    run, phases = None, await all_phases(request.tx)
    for phase in phases:
        if phase.collects == "territories" and run is None:
            run = await run_of_group(request.tx, group.id, phase.key)
    return _OpenedGrid(group, member, run, *await _solution(request.tx, group, phases))


async def _solution(tx: Transaction, group: Group, phases: Sequence[Phase]) -> tuple[str, str]:
    """Return the idea of a group's solution and the key of the phase in which it was written; '' for none."""
    solution = "", ""
    for phase in phases:
        if phase.collects == "solution" and (version := await store.current_version(tx, group.id, phase.key)):
            solution = (version.content["idea"], phase.key) if version.content.get("idea") else solution
    return solution


@routes.press(OpenTerritories)
async def show_grid(request: Request, group: int) -> Reply:
    """Show the territory cards of a group by territory, and the names of the empty squares."""
    opened = await _open_grid(request, group)
    grid = await service.read_grid(request.tx, opened.group.id)
    lines: list[Span] = [Strong(_("Our solution, territory by territory"))]
    if opened.solution:
        idea = as_it_stands(opened.group.id, opened.solved_in, "idea", opened.solution, _IDEA)
        lines.append(_("Idea: {idea}", idea=idea))
    for code in grid.territories:
        lines += ["", Strong(Territory(code))]
        for card in grid.cards[code]:
            if len(grid.cards[code]) > 1:
                # L10N: above the answers of one member, where several speak for the same territory
                lines.append(_("By {name}:", name=await author_name(request.tx, card.participant_id)))
            lines += card_lines(card, _SHOWN)
        empty = [BOXES[field] for territory, field in grid.empty if territory == code]
        if empty:
            # L10N: the fields of a territory in which nobody has written anything
            lines.append(_("Empty: {fields}", fields=Listing(tuple(empty))))
    if not grid.territories:
        lines.append(_("Nobody has said yet which country they speak for."))
    for place, (code, offers) in enumerate(await _travels(request.tx, opened.group, request.locale)):
        lines += [*(("", _COULD_TRAVEL) if not place else ()), Strong(Territory(code)), *offers]
    buttons: list[Button] = []
    if opened.run and opened.member:
        buttons.append(Button(_("My territory"), MyTerritory(opened.run.id), style="primary"))
    if opened.run:
        buttons.append(Button(_("Our takeaways"), OpenSynthesis(opened.run.id)))
    if grid.territories:
        # L10N: a button: the grid of all territories drawn as a picture
        buttons.append(Button(_("As a picture"), draw.to(opened.group.id)))
    return reply(*lines, buttons=(*buttons, SHOW_PHASE, *page_inside(request)), again=OpenTerritories(group))


async def _travels(tx: Transaction, group: Group, locale: str) -> Sequence[tuple[str, Sequence[Text]]]:
    """Return the territories (codes) in which people of other groups need a group's solution, with their offers."""
    return offers_by_territory(await needed_too(tx, group.id), locale)


@routes.press("xg")
async def draw(request: Request, group: int) -> Reply:
    """Start the job that draws a group's grid of territory cards. Drawing takes longer than a transaction may."""
    opened = await _open_grid(request, group)
    grid = await service.read_grid(request.tx, opened.group.id)
    if not grid.territories:
        raise Stale
    payload = {"group": opened.group.id, **request.settings.gathering.look(request.locale)}
    return reply_with_job(
        _("I am drawing the grid. It will be here in a moment."),
        buttons=(Button(_("Our territories"), OpenTerritories(opened.group.id)),),
        job=JobRequest("territory-grid", payload),
    )


async def read_grid(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of a job with the words of a group's grid added. These are not stored with the job.

    Raises UserError if the group was deleted, or has no territory any more. `_declared` is not used.
    """
    group = await find_published_group(tx, payload["group"])
    theme = await find_theme(tx, group.theme) if group else None
    grid = await service.read_grid(tx, payload["group"])
    if group is None or theme is None or not grid.territories:
        raise UserError(_("There is nothing left to draw."), buttons=(SHOW_PHASE,))
    locale = payload["locale"]
    reader = Reader(locale, "UTC")  # nothing in it is a time
    solution, _phase = await _solution(tx, group, await all_phases(tx))
    return {
        **payload,
        "title": plain(title(group, theme), reader),
        "solution": solution,
        "columns": [plain(CARD_LABELS[field], reader) for field in CARD_FIELDS],
        "rows": [
            [territory_name(code, locale), [grid.texts(code, field) for field in CARD_FIELDS]]
            for code in grid.territories
        ],
        # L10N: in an empty square of a picture
        "empty": plain(_("nothing yet"), reader),
        "travel": plain(_COULD_TRAVEL, reader),
        "travels": [
            [territory_name(code, locale), [plain(offer, reader) for offer in offers]]
            for code, offers in await _travels(tx, group, locale)
        ],
    }


@routes.job("territory-grid", work=draw_pictures, read=read_grid)
async def grid_is_drawn(_tx: Transaction, _person: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the pictures of a group's grid, and their words for people who cannot see them.

    `result` has the `pictures` that a job drew, and the id of the `group`. `_tx` and `_person` are not used.
    """
    pictures = tuple(result["pictures"])
    line = _n("Your territory as a picture.", "Your territories as pictures.", len(pictures))
    return View((line,), (Button(_("Our territories"), OpenTerritories(result["group"])),), attachments=pictures)

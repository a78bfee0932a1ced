"""The wall: the ideas of a phase on one paged screen, by votes or by time, drawn anew each time it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, cast

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Localised, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, Request, Routes
from handlers.groups.store import find_group
from handlers.ideas import service, store
from handlers.ideas.messages import glimpse
from handlers.ideas.participant import layout
from handlers.ideas.store import IdeaScope, Order
from handlers.workshops.actions import Inspire, MyIdeas, RunPhases, SetAside, ShowWall, Vote
from handlers.workshops.messages import SHOW_PHASE, phase_title
from handlers.workshops.model import PhaseRun
from handlers.workshops.settings import WorkshopSettings
from handlers.workshops.store import find_phase

routes = Routes()

_OWN_SHOWN = 8
_OWN_LENGTH = 150


@dataclass(frozen=True, slots=True)
class ShowTogether(Action):
    """See the ideas of a theme's groups, '' for of all groups: in which order, and from which rank on."""

    code: ClassVar[str] = "wz"
    phase: str
    theme: str
    page: int = 1
    by: str = "v"


@routes.action(ShowWall)
async def show_wall(request: Request, action: ShowWall) -> Reply:
    """A group's ideas; before they are revealed, one's own, and how many wait, except for who runs the group."""
    run, phase = await service.the_run(request.tx, action.run)
    leads = await service.runs(request.tx, request.participant, run.group_id)
    member = await store.is_member(request.tx, request.participant.id, run.group_id)
    if not (leads or member):
        raise Stale
    scope = IdeaScope(run.phase, group_id=run.group_id)
    heading = _("{phase}, {group}", phase=phase_title(phase), group=await service.group_title(request.tx, run.group_id))
    if not (run.revealed or leads):
        return await _before_reveal(request, run, scope, heading)
    seen = await layout.ballot(request, run)
    by = _order(action.by) if seen.told else "t"  # the order would tell as much
    total = await store.count_on_wall(request.tx, scope)
    first = _first(action.page, total)
    entries = await store.page_of_wall(request.tx, scope, by, first - 1, layout.PER_PAGE)
    shown = await layout.listed(request, entries, phase, seen)
    return reply(
        Strong(heading),
        _how_many(total, by),
        *([] if run.revealed else [_("The members do not read each other's ideas yet.")]),
        *([] if seen.told or not total else [_("You read the votes once you have voted.")]),
        choice=layout.to_open(shown, f"g{by}", first),
        buttons=(
            *layout.turning(first, len(shown), total, lambda page: ShowWall(run.id, page, by)),
            *_refreshing(by, lambda order, page: ShowWall(run.id, page, order), first, total, two=seen.told),
            *(_member_buttons(request, run) if member else ()),
            *(await _leading_buttons(request, run) if leads else ()),
        ),
    )


async def _before_reveal(request: Request, run: PhaseRun, scope: IdeaScope, heading: Text) -> Reply:
    total = await store.count_on_wall(request.tx, scope)
    mine = await store.own_on_wall(request.tx, request.participant.id, scope)
    shown = mine[-_OWN_SHOWN:]
    lines: list[Span] = [_n("{count} idea waits to be revealed.", "{count} ideas wait to be revealed.", total)]
    if mine:
        # L10N: never zero
        lines += ["", Strong(_n("Yours:", "Your {count}:", len(mine)))]
        lines += [_("• {idea}", idea=glimpse(each.idea.text, _OWN_LENGTH)) for each in shown]
    if len(mine) > len(shown):
        lines.append(_n("… and {count} more.", "… and {count} more.", len(mine) - len(shown)))
    return reply(
        Strong(heading),
        *lines,
        buttons=(Button(_("My ideas"), MyIdeas(run.id)), Button(_("Refresh"), ShowWall(run.id)), SHOW_PHASE),
    )


def _member_buttons(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    votes = run.open and run.revealed and request.settings.of(WorkshopSettings).votes > 0
    return (
        *((Button(_("Vote"), Vote(run.id), style="primary"),) if votes else ()),
        Button(_("Get inspired"), Inspire(run.id)),
        SHOW_PHASE,
    )


async def _leading_buttons(request: Request, run: PhaseRun) -> tuple[Button, ...]:
    """What is set aside, the theme where it is theirs, and the group's phase."""
    group = await find_group(request.tx, run.group_id)
    if group is None:
        raise Stale
    aside = len(await store.late_ideas(request.tx, run.group_id, run.phase))
    aside += len(await store.hidden_ideas(request.tx, run.group_id, run.phase))
    together = await _runs_theme(request, group.theme)
    return (
        *((Button(_("Set aside: {count}", count=aside), SetAside(run.id)),) if aside else ()),
        *((Button(_("The whole theme"), ShowTogether(run.phase, group.theme)),) if together else ()),
        Button(_("Run the phase"), RunPhases(run.group_id)),
    )


@routes.action(ShowTogether, who=FACILITATOR)
async def show_together(request: Request, action: ShowTogether) -> Reply:
    """The ideas of a theme, or of everyone, for who runs all those groups."""
    theme = action.theme or None
    phase = await find_phase(request.tx, action.phase)
    if phase is None:
        raise Stale
    if not await _runs_theme(request, theme):
        raise UserError(_("Someone else runs the workshops of these groups. Yours are on your panel."))
    title: Span = Localised(await service.theme_title(request.tx, theme)) if theme else _("all themes")
    scope = IdeaScope(phase.key, theme=theme)
    by = _order(action.by)
    total = await store.count_on_wall(request.tx, scope)
    first = _first(action.page, total)
    entries = await store.page_of_wall(request.tx, scope, by, first - 1, layout.PER_PAGE)
    shown = await layout.listed(request, entries, phase, layout.Ballot(), groups_too=True)
    origin = f"{'t' if theme else 'a'}{by}"
    everyone = theme is not None and await _runs_theme(request, None)
    return reply(
        Strong(_("{phase}, {theme}", phase=phase_title(phase), theme=title)),
        _how_many(total, by),
        choice=layout.to_open(shown, origin, first),
        buttons=(
            *layout.turning(first, len(shown), total, lambda page: ShowTogether(phase.key, action.theme, page, by)),
            *_refreshing(by, lambda order, page: ShowTogether(phase.key, action.theme, page, order), first, total),
            *((Button(_("All themes"), ShowTogether(phase.key, "")),) if everyone else ()),
        ),
    )


async def _runs_theme(request: Request, theme: str | None) -> bool:
    person = request.participant
    return person.organises or await store.runs_theme(request.tx, person.id, theme)


def _order(by: str) -> Order:
    if by not in ("v", "t"):
        raise Stale
    return cast("Order", by)


def _first(page: int, total: int) -> int:
    """The rank to begin with: what was there may have gone since."""
    return max(1, min(page, total))


def _how_many(total: int, by: Order) -> Text:
    if not total:
        return _("No idea yet.")
    if by == "v":
        return _n("{count} idea, most votes first", "{count} ideas, most votes first", total)
    return _n("{count} idea, newest first", "{count} ideas, newest first", total)


def _refreshing(
    by: Order, make: Callable[[str, int], Action], first: int, total: int, *, two: bool = True
) -> tuple[Button, ...]:
    """The other order, where there are `two` and it makes a difference, and the same once more."""
    other = Button(_("Newest first"), make("t", 1)) if by == "v" else Button(_("Most votes first"), make("v", 1))
    return *((other,) if two and total > 1 else ()), Button(_("Refresh"), make(by, first))
